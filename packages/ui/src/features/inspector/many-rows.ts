import { type InspectedDocument, kindName } from './documents.ts';
import { onlyIssuerSide, plural } from './sheet.ts';
import type { VerdictRow } from './verdict-row.ts';

/** One line of the table: a document, and its verdict once there is one. */
export interface ManyRow {
  readonly document: InspectedDocument;
  readonly row: VerdictRow | undefined;
}

export type ManyFilter = 'all' | 'broken' | 'not-conformant' | 'look' | 'valid' | 'unreadable' | 'waiting';
export type ManyColumn = 'verdict' | 'name' | 'kind' | 'subject' | 'expires' | 'first';

export interface ManyView {
  readonly filter: ManyFilter;
  readonly search: string;
  readonly sort: { readonly column: ManyColumn; readonly descending: boolean };
}

/** What is wrong comes first. */
export const wholeTable: ManyView = {
  filter: 'all',
  search: '',
  sort: { column: 'verdict', descending: false },
};

export interface VerdictSaid {
  readonly filter: Exclude<ManyFilter, 'all'>;
  readonly tone: 'ok' | 'bad' | 'warn' | 'unknown';
  readonly label: string;
  readonly reason: string;
}

/** The verdict in the words of the banner. `audience` is the verifier's; empty: not said. */
export function saidOf({ document, row }: ManyRow, audience: string): VerdictSaid {
  if (!row) return { filter: 'waiting', tone: 'unknown', label: 'waiting', reason: 'It is judged next.' };
  const { verdict, reason, fails, warns } = row;
  switch (verdict) {
    case 'valid':
      return warns.length > 0
        ? {
            filter: 'look',
            tone: 'ok',
            label: `valid, ${plural(warns.length, 'warning')}`,
            reason: `${reason} ${plural(warns.length, 'warning')}: ${warns.join(', ')}.`,
          }
        : { filter: 'valid', tone: 'ok', label: 'valid', reason };
    case 'invalid': {
      if (audience === '' && fails.length === 1 && fails[0] === 'J-09')
        return {
          filter: 'look',
          tone: 'warn',
          label: 'which audience?',
          reason: 'All else holds. Say for which audience it is judged.',
        };
      const broken = `${plural(fails.length, 'requirement')} broken: ${fails.join(', ')}.`;
      return onlyIssuerSide(fails)
        ? {
            filter: 'not-conformant',
            tone: 'warn',
            label: 'not conformant',
            reason: `${broken} They bind who issues; a verifier may accept the document.`,
          }
        : { filter: 'broken', tone: 'bad', label: 'not valid', reason: broken };
    }
    case 'unreadable':
      return { filter: 'unreadable', tone: 'bad', label: 'cannot be read', reason };
    case 'skip':
      return {
        filter: 'unreadable',
        tone: 'unknown',
        label: 'not judged',
        reason: reason || `There are no rules for ${document.kind}.`,
      };
  }
}

/** How many lines each filter shows. */
export function countRows(rows: readonly ManyRow[], audience: string): Readonly<Record<ManyFilter, number>> {
  const counts = {
    all: rows.length,
    broken: 0,
    'not-conformant': 0,
    look: 0,
    valid: 0,
    unreadable: 0,
    waiting: 0,
  };
  for (const row of rows) counts[saidOf(row, audience).filter]++;
  return counts;
}

const severity: Readonly<Record<VerdictSaid['filter'], number>> = {
  unreadable: 0,
  broken: 1,
  'not-conformant': 2,
  look: 3,
  valid: 4,
  waiting: 5,
};

/** The lines that a view shows, in its order; what is equal keeps the order in which it was given. */
export function viewRows(
  rows: readonly ManyRow[],
  { filter, search, sort }: ManyView,
  audience: string,
): readonly ManyRow[] {
  const wanted = search.trim().toLowerCase();
  const shown = rows.filter((one) => {
    if (filter !== 'all' && saidOf(one, audience).filter !== filter) return false;
    return wanted === '' || textsOf(one).some((text) => text.toLowerCase().includes(wanted));
  });
  const keys = new Map(shown.map((one) => [one, sortKey(one, sort.column, audience)]));
  const turn = sort.descending ? -1 : 1;
  return shown.toSorted((a, b) => compareKeys(keys.get(a), keys.get(b), turn));
}

function textsOf({ document, row }: ManyRow): readonly string[] {
  return [
    document.name,
    kindName(document),
    subjectOf({ document, row }) ?? '',
    row?.first?.id ?? '',
    ...(row?.fails ?? []),
  ];
}

/** Whose it is: its SPIFFE ID, or the trust domain of a bundle. */
export function subjectOf({ document, row }: ManyRow): string | undefined {
  return row?.subject ?? (document.bundleOf || document.trustDomain);
}

type Key = number | string | undefined;

function sortKey(one: ManyRow, column: ManyColumn, audience: string): Key {
  switch (column) {
    case 'verdict':
      return severity[saidOf(one, audience).filter];
    case 'name':
      return one.document.name;
    case 'kind':
      return kindName(one.document);
    case 'subject':
      return subjectOf(one);
    case 'expires':
      return one.row?.expires ?? one.row?.firstKeyEnds;
    case 'first':
      return one.row?.first?.id;
  }
}

const byText = new Intl.Collator('en', { numeric: true });

/** What has no such value stands at the end, whichever way it is sorted. */
function compareKeys(a: Key, b: Key, turn: 1 | -1): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return (
    turn * (typeof a === 'number' && typeof b === 'number' ? a - b : byText.compare(String(a), String(b)))
  );
}

const columns = [
  'name',
  'kind',
  'spiffe_id',
  'verdict',
  'first_broken',
  'broken',
  'warnings',
  'reason',
  'not_before',
  'expires',
  'judged_at',
] as const;

/** The lines as records for a machine: nothing of a token or a key is in them. */
export function exportRows(
  rows: readonly ManyRow[],
): readonly Readonly<Record<(typeof columns)[number], string>>[] {
  return rows.map((one) => {
    const { document, row } = one;
    const time = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString());
    return {
      name: document.name,
      kind: row?.kind ?? document.kind,
      spiffe_id: subjectOf(one) ?? '',
      verdict: row?.verdict ?? 'waiting',
      first_broken: row?.fails[0] ?? '',
      broken: row?.fails.join(' ') ?? '',
      warnings: row?.warns.join(' ') ?? '',
      reason: row?.reason ?? '',
      not_before: time(row?.notBefore),
      expires: time(row?.expires),
      judged_at: time(row?.at),
    };
  });
}

/** For `csvOf`, with its heading. */
export function csvRows(rows: readonly ManyRow[]): readonly (readonly string[])[] {
  return [columns, ...exportRows(rows).map((record) => columns.map((column) => record[column]))];
}
