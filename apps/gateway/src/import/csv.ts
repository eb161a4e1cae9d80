import { CsvError, parse } from 'csv-parse/sync';
import { canonical, columns, meaningOf, named, needed } from './columns.ts';
import type { Problem, RawRow } from './types.ts';

export interface RawFile {
  rows: RawRow[];
  problems: Problem[];
  notes: string[];
}

const delimiters = [',', ';', '\t'];

/** The delimiter of the header: the one that makes most known columns of it. */
function delimiterOf(text: string): string {
  const header = text.replace(/^\ufeff?\s*/u, '').split(/[\r\n]/u, 1)[0] ?? '';
  const known = (delimiter: string): number =>
    header.split(delimiter).filter((name) => columns.has(canonical(name.replaceAll('"', '')))).length;
  return delimiters.reduce((best, delimiter) => (known(delimiter) > known(best) ? delimiter : best));
}

interface Record {
  record: string[];
  raw: string;
}

/** Reads CSV with a header of column names; which lines a record has is counted, for records may have several. */
export function readCsv(text: string): RawFile {
  const file: RawFile = { rows: [], problems: [], notes: [] };
  let records: Record[];
  try {
    records = parse(text, {
      bom: true,
      raw: true,
      info: true,
      delimiter: delimiterOf(text),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Record[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    file.problems.push({ line: Number(error['lines'] ?? 0), field: '', message: csvMistake(error.code) });
    return file;
  }
  const [head, ...rest] = records;
  if (!head) {
    file.problems.push({ line: 0, field: '', message: 'The file is empty.' });
    return file;
  }
  const names = head.record.map(canonical);
  const at = lineCounter();
  const headLine = at(head.raw);
  checkHeader(file, headLine, names, head.record);
  if (file.problems.length > 0) return file;
  for (const { record, raw } of rest) {
    const row: RawRow = { line: at(raw), values: new Map(), problems: [] };
    if (record.every((cell) => cell.trim() === '')) continue;
    if (record.length !== names.length)
      row.problems.push({
        line: row.line,
        field: '',
        message: `it has ${record.length} cells, and the header has ${names.length} columns. A cell with a comma or a line break in it must be in quotes.`,
      });
    names.forEach((name, index) => {
      if (columns.has(name)) row.values.set(name, plain(record[index] ?? ''));
    });
    file.rows.push(row);
  }
  return file;
}

function checkHeader(file: RawFile, line: number, names: string[], given: string[]): void {
  const say = (message: string) => file.problems.push({ line, field: 'header', message });
  const expected = `Columns are ${[...columns.keys()].join(', ')}.`;
  const unknown = given.filter((_name, index) => meaningOf(names[index] ?? '') === 'unknown');
  const missing = needed.filter((name) => !names.includes(name));
  // A row that names its entry needs no more than what is to change.
  if (missing.length > 0 && (!names.includes('id') || unknown.length === given.length))
    say(
      `the first line must name the columns, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing; it has ${named(given)}. ${expected}`,
    );
  else if (unknown.length > 0) say(`there is no column ${named(unknown)}. ${expected}`);
  const twice = names.filter((name, index) => columns.has(name) && names.indexOf(name) !== index);
  if (twice.length > 0) say(`the column ${named([...new Set(twice)])} is there twice.`);
  const notSet = names.filter((name) => meaningOf(name) === 'not-set');
  if (notSet.length > 0) say(`Muster does not set ${named(notSet)}. Take the column out.`);
  const passed = given.filter((_name, index) => meaningOf(names[index] ?? '') === 'passed-over');
  if (passed.length > 0) file.notes.push(`Passed over, for only the server can say it: ${named(passed)}.`);
}

/** A cell that a spreadsheet would have run as a formula carries an apostrophe before it (S-22). */
const plain = (cell: string): string => (/^'[=+\-@\t\r]/u.test(cell) ? cell.slice(1) : cell);

/** Answers on which line a record begins, given its text with the empty lines before it. */
function lineCounter(): (raw: string) => number {
  let before = 0;
  return (raw) => {
    const empty = /^[\r\n]*/u.exec(raw)?.[0] ?? '';
    const line = before + breaks(empty) + 1;
    before += breaks(raw);
    return line;
  };
}

const breaks = (text: string): number => text.match(/\r\n|\n|\r/gu)?.length ?? 0;

function csvMistake(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed.';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'after a closing quote the cell must end. A quote inside of a cell is written twice: "".';
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return 'a quote stands in the middle of a cell. Put the whole cell in quotes, and write the quote twice: "".';
    default:
      return 'this is not CSV.';
  }
}
