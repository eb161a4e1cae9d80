import { toJson } from '@bufbuild/protobuf';
import { EntrySchema, EntryState, ExportFormat } from '@muster/api';
import { stringify as csv } from 'csv-stringify/sync';
import { toInput } from '../actions/entry-input.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { toEntry } from './convert.ts';
import { iso } from './times.ts';

/** A file of entries in parts: what it begins with, its rows, what it ends with. */
export interface Writer {
  begin: () => string;
  /** @param first whether these are the first rows of the file */
  rows: (entries: readonly StoredEntry[], first: boolean) => string;
  end: (empty: boolean) => string;
}

/** The columns of CSV: the names that an import takes, then what only the server says. */
const columns = [
  'id',
  'spiffe_id',
  'parent_id',
  'selectors',
  'x509_svid_ttl',
  'jwt_svid_ttl',
  'federates_with',
  'dns_names',
  'hint',
  'admin',
  'downstream',
  'store_svid',
  'disable_x509_svid_prefetch',
  'jwt_svid_include_jti',
  'expires_at',
  'connection',
  'revision_number',
  'created_at',
  'state',
] as const;

/** One a line; as JSON where a value holds what would part it for whoever reads it back. */
export const cell = (list: readonly string[]): string =>
  list.some((one) => /^\[|[;\r\n]/u.test(one)) ? JSON.stringify(list) : list.join('\n');

const stateWord = (state: number): string =>
  (EntryState[state] ?? 'UNKNOWN').toLowerCase().replaceAll('_', '-');

function csvRow({ connection, row, state }: StoredEntry): string[] {
  const input = toInput(row);
  return [
    row.id,
    input.spiffe_id,
    input.parent_id,
    cell(input.selectors),
    String(row.x509SvidTtl),
    String(row.jwtSvidTtl),
    cell(row.federatesWith),
    cell(row.dnsNames),
    row.hint,
    String(row.admin),
    String(row.downstream),
    String(row.storeSvid),
    String(row.disableX509SvidPrefetch),
    String(row.jwtSvidIncludeJti),
    input.expires_at ?? '',
    connection,
    String(row.revisionNumber),
    row.createdAt === 0n ? '' : iso(row.createdAt),
    stateWord(state),
  ];
}

// Quoted whatever ends a line for some reader. A cell that a spreadsheet would run gets an apostrophe before it (S-22); an import takes it off again.
export const csvText = (rows: readonly (readonly string[])[]): string =>
  csv(
    rows.map((row) => [...row]),
    { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/u },
  );

/** Without what is nothing: zero, empty and false are what a reader assumes. */
const spare = (input: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input).filter(([, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== '' && value !== 0 && value !== false,
    ),
  );

/**
 * As `spire-server entry create -data` decodes it: the JSON names of SPIRE's common.RegistrationEntry, where the expiry
 * is `entryExpiry` in Unix seconds. Another name, `expires_at` too, it would pass over in silence.
 */
function spireData(row: EntryRow): string {
  const json = JSON.stringify({
    spiffe_id: row.spiffeId,
    parent_id: row.parentId,
    selectors: row.selectors.map(({ type, value }) => ({ type, value })),
    ...spare({
      x509_svid_ttl: row.x509SvidTtl,
      jwt_svid_ttl: row.jwtSvidTtl,
      federates_with: row.federatesWith,
      admin: row.admin,
      downstream: row.downstream,
      dns_names: row.dnsNames,
      hint: row.hint,
      store_svid: row.storeSvid,
    }),
    ...attributes(row),
  });
  // Its digits as they are: a JSON number made of one would end at 2^53 (S-38).
  return row.expiresAt === 0n ? json : `${json.slice(0, -1)},"entryExpiry":${row.expiresAt}}`;
}

/** Two fields that SPIRE has in a message of their own. */
function attributes(row: EntryRow): Record<string, unknown> {
  const set = spare({
    disable_x509_svid_prefetch: row.disableX509SvidPrefetch,
    jwt_svid_include_jti: row.jwtSvidIncludeJti,
  });
  return Object.keys(set).length === 0 ? {} : { additional_attributes: set };
}

const jsonList = (each: (entry: StoredEntry) => string): Writer => ({
  begin: () => '{"entries":[',
  rows: (entries, first) =>
    entries.map((entry, i) => `${first && i === 0 ? '' : ','}\n${each(entry)}`).join(''),
  end: (empty) => (empty ? ']}\n' : '\n]}\n'),
});

/** A block of YAML; its texts as JSON has them, which YAML reads the same (YAML 1.2, 1.2.2). */
function yamlRow(fields: Record<string, unknown>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    Array.isArray(value)
      ? [`${name}:`, ...value.map((one: unknown) => `  - ${JSON.stringify(one)}`)]
      : [`${name}: ${JSON.stringify(value)}`],
  );
  return lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}\n`).join('');
}

export const writers: ReadonlyMap<ExportFormat, Writer> = new Map<ExportFormat, Writer>([
  [
    ExportFormat.CSV,
    {
      begin: () => csvText([columns]),
      rows: (entries) => csvText(entries.map(csvRow)),
      end: () => '',
    },
  ],
  [
    ExportFormat.JSON,
    jsonList((entry) => JSON.stringify(toJson(EntrySchema, toEntry(entry), { alwaysEmitImplicit: true }))),
  ],
  [ExportFormat.SPIRE_DATA, jsonList(({ row }) => spireData(row))],
  [
    ExportFormat.YAML,
    {
      begin: () => '',
      rows: (entries, first) =>
        (first ? 'entries:\n' : '') +
        entries.map(({ row }) => yamlRow({ id: row.id, ...spare({ ...toInput(row) }) })).join(''),
      end: (empty) => (empty ? 'entries: []\n' : ''),
    },
  ],
]);
