import { ConnectError } from '@connectrpc/connect';
import { parseSpiffeId } from '@muster/domain';
import { parseFields, storedWords } from '../actions/entry-input.ts';
import type { EntryInput } from '../actions/entry-input.ts';
import { needed } from './columns.ts';
import { readCsv } from './csv.ts';
import type { RawFile } from './csv.ts';
import { detectFormat } from './detect.ts';
import { readJson } from './json.ts';
import { maxRows } from './types.ts';
import type { Format, Problem, RawRow, ReadFile, ReadRow } from './types.ts';
import { valueOf } from './values.ts';
import { readYaml } from './yaml.ts';

const readers: Record<Format, (text: string) => RawFile> = {
  csv: readCsv,
  yaml: readYaml,
  json: readJson,
  'spire-data': readJson,
};

/**
 * Reads a whole file of entries and checks every row by itself; no mistake ends the reading, so that all are found.
 * `trustDomain` empty: that of the first row that has one.
 */
export function readFile(text: string, given: Format | undefined, trustDomain: string): ReadFile {
  const format = given ?? detectFormat(text);
  const raw = readers[format](text);
  const problems = [...raw.problems];
  if (raw.rows.length > maxRows) {
    problems.push({
      line: raw.rows[maxRows]?.line ?? 0,
      field: '',
      message: `the file has ${raw.rows.length} rows, and one plan takes ${maxRows}. Split it; a row may stand in any part.`,
    });
    return { format, trustDomain, rows: [], problems, notes: raw.notes };
  }
  if (raw.rows.length === 0 && problems.length === 0)
    problems.push({ line: 0, field: '', message: 'there is no entry in the file.' });
  const own = trustDomain || trustDomainOf(raw.rows);
  const rows = raw.rows.map((row) => checkRow(row, format === 'csv', own));
  return { format, trustDomain: own, rows, problems, notes: raw.notes };
}

function trustDomainOf(rows: readonly RawRow[]): string {
  for (const { values } of rows) {
    const id = parseSpiffeId(String(values.get('spiffe_id') ?? ''));
    if (id.ok) return id.value.trustDomain;
  }
  return '';
}

function checkRow({ line, values, problems: found }: RawRow, cell: boolean, trustDomain: string): ReadRow {
  const problems: Problem[] = [...found];
  const say = (field: string, message: string) => problems.push({ line, field, message });
  const input = new Map<string, unknown>();
  for (const [name, given] of values) {
    const value = valueOf(name, given, cell);
    if (value.ok) input.set(name, value.value);
    else say(name, value.message);
  }
  const id = String(input.get('id') ?? '');
  input.delete('id');
  if (id !== '' && !/^[\w.-]{1,255}$/u.test(id))
    say('id', 'an entry’s ID has letters, digits, hyphens, underscores and dots, at most 255 of them.');
  const faulty = new Set(problems.map(({ field }) => field));
  for (const name of needed) {
    const value = input.get(name);
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    // Of an entry that is named, what is not said stays; said and empty is a mistake all the same.
    if (!empty || faulty.has(name) || (id !== '' && !input.has(name))) continue;
    say(name, 'this is needed.');
    input.delete(name);
  }
  const fields: ReadRow['fields'] = {};
  // Field by field: one mistake must not hide the next.
  for (const [name, value] of input) {
    try {
      Object.assign(fields, parseFields({ [name]: value } as Partial<EntryInput>, at, trustDomain));
    } catch (error) {
      const { field, message } = split(error);
      say(field, message);
    }
  }
  const types = new Set(fields.selectors?.map(({ type }) => type));
  if (fields.storeSvid === true && types.size > 1)
    say('selectors', 'with store_svid all selectors must be of one type.');
  if (fields.storeSvid === true && fields.disableX509SvidPrefetch === true)
    say('disable_x509_svid_prefetch', storedWords);
  return { line, id, fields, problems: bounded(line, problems) };
}

/** Mistakes of one row that are listed: a row of 4 MiB may have hundreds of thousands (S-18). */
const mostProblems = 50;

function bounded(line: number, problems: Problem[]): Problem[] {
  const rest = problems.length - mostProblems;
  if (rest <= 0) return problems;
  const more = { line, field: '', message: `and ${rest} more mistakes in this row.` };
  return [...problems.slice(0, mostProblems), more];
}

const at = 'row';

/** `row.selectors[1]: …` in its two parts. */
function split(error: unknown): { field: string; message: string } {
  if (!(error instanceof ConnectError)) throw error;
  const cut = error.rawMessage.indexOf(': ');
  return {
    field: error.rawMessage.slice(0, cut).replace(`${at}.`, ''),
    message: error.rawMessage.slice(cut + 2),
  };
}
