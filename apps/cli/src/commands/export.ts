import { parseArgs } from 'node:util';
import { type DescMessage, fromJson, type MessageShape } from '@bufbuild/protobuf';
import { createClient, type Transport } from '@connectrpc/connect';
import {
  AgentService,
  EntryService,
  ExportFormat,
  ListAgentsRequestSchema,
  ListEntriesRequestSchema,
} from '@muster/api';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, writeText } from '../io.ts';
import { suggestion } from '../nearest.ts';
import { paramsToJson } from '../params.ts';
import { callError, withSession } from '../session.ts';
import { exportOwnerKey } from './export-owner-key.ts';

const formats = new Map([
  ['csv', ExportFormat.CSV],
  ['json', ExportFormat.JSON],
  ['yaml', ExportFormat.YAML],
  ['spire-data', ExportFormat.SPIRE_DATA],
]);

// What gRPC takes in one message; spire-server sends a -data file as one.
const spireMost = 4_194_304;

/** Reads a whole list as a file: the parts of it. */
type Read = (
  transport: Transport,
  format: ExportFormat,
  signal: AbortSignal,
) => AsyncIterable<{ part: Uint8Array; changed: string }>;

interface Things {
  formats: readonly string[];
  /** What to read, by the parameters. */
  asked: (params: readonly string[]) => Read;
}

const things = new Map<string, Things>([
  [
    'entries',
    {
      formats: [...formats.keys()],
      asked(params) {
        const query = queryOf(ListEntriesRequestSchema, params);
        return (transport, format, signal) =>
          createClient(EntryService, transport).exportEntries({ query, format }, { signal });
      },
    },
  ],
  [
    'agents',
    {
      formats: ['csv', 'json'],
      asked(params) {
        const query = queryOf(ListAgentsRequestSchema, params);
        return (transport, format, signal) =>
          createClient(AgentService, transport).exportAgents({ query, format }, { signal });
      },
    },
  ],
]);

export const help = `Usage: muster export entries --format csv|json|yaml|spire-data [--param k=v]…
       muster export agents --format csv|json [--param k=v]…
       muster export owner-key NAME|DID --passphrase-file FILE

Writes every registration entry or agent that matches to standard output, in the order of the view of that name.

  --format      csv         one row each; cells that a spreadsheet would run as a formula get an apostrophe
                json        every field, as "muster view … --json" has them
                yaml        as the action entry.import reads it
                spire-data  for "spire-server entry create -data FILE"
  --param k=v   a parameter of the view: search=billing, trust_domains=example.org, state=no-agent, path=/shop/;
                for agents search=…, trust_domains=…, state=expired, attestation_type=k8s_psat, version=…

An owner key is written as PKCS#8 PEM, encrypted by the passphrase in the first line of that file, at least 12
characters; for who made or imported it only. That it was exported is on the record.

What was written is cut when the command does not exit with 0. Notes go to standard error.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string', short: 'f' },
      param: { type: 'string', multiple: true, short: 'p' },
      'passphrase-file': { type: 'string' },
    },
  });
  const [what, ...rest] = positionals;
  if (what === 'owner-key' && rest.length < 2) return exportOwnerKey(rest[0], values['passphrase-file']);
  const chosen = things.get(what ?? '');
  if (!chosen || rest.length > 0)
    throw usageError(
      'Say what to export: "muster export entries", "muster export agents" or "muster export owner-key".',
    );
  const names = chosen.formats;
  if (values.format === undefined) throw usageError(`Give --format: ${names.join(', ')}.`);
  const format = names.includes(values.format) ? formats.get(values.format) : undefined;
  if (format === undefined)
    throw usageError(
      `There is no format "${values.format}" for ${what}${suggestion(values.format, names)} There are ${names.join(', ')}.`,
    );
  const read = chosen.asked(values.param ?? []);
  const { bytes, changed } = await withSession(async ({ transport, signal }) => {
    let [written, note] = [0, ''];
    try {
      for await (const { part, changed: said } of read(transport, format, signal)) {
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

function queryOf<Schema extends DescMessage>(
  schema: Schema,
  params: readonly string[],
): MessageShape<Schema> {
  const json = paramsToJson(schema, params);
  if ('page' in json) throw usageError('page is for views: an export has every row.');
  try {
    return fromJson(schema, json);
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
