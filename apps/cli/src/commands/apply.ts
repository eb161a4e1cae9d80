import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { toJson } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import {
  ActionService,
  type ApplyProgress,
  ApplyProgressSchema,
  type ApplyResult,
  ItemOutcome,
  NotOurGateway,
} from '@muster/api';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, writeLine } from '../io.ts';
import { sentence, type Signed, withSession } from '../session.ts';

export const help = `Usage: muster apply DIGEST [--key HEX] [--json]

Makes the change that "muster plan" described, and prints the outcome of each item as it comes. A plan that no
longer fits its target is refused: plan again. Ctrl-C stops it after the item under way and tells what was done; a
second Ctrl-C leaves the rest to the gateway.

  --key HEX   idempotency key, 32 hex digits: the same key is applied at most once. To try again after an unknown
              outcome, give the key that was printed with it
  --json      one JSON object a line: progress, then the result

Exit codes: 0 done, 1 refused or only partly done, 3 no gateway, 4 sign-in refused, 5 outcome unknown.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: digestLast(args),
    allowPositionals: true,
    options: { key: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [digest, ...rest] = positionals;
  if (digest === undefined || rest.length > 0)
    throw usageError('Give one digest, as "muster plan" prints it.');
  if (!/^[\w-]{43}$/u.test(digest))
    throw usageError('A digest is 43 characters of base64url, as "muster plan" prints it.');
  const key = values.key ?? randomBytes(16).toString('hex');
  if (!/^[0-9a-f]{32}$/u.test(key)) throw usageError('--key takes 32 hex digits in lower case.');
  const show = values.json === true ? jsonLine : textLine;
  const result = await withSession((signed) => apply(signed, { digest, idempotencyKey: key }, show));
  return codeOf(result, key);
}

/** One digest in 64 starts with a hyphen, and would be taken for options. */
function digestLast(args: readonly string[]): string[] {
  const looksSo = (arg: string) => /^-[\w-]{42}$/u.test(arg);
  const found = args.filter(looksSo);
  return found.length === 0 ? [...args] : [...args.filter((arg) => !looksSo(arg)), '--', ...found];
}

/** At the first Ctrl-C the gateway is asked to stop after the item under way; its results still come. */
export function stopOnInterrupt({ transport, onInterrupt }: Signed, idempotencyKey: string): () => void {
  return onInterrupt(() => {
    console.error('muster: Stopping after the item under way. Ctrl-C again leaves it to the gateway.');
    createClient(ActionService, transport)
      .stop({ idempotencyKey }, { timeoutMs: 10_000 })
      .catch((error: unknown) => {
        const why = error instanceof ConnectError ? sentence(error) : 'The gateway does not answer.';
        console.error(`muster: It could not be stopped: ${why}`);
      });
  });
}

async function apply(
  signed: Signed,
  request: { digest: string; idempotencyKey: string },
  show: (progress: ApplyProgress) => string | undefined,
): Promise<ApplyResult> {
  const { transport, signal } = signed;
  let result: ApplyResult | undefined;
  const answered = stopOnInterrupt(signed, request.idempotencyKey);
  try {
    for await (const progress of createClient(ActionService, transport).apply(request, { signal })) {
      const line = show(progress);
      if (line !== undefined) await writeLine(line);
      result = progress.result ?? result;
    }
  } catch (error) {
    // After the result nothing more is to be learnt.
    if (!result && !isRefusal(error)) throw unknown(reasonOf(error, signal), request.idempotencyKey);
    if (!result) throw error;
  } finally {
    answered();
  }
  if (!result) throw unknown('the answer ended early', request.idempotencyKey);
  return result;
}

const refusals = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.ResourceExhausted,
  Code.FailedPrecondition,
  Code.Unimplemented,
  Code.Unauthenticated,
]);

/** The gateway itself said no, before anything was sent upstream; all else leaves the outcome open. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ConnectError && refusals.has(error.code);

export function codeOf(result: ApplyResult, key: string): ExitCode {
  if (result.unknown > 0) throw unknown(`${result.unknown} of the items were not answered`, key);
  return result.refused > 0 ? exit.refused : exit.done;
}

const unknown = (reason: string, key: string) =>
  new CliError(
    exit.unknownOutcome,
    `Whether the change was made is not known: ${reason}. Look with "muster view", or apply again with --key ${key}, which does it at most once.`,
  );

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it was interrupted';
  if (error instanceof NotOurGateway) return 'the answer was not our gateway’s';
  // What has a cause was made here, of what fetch says: "terminated".
  if (error instanceof ConnectError && error.cause === undefined) return sentence(error).replace(/\.$/u, '');
  return 'the connection broke';
}

const jsonLine = (progress: ApplyProgress): string =>
  JSON.stringify(toJson(ApplyProgressSchema, progress, { alwaysEmitImplicit: true }));

function textLine({ done, total, item, result }: ApplyProgress): string | undefined {
  const lines: string[] = [];
  if (item) {
    const outcome = ItemOutcome[item.outcome].toLowerCase();
    const more = [item.id === '' ? '' : `id ${item.id}`, item.reason]
      .filter((part) => part !== '')
      .join('; ');
    lines.push(printable(`[${done}/${total}] ${outcome} ${item.target}${more === '' ? '' : `: ${more}`}`));
    // On a line of its own, to be taken by a script: it is told this once only.
    if (item.secret !== '') lines.push(printable(`secret: ${item.secret}`));
  }
  if (result) {
    const counts = [`${result.done} done`, `${result.refused} refused`, `${result.unknown} unknown`];
    lines.push(printable(`${counts.join(', ')}; record ${result.recordId}`));
    if (result.inverse !== '') lines.push(printable(`Undone by ${result.inverse}.`));
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}
