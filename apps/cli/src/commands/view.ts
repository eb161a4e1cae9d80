import { parseArgs } from 'node:util';
import {
  type DescMessage,
  type DescMethodUnary,
  fromJson,
  isMessage,
  type JsonValue,
  toJson,
} from '@bufbuild/protobuf';
import { ExplainResponseSchema, ReachResponseSchema, views } from '@muster/api';
import { exit, type ExitCode, usageError } from '../exit.ts';
import { printJson, writeLine } from '../io.ts';
import { suggestion } from '../nearest.ts';
import { paramsToJson } from '../params.ts';
import { reachLines } from '../reach-text.ts';
import { renderMessage } from '../render.ts';
import { withSession } from '../session.ts';
import { whyLines } from '../why-text.ts';

export const help = `Usage: muster view NAME [--param k=v]… [--json]

Shows a view of the running gateway. "muster views" lists the names and their parameters.

  --param k=v   a field of the request: search=billing, page.limit=10, state=expired; for a list give it
                several times
  --json        proto JSON, for programs`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { param: { type: 'string', multiple: true, short: 'p' }, json: { type: 'boolean' } },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw usageError('Give one view. "muster views" lists them.');
  const method = methodOf(name);
  const request = requestOf(method.input, values.param ?? []);
  const { message } = await withSession(({ transport, signal }) =>
    transport.unary(method, signal, undefined, undefined, request),
  );
  if (values.json === true) await printJson(toJson(method.output, message, { alwaysEmitImplicit: true }));
  // An answer to read, which no table holds.
  else if (isMessage(message, ExplainResponseSchema)) await writeLine(whyLines(message, []).join('\n'));
  else if (isMessage(message, ReachResponseSchema)) await writeLine(reachLines(message).join('\n'));
  else await writeLine(renderMessage(method.output, message).join('\n'));
  return exit.done;
}

function methodOf(name: string): DescMethodUnary<DescMessage, DescMessage> {
  const named: Readonly<Record<string, DescMethodUnary<DescMessage, DescMessage>>> = views;
  const method = Object.hasOwn(named, name) ? named[name] : undefined;
  if (!method) throw usageError(`There is no view "${name}"${suggestion(name, Object.keys(views))}`);
  return method;
}

function requestOf(schema: DescMessage, params: readonly string[]) {
  const json: JsonValue = paramsToJson(schema, params);
  try {
    return fromJson(schema, json);
  } catch (error) {
    // e.g. "cannot decode field muster.v1.Page.limit from JSON: expected number (uint32), got "ten""
    throw usageError(
      `A parameter cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
