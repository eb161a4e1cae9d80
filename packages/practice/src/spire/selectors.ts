import type { Selector } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { SelectorMatch_MatchBehavior as Match } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { internal, invalid } from './status.ts';

export const selectorText = (selector: Selector): string => `${selector.type}:${selector.value}`;

export function checkSelectors(selectors: Selector[]): void {
  for (const { type, value } of selectors) {
    if (type === '') throw invalid('missing selector type');
    if (type.includes(':')) throw invalid("selector type contains ':'");
    if (value === '') throw invalid('missing selector value');
  }
}

export const selectorSet = (selectors: Selector[]): Set<string> => new Set(selectors.map(selectorText));

export function isSubset(small: ReadonlySet<string>, large: ReadonlySet<string>): boolean {
  for (const member of small) if (!large.has(member)) return false;
  return true;
}

export function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && isSubset(a, b);
}

/** Whether a row's set relates to the filter's as asked. The same numbers serve selectors and trust domains. */
export function matches(
  row: ReadonlySet<string>,
  filter: ReadonlySet<string>,
  how: number,
  what: string,
): boolean {
  switch (how) {
    case Match.MATCH_EXACT:
      return sameSet(row, filter);
    case Match.MATCH_SUBSET:
      return row.size > 0 && isSubset(row, filter);
    case Match.MATCH_SUPERSET:
      return isSubset(filter, row);
    case Match.MATCH_ANY:
      return [...row].some((member) => filter.has(member));
    default:
      throw internal(`unhandled ${what} match behavior`);
  }
}
