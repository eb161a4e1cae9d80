import { parseArgs } from 'node:util';
import { fromJson } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { EntryService, ExportFormat, type ListEntriesRequest, ListEntriesRequestSchema } from '@muster/api';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, writeText } from '../io.ts';
import { suggestion } from '../nearest.ts';
import { paramsToJson } from '../params.ts';
import { callError, withSession } from '../session.ts';

const formats = new Map([
  ['csv', ExportFormat.CSV],
  ['json', ExportFormat.JSON],
  ['yaml', ExportFormat.YAML],
  ['spire-data', ExportFormat.SPIRE_DATA],
]);

// What gRPC takes in one message; spire-server sends a -data file as one.
const spireMost = 4_194_304;

export const help = `Usage: muster export entries --format csv|json|yaml|spire-data [--param k=v]…

Writes every registration entry that matches to standard output, in the order of the view "entries".

  --format      csv         one row an entry; cells that a spreadsheet would run as a formula get an apostrophe
                json        every field, as "muster view entries --json" has them
                yaml        as the action entry.import reads it
                spire-data  for "spire-server entry create -data FILE"
  --param k=v   a parameter of the view: search=billing, trust_domains=example.org, state=no-agent, path=/shop/

What was written is cut when the command does not exit with 0. Notes go to standard error.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string', short: 'f' },
      param: { type: 'string', multiple: true, short: 'p' },
    },
  });
  const [what, ...rest] = positionals;
  if (what !== 'entries' || rest.length > 0) throw usageError('Say what to export: "muster export entries".');
  const names = [...formats.keys()];
  if (values.format === undefined) throw usageError(`Give --format: ${names.join(', ')}.`);
  const format = formats.get(values.format);
  if (format === undefined)
    throw usageError(
      `There is no format "${values.format}"${suggestion(values.format, names)} There are ${names.join(', ')}.`,
    );
  const query = queryOf(values.param ?? []);
  const { bytes, changed } = await withSession(async ({ transport, signal }) => {
    let [written, note] = [0, ''];
    try {
      for await (const { part, changed: said } of createClient(EntryService, transport).exportEntries(
        { query, format },
        { signal },
      )) {
        written += part.length;
        note = said;
        await writePart(part);
      }
    } catch (error) {
      if (written === 0) throw error;
      const { message } = callError(error);
      throw new CliError(exit.refused, `What was written is cut: ${message}`);
    }
    return { bytes: written, changed: note };
  });
  if (changed !== '') console.error(`muster: ${printable(changed)}`);
  if (format === ExportFormat.SPIRE_DATA && bytes > spireMost * 0.9)
    console.error(
      'muster: spire-server sends such a file as one message, and a server takes 4 MiB at most. Export parts, or use entry.import.',
    );
  return exit.done;
}

function queryOf(params: readonly string[]): ListEntriesRequest {
  const json = paramsToJson(ListEntriesRequestSchema, params);
  if ('page' in json) throw usageError('page is for views: an export has every row.');
  try {
    return fromJson(ListEntriesRequestSchema, json);
  } catch (error) {
    throw usageError(
      `A parameter cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

const decoder = new TextDecoder();

/** As it is into a file or a pipe; on a terminal, where it could act, with control characters spelled out. */
function writePart(part: Uint8Array): Promise<void> {
  const text = decoder.decode(part, { stream: true });
  return writeText(process.stdout.isTTY ? text.split('\n').map(printable).join('\n') : text);
}
