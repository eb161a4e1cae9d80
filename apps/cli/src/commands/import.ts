import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ConnectError, createClient } from '@connectrpc/connect';
import { ActionService, type ApplyResult, ItemOutcome, type Plan, Severity } from '@muster/api';
import { importLimits, splitImport } from '@muster/domain/import-split';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, readInput, writeLine } from '../io.ts';
import { type Signed, withSession } from '../session.ts';
import { isRefusal, stopOnInterrupt } from './apply.ts';

export const help = `Usage: muster import FILE|- [--connection NAME] [--format csv|yaml|json|spire-data] [--yes]

Makes a SPIRE server have the registration entries of a file: says what would be created and changed, and with --yes
does it. Entries that the file does not name are not touched. Apply it again after a broken connection: what was done
is found, and not done twice. CSV and JSON larger than 4 MiB are imported in parts, one after the other.

  --connection NAME   the server; by the trust domain of the file where only one server has it
  --format FORMAT     found out from the file when it is not given
  --create-only       an entry that is there with other fields is a conflict, and not updated
  --skip-conflicts    leaves rows in conflict out; otherwise one of them refuses the whole file
  --yes, -y           applies the plan without asking; without it nothing is changed
  --verbose           prints every row's outcome, not only those that were not done

Exit codes: 0 done or nothing to do (without --yes: planned), 1 refused or partly done, 2 usage, 3 no gateway, 4 sign-in
refused, 5 outcome unknown.`;

const formats = new Set(['csv', 'yaml', 'json', 'spire-data']);
const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;

interface Options {
  connection: string;
  format: string;
  createOnly: boolean;
  skip: boolean;
  yes: boolean;
  verbose: boolean;
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      connection: { type: 'string', short: 'c' },
      format: { type: 'string' },
      'create-only': { type: 'boolean' },
      'skip-conflicts': { type: 'boolean' },
      yes: { type: 'boolean', short: 'y' },
      verbose: { type: 'boolean' },
    },
  });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw usageError('Give one file, or - for standard input.');
  const format = values.format ?? '';
  if (format !== '' && !formats.has(format))
    throw usageError(`--format is one of ${[...formats].join(', ')}.`);
  const parts = await readParts(file);
  const options: Options = {
    connection: values.connection ?? '',
    format,
    createOnly: values['create-only'] === true,
    skip: values['skip-conflicts'] === true,
    yes: values.yes === true,
    verbose: values.verbose === true,
  };
  return withSession((signed) => importParts(signed, parts, options));
}

/** By its size alone a file that is too large is refused, before any of it is read (S-18). */
async function readParts(file: string): Promise<readonly string[]> {
  if (file !== '-') {
    const facts = await stat(file).catch(() => undefined);
    if (facts && facts.size > importLimits.fileBytes)
      throw usageError(
        `${basename(file)} has ${mib(facts.size)}, and a file may have ${mib(importLimits.fileBytes)}. Split it; each part of a CSV needs the header.`,
      );
  }
  const bytes = await readInput(file, importLimits.fileBytes);
  const split = splitImport(bytes.toString('utf8'));
  if (!split.ok) throw usageError(split.reason);
  if (bytes.length === 0) throw usageError('The file is empty.');
  return split.parts;
}

async function importParts(signed: Signed, parts: readonly string[], options: Options): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  for (const [at, text] of parts.entries()) {
    if (parts.length > 1) await writeLine(`Part ${at + 1} of ${parts.length}`);
    // A later part may rest on what an earlier one makes, so it is planned when its turn comes.
    const one = await importPart(signed, text, options);
    if (one !== exit.done) code = one;
    if (one !== exit.done && at + 1 < parts.length) {
      await writeLine(`Parts ${at + 2} to ${parts.length} were not begun.`);
      break;
    }
  }
  if (!options.yes) await writeLine('Nothing was changed. With --yes it is applied.');
  return code;
}

async function importPart(signed: Signed, text: string, options: Options): Promise<ExitCode> {
  const { transport, signal } = signed;
  const client = createClient(ActionService, transport);
  const input = {
    text,
    mode: options.createOnly ? 'create-only' : 'create-and-update',
    on_conflict: options.skip ? 'skip' : 'refuse',
    ...(options.connection === '' ? {} : { connection: options.connection }),
    ...(options.format === '' ? {} : { format: options.format }),
  };
  let plan: Plan | undefined;
  try {
    ({ plan } = await client.plan({ action: 'entry.import', input }, { signal }));
  } catch (error) {
    // A line a mistake: `callError` would write their line ends as \u{a}.
    if (error instanceof ConnectError && isRefusal(error))
      throw new CliError(exit.refused, error.rawMessage.split('\n').map(printable).join('\n'));
    throw error;
  }
  if (!plan) throw new CliError(exit.refused, 'The gateway answered without a plan.');
  await writeLine(summaryOf(plan).join('\n'));
  if (!options.yes || plan.changes.length === 0) return exit.done;
  return apply(signed, plan, options.verbose);
}

function summaryOf(plan: Plan): string[] {
  const mark = {
    [Severity.UNSPECIFIED]: '-',
    [Severity.INFO]: '-',
    [Severity.WARNING]: '!',
    [Severity.DANGER]: '!!',
  };
  return [
    printable(`${plan.title} on ${plan.targetDescription}`),
    ...plan.warnings.map(({ severity, text }) => `  ${mark[severity]} ${printable(text)}`),
    ...plan.effects.map((effect) => `  ${printable(effect)}`),
  ];
}

async function apply(signed: Signed, plan: Plan, verbose: boolean): Promise<ExitCode> {
  const client = createClient(ActionService, signed.transport);
  const { signal } = signed;
  const idempotencyKey = randomBytes(16).toString('hex');
  const answered = stopOnInterrupt(signed, idempotencyKey);
  const shown = new Progress();
  let result: ApplyResult | undefined;
  try {
    for await (const progress of client.apply({ digest: plan.digest, idempotencyKey }, { signal })) {
      const { done, total, item } = progress;
      if (item && (verbose || item.outcome !== ItemOutcome.DONE)) {
        shown.clear();
        const word = ItemOutcome[item.outcome].toLowerCase();
        await writeLine(printable(`${word} ${item.target}${item.reason === '' ? '' : `: ${item.reason}`}`));
      }
      shown.at(done, total);
      result = progress.result ?? result;
    }
  } catch (error) {
    shown.clear();
    if (isRefusal(error)) throw error;
    throw new CliError(
      exit.unknownOutcome,
      'Whether all of it was done is not known: the connection to the gateway broke. Run the same command again: what was done is found, and not done twice.',
    );
  } finally {
    answered();
  }
  shown.clear();
  if (!result) throw new CliError(exit.unknownOutcome, 'The answer ended early. Run the same command again.');
  await writeLine(
    `${result.done} done, ${result.refused} refused, ${result.unknown} unknown; record ${printable(result.recordId)}`,
  );
  if (result.unknown > 0)
    throw new CliError(
      exit.unknownOutcome,
      `${result.unknown} rows were not answered: the connection to the server broke. Run the same command again: what was done is found, and not done twice.`,
    );
  return result.refused > 0 ? exit.refused : exit.done;
}

/** One line that counts, on a terminal only. */
class Progress {
  #shownAt = 0;
  #drawn = false;

  at(done: number, total: number): void {
    if (!process.stderr.isTTY || Date.now() - this.#shownAt < 100) return;
    this.#shownAt = Date.now();
    this.#drawn = true;
    process.stderr.write(`\r${done} of ${total}`);
  }

  clear(): void {
    if (this.#drawn) process.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }
}
