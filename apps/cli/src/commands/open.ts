import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@connectrpc/connect';
import { secretFromFragment, SessionService } from '@muster/api';
import { hasBrowser, openerOf, pageTo } from '@muster/api/browser';
import { CliError, exit, type ExitCode } from '../exit.ts';
import { writeLine } from '../io.ts';
import { ownHome } from '../runtime.ts';
import { withSession } from '../session.ts';

export const help = `Usage: muster open [--no-open]

Prints a fresh sign-in link of the running gateway and opens it in a browser where there is one. The link is
good once, for 60 seconds.

  --no-open   only print it`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { 'no-open': { type: 'boolean' } } });
  const { url } = await withSession(({ transport, signal }) =>
    createClient(SessionService, transport).createLaunchLink({}, { signal }),
  );
  if (!isSignInLink(url))
    throw new CliError(exit.refused, 'The gateway answered with something else than a link.');
  await writeLine(url);
  if (values['no-open'] !== true && hasBrowser(process.env, process.platform)) await openBrowser(url);
  return exit.done;
}

/** It goes into a page that a browser opens, so it must be exactly what it should be. */
function isSignInLink(link: string): boolean {
  const [, fragment] = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}\/(#[\w=-]+)$/u.exec(link) ?? [];
  return fragment !== undefined && secretFromFragment(fragment) !== undefined;
}

async function openBrowser(link: string): Promise<void> {
  // Its code is spent after 60 s, and the next one takes the file's place.
  const file = join(ownHome(), 'run', 'open.html');
  await rm(file, { force: true });
  await writeFile(file, pageTo(link), { mode: 0o600, flag: 'wx' });
  const [command, ...first] = openerOf(process.platform);
  const child = spawn(command, [...first, file], { stdio: 'ignore', detached: true });
  // No browser is no failure: the link has been printed.
  child.once('error', () => undefined);
  child.unref();
}
