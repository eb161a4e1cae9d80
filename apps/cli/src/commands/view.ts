import { parseArgs } from 'node:util';
import { type DescMessage, type DescMethodUnary, fromJson, type JsonValue, toJson } from '@bufbuild/protobuf';
import { views } from '@muster/api';
import { exit, type ExitCode, usageError } from '../exit.ts';
import { printJson, writeLine } from '../io.ts';
import { suggestion } from '../nearest.ts';
import { paramsToJson } from '../params.ts';
import { withSession } from '../session.ts';
import { type AskedView, linesOf, readView } from '../view-read.ts';
import { watchView } from '../view-watch.ts';

export const help = `Usage: muster view NAME [--param k=v]… [--json] [--watch [--every SECONDS]]

Shows a view of the running gateway. "muster views" lists the names and their parameters.

  --param k=v   a field of the request: search=billing, page.limit=10, state=expired; for a list give it
                several times
  --json        proto JSON, for programs
  --watch       reads again and again until Ctrl C, and shows what is there whenever it is another; in a terminal in
                place, with --json one line {time, view} at each change. What cannot be read meanwhile is told
  --every S     seconds between two readings of --watch: 2 unless told otherwise, 0.5 to 45`;

/** A session that asks nothing for a minute is ended. */
const every = { least: 0.5, most: 45, usual: 2 };

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      param: { type: 'string', multiple: true, short: 'p' },
      json: { type: 'boolean' },
      watch: { type: 'boolean', short: 'w' },
      every: { type: 'string' },
    },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw usageError('Give one view. "muster views" lists them.');
  const method = methodOf(name);
  const view: AskedView = { name, method, request: requestOf(method.input, values.param ?? []) };
  if (values.watch === true)
    return watchView(view, { json: values.json === true, everyMs: 1000 * secondsOf(values.every) });
  if (values.every !== undefined) throw usageError('--every is how often --watch reads; give both.');
  const message = await withSession(({ transport, signal }) => readView(view, transport, signal));
  if (values.json === true) await printJson(toJson(method.output, message, { alwaysEmitImplicit: true }));
  else await writeLine(linesOf(view, message).join('\n'));
  return exit.done;
}

function secondsOf(text: string | undefined): number {
  const seconds = text === undefined ? every.usual : text.trim() === '' ? Number.NaN : Number(text);
  if (seconds >= every.least && seconds <= every.most) return seconds;
  throw usageError(`--every is seconds from ${every.least} to ${every.most}, not "${text}".`);
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
