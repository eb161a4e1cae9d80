import { type Check, choiceOf, referencesOf } from '@muster/domain';
import { filterChecks, type SheetFilter, sortChecks } from './sheet.ts';

/** What of the sheet is shown. */
export interface SheetView {
  readonly verdict: SheetFilter;
  readonly level: string | undefined;
  readonly spec: string | undefined;
  /** Only requirements that readers of the specifications understand in different ways. */
  readonly disputed: boolean;
  readonly search: string;
  readonly grouped: boolean;
}

export const wholeSheet: SheetView = {
  verdict: 'all',
  level: undefined,
  spec: undefined,
  disputed: false,
  search: '',
  grouped: false,
};

/** The specification that a requirement is filed under: the first that it names; Muster's own advice by itself. */
export function specOf({ spec }: Pick<Check, 'spec'>): string {
  if (spec === '-') return 'Good practice';
  const via = / via (\S+)/u.exec(spec)?.[1];
  return via ?? spec.split(/ ?\/ ?(?=[A-Z])/u)[0] ?? spec;
}

/** Every word must occur in the id, the text, the evidence, the clause or the note. */
export function matches(check: Check, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return true;
  const text = [
    check.id,
    check.level,
    check.text,
    check.evidence,
    ...referencesOf(check).map(({ label }) => label),
    choiceOf(check.id) ?? '',
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The rows but for the verdict: what the counts on the verdicts' buttons count. */
export function inScope(checks: readonly Check[], view: SheetView): Check[] {
  return checks.filter(
    (check) =>
      (view.level === undefined || check.level === view.level) &&
      (view.spec === undefined || specOf(check) === view.spec) &&
      (!view.disputed || choiceOf(check.id) !== undefined) &&
      matches(check, view.search),
  );
}

export interface SheetGroup {
  /** Undefined: one list of all. */
  readonly spec: string | undefined;
  readonly checks: readonly Check[];
}

/** What is shown, broken first; by specification in the order of the sheet when that is asked for. */
export function groupsOf(checks: readonly Check[], view: SheetView): SheetGroup[] {
  const shown = filterChecks(inScope(checks, view), view.verdict);
  if (!view.grouped) return shown.length > 0 ? [{ spec: undefined, checks: sortChecks(shown) }] : [];
  return [...Map.groupBy(shown, specOf)].map(([spec, rows]) => ({ spec, checks: sortChecks(rows) }));
}

/** Values of a filter with how many rows each would leave. */
export function optionsOf(checks: readonly Check[], of: (check: Check) => string) {
  return [...Map.groupBy(checks, of)].map(([value, rows]) => ({ value, count: rows.length }));
}
