import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { signInLink, writeSecret } from '@muster/api';
import { hasBrowser, openerOf, pageTo } from '@muster/api/browser';
import { ConfigError, loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { lockHome } from './home-lock.ts';
import { LooseHome, ownHome, prepareHome, writePrivate, writeRuntimeFile } from './home.ts';

const DEFAULT_PORT = 4747;
const PAGES = fileURLToPath(new URL('../../web/dist', import.meta.url));

const { values: args } = parseArgs({
  options: {
    port: { type: 'string' },
    config: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
    // Started by the desktop window: the sign-in secret goes to it over pipe 3, and it ends with it.
    embedded: { type: 'boolean', default: false },
  },
});

try {
  await main();
} catch (error) {
  process.stderr.write(`muster: ${reasonOf(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const home = ownHome();
  prepareHome(home);
  const config = configOf(args.config, home);
  // Never given back before the end: a write may still be under way.
  await lockHome(home);

  const gateway = await listen({ pages: PAGES, home, ...(config === undefined ? {} : { config }) });
  const forget = args.embedded
    ? () => {}
    : writeRuntimeFile(home, gateway.origin, gateway.createRuntimeSecret());
  let closing = false;
  const stop = () => {
    if (closing) return;
    closing = true;
    forget();
    // What hangs upstream must not keep the process.
    setTimeout(() => process.exit(0), 5_000).unref();
    void gateway.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('SIGHUP', stop);

  if (args.embedded) {
    handOver(gateway, stop);
    return;
  }
  const link = signInLink(gateway.origin, gateway.createLaunchCode());
  const network = gateway.practice
    ? 'It shows the practice network. Point it at your own SPIRE and SLIM with --config; the README says how.'
    : `It shows the connections of ${args.config ?? join(home, 'muster.yaml')}.`;
  process.stdout.write(
    `\nMuster is running. ${network}\n\n  ${link}\n\nThe link signs in once, within 60 s; "npx muster open" gives a fresh one. Ctrl-C stops.\n`,
  );
  if (!args['no-open'] && hasBrowser(process.env, platform())) openBrowser(home, link);
}

async function listen(options: { pages: string; home: string; config?: Config }): Promise<Gateway> {
  if (!existsSync(join(options.pages, 'index.html')))
    throw new Error('The page has not been built. Run "npm start" in the checkout, which builds it.');
  const asked = args.port === undefined ? undefined : Number(args.port);
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 0 && asked < 65_536))
    throw new Error(`--port takes a number from 0 to 65535, not "${args.port}".`);
  try {
    return await startGateway({ ...options, port: asked ?? DEFAULT_PORT });
  } catch (error) {
    if (!isCode(error, 'EADDRINUSE')) throw error;
    if (asked !== undefined)
      throw new Error(
        `Port ${asked} is taken by another program. Choose another, or --port 0 for any free one.`,
        { cause: error },
      );
    process.stdout.write(`Port ${DEFAULT_PORT} is taken by another program; taking a free one.\n`);
    return startGateway({ ...options, port: 0 });
  }
}

function configOf(file: string | undefined, home: string): Config | undefined {
  if (file !== undefined) return loadConfig(file);
  const own = join(home, 'muster.yaml');
  return existsSync(own) ? loadConfig(own) : undefined;
}

// The window's own process keeps the secret; nothing on disk, in argv or in the environment has it.
function handOver(gateway: Gateway, stop: () => void): void {
  const secret = writeSecret(gateway.createLaunchCode());
  writeSync(3, `${JSON.stringify({ url: gateway.origin, secret })}\n`);
  process.stdin.resume();
  process.stdin.once('end', stop);
  process.stdin.once('error', stop);
}

// After 60 s the link is spent, and its file goes too.
function openBrowser(home: string, link: string): void {
  const file = join(home, 'run', 'open.html');
  writePrivate(file, pageTo(link));
  const [command, ...first] = openerOf(platform());
  const child = spawn(command, [...first, file], { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
  setTimeout(() => rmSync(file, { force: true }), 60_000).unref();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof LooseHome) return error.message;
  return error instanceof Error ? error.message : String(error);
}
