import { parseArgs } from 'node:util';
import { fromJson, type JsonValue, toJson } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { ActionService, PlanRequestSchema, PlanSchema } from '@muster/api';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printJson, readInput, writeLine } from '../io.ts';
import { planLines } from '../plan-text.ts';
import { withSession } from '../session.ts';

export const help = `Usage: muster plan ACTION --input FILE|- [--json]

Says what an action would change, who is affected, and the equivalent command. Nothing is changed: "muster apply
DIGEST" with the digest it prints does that. "muster actions" lists the actions.

  --input FILE   the action's input, a JSON object; - reads standard input
  --json         proto JSON, for programs`;

const CAP = 8 * 1024 * 1024;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { input: { type: 'string', short: 'i' }, json: { type: 'boolean' } },
  });
  const [action, ...rest] = positionals;
  if (action === undefined || rest.length > 0)
    throw usageError('Give one action. "muster actions" lists them.');
  if (values.input === undefined)
    throw usageError('Give the action’s input: --input FILE, or --input - for standard input.');
  const request = fromJson(PlanRequestSchema, { action, input: await inputOf(values.input) });
  const { plan } = await withSession(({ transport, signal }) =>
    createClient(ActionService, transport).plan(request, { signal }),
  );
  if (!plan) throw new CliError(exit.refused, 'The gateway answered without a plan.');
  if (values.json === true) await printJson(toJson(PlanSchema, plan, { alwaysEmitImplicit: true }));
  else await writeLine(planLines(plan).join('\n'));
  return exit.done;
}

async function inputOf(name: string): Promise<JsonValue> {
  const text = (await readInput(name, CAP)).toString('utf8');
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw usageError(`The input is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError('The input must be one JSON object.');
  return value;
}
