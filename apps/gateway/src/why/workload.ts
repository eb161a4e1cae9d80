import { judgeSelectors, WorkloadSelectors } from '@muster/domain/selector-match';
import type { SelectorJudgement } from '@muster/domain/selector-match';
import { splitSelector } from '@muster/domain/selector-vocabulary';
import type { StoredEntry } from '../inventory/store/query.ts';
import type { SelectorRow } from '../upstream/spire/rows.ts';

export interface Judged {
  stored: StoredEntry;
  selectors: SelectorJudgement[];
  /** Every selector matches. */
  matches: boolean;
  /** It would, were what is not known as the entry wants it. */
  mayMatch: boolean;
  /** How far it is from a match: lower is nearer. */
  apart: number;
}

/** What each kind of failure weighs: what is easily mended is near. */
const weights = new Map<SelectorJudgement['verdict'], number>([
  ['matches', 0],
  ['cannot-tell', 0.3],
  ['case-differs', 0.2],
  ['unknown-key', 0.8],
  ['value-differs', 1],
  ['missing', 1.2],
  ['node-only', 2],
]);

export function judgeEntry(stored: StoredEntry, workload: WorkloadSelectors): Judged {
  const selectors = judgeSelectors(stored.row.selectors, workload);
  const failing = selectors.filter(({ verdict }) => verdict !== 'matches');
  // The mean, so that one wrong of four is nearer than one wrong of one.
  const apart =
    failing.reduce(
      (sum, one) => sum + (weights.get(one.verdict) ?? 1) * (one.has === '' ? 1 : unlike(one)),
      0,
    ) / Math.max(1, selectors.length);
  return {
    stored,
    selectors,
    matches: selectors.length > 0 && failing.length === 0,
    mayMatch: failing.length > 0 && failing.every(({ verdict }) => verdict === 'cannot-tell'),
    apart,
  };
}

/** 1: nothing in common behind the type; towards 0: nearly the same. */
function unlike({ wanted, has }: SelectorJudgement): number {
  const text = `${wanted.type}:${wanted.value}`.toLowerCase();
  const other = has.toLowerCase();
  const start = wanted.type.length + 1;
  let at = start;
  while (at < text.length && text[at] === other[at]) at += 1;
  return 1 - (0.6 * (at - start)) / Math.max(1, text.length - start, other.length - start);
}

/** Nearest first. An entry of nodes is never given to a workload, so it is left out unless asked about. */
export function nearest(all: readonly Judged[], asked: (one: Judged) => boolean, most: number): Judged[] {
  const near = all.filter(
    (one) =>
      asked(one) ||
      (!one.matches &&
        !one.selectors.every(({ verdict }) => verdict === 'node-only') &&
        // Nothing in common is no near miss.
        one.selectors.some(
          ({ verdict, has }) => verdict === 'matches' || verdict === 'cannot-tell' || has !== '',
        )),
  );
  return near
    .toSorted((a, b) => Number(asked(b)) - Number(asked(a)) || a.apart - b.apart || byId(a, b))
    .slice(0, most);
}

const byId = (a: Judged, b: Judged): number => (a.stored.row.spiffeId < b.stored.row.spiffeId ? -1 : 1);

/** Parts of selectors by which an entry with another value is found: names of labels and variables, images without tag. */
export function stemsOf(selectors: readonly SelectorRow[]): string[] {
  const stems = new Set<string>();
  for (const selector of selectors) {
    const { key, stem, rest } = splitSelector(selector);
    if (key?.form === 'name=value') stems.add(`${stem}=`);
    else if (key?.form === 'name:value') stems.add(`${stem}:`);
    else if (key && /image(?:_id)?$/u.test(key.key))
      stems.add(`${stem}:${rest.replace(/(?:@|:(?=[^/:]*$)).*$/u, '')}`);
  }
  return [...stems].slice(0, 32);
}
