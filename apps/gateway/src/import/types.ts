import type { EntryFields } from '../upstream/spire/rows.ts';

/** What a file of entries may be written in. */
export const formats = ['csv', 'yaml', 'json', 'spire-data'] as const;
export type Format = (typeof formats)[number];

/** Most bytes of one file, UTF-8: a call may have 8 MiB, and JSON's escapes make text longer (S-18). */
export const maxBytes = 4 * 1024 * 1024;
/** Most rows of one file. */
export const maxRows = 20_000;

/** A mistake at a place of the file; line 0 is the file as a whole. */
export interface Problem {
  line: number;
  /** e.g. selectors[1]; empty: the row itself. */
  field: string;
  message: string;
}

/** A row as its format has it: names made canonical, values not looked at yet. */
export interface RawRow {
  line: number;
  values: Map<string, unknown>;
  problems: Problem[];
}

/** A row whose values are checked; `fields` has only what the file says. Plain data: it comes from another thread. */
export interface ReadRow {
  line: number;
  /** Of the entry meant; empty: found by SPIFFE ID, parent and selectors. */
  id: string;
  fields: Partial<EntryFields>;
  problems: Problem[];
}

export interface ReadFile {
  format: Format;
  /** Of the server that the rows are for. */
  trustDomain: string;
  rows: ReadRow[];
  /** Of the file as a whole. */
  problems: Problem[];
  /** What was passed over, in words. */
  notes: string[];
}
