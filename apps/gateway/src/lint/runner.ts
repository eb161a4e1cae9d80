import type { Store } from '../inventory/store/client.ts';
import type { FindingCode } from './catalog.ts';
import { clearShare, formsOf, formText } from './convention.ts';
import type { SegmentCounts } from './convention.ts';
import type { LintFacts } from './rules.ts';

/** What the rules found in one server's entries. */
export interface LintResult {
  /** Numbers of rows by code, as far as they are kept. */
  rids: Map<FindingCode, number[]>;
  counts: Map<FindingCode, number>;
  examined: number;
  /** Forms of SPIFFE IDs that nearly all have; empty: no convention is clear. */
  forms: string[];
  /** Of the store when it began. */
  changes: number;
  finishedAt: Date;
  facts: LintFacts;
}

export interface LintProgress {
  examined: number;
  of: number;
}

/** Findings of a code that can be paged through; beyond, they are counted. */
const mostKept = 100_000;
const rowsAtOnce = 4000;

/** Goes through all entries of a connection in bounded steps of the store, and keeps numbers of rows, not rows. */
export async function lintConnection(
  store: Store,
  connection: string,
  facts: LintFacts,
  of: number,
  now: () => Date,
  tell: (progress: LintProgress) => void,
): Promise<LintResult> {
  const changes = await store.lintChanges();
  const result: LintResult = {
    rids: new Map(),
    counts: new Map(),
    examined: 0,
    forms: [],
    changes,
    finishedAt: now(),
    facts,
  };
  const found = (code: FindingCode, rids: readonly number[]): void => {
    result.counts.set(code, (result.counts.get(code) ?? 0) + rids.length);
    const kept = result.rids.get(code) ?? [];
    for (const rid of rids.slice(0, Math.max(0, mostKept - kept.length))) kept.push(rid);
    result.rids.set(code, kept);
  };
  const parts: { rids: Float64Array; sets: Float64Array }[] = [];
  const words: SegmentCounts = new Map();
  for (let after = 0; ;) {
    const part = await store.lintPart(connection, after, rowsAtOnce, facts);
    for (const [code, rids] of part.found) found(code, rids);
    if (part.rows > 0) parts.push({ rids: part.rids, sets: part.sets });
    for (const [key, n] of part.words)
      if (words.has(key) || words.size < 20_000) words.set(key, (words.get(key) ?? 0) + n);
    result.examined += part.rows;
    tell({ examined: result.examined, of: Math.max(of, result.examined) });
    if (part.next === 0) break;
    after = part.next;
  }
  await twins(store, parts, found);
  await forms(store, connection, words, result, found);
  result.finishedAt = now();
  return result;
}

type Found = (code: FindingCode, rids: readonly number[]) => void;

/** Rows whose hash of parent and selectors stands more than once. */
async function twins(
  store: Store,
  parts: readonly { rids: Float64Array; sets: Float64Array }[],
  found: Found,
): Promise<void> {
  const total = parts.reduce((sum, { sets }) => sum + sets.length, 0);
  const sorted = new Float64Array(total);
  let at = 0;
  for (const { sets } of parts) {
    sorted.set(sets, at);
    at += sets.length;
  }
  sorted.sort();
  const again = new Set<number>();
  for (let index = 1; index < sorted.length; index++) {
    const value = sorted[index];
    if (value !== undefined && value === sorted[index - 1]) again.add(value);
  }
  if (again.size === 0) return;
  const rids: number[] = [];
  for (const part of parts)
    for (const [index, set] of part.sets.entries()) if (again.has(set)) rids.push(part.rids[index] ?? 0);
  // What is compared in full is bounded; the rest is said to be several identities, which is what most twins are.
  const compared = rids.slice(0, mostKept);
  const groups = new Map<number, { rid: number; spiffeId: string; hint: string }[]>();
  for (let start = 0; start < compared.length; start += 2000) {
    for (const { set, ...row } of await store.lintTwins(compared.slice(start, start + 2000)))
      groups.set(set, [...(groups.get(set) ?? []), row]);
  }
  const out = { similar: [] as number[], duplicate: [] as number[], 'hint-twice': [] as number[] };
  for (const group of groups.values()) {
    const times = (key: 'spiffeId' | 'hint'): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const row of group) counts.set(row[key], (counts.get(row[key]) ?? 0) + 1);
      return counts;
    };
    const [ids, hints] = [times('spiffeId'), times('hint')];
    for (const { rid, spiffeId, hint } of group) {
      if ((ids.get(spiffeId) ?? 0) > 1) out.similar.push(rid);
      if (ids.size > 1) out.duplicate.push(rid);
      if (hint !== '' && (hints.get(hint) ?? 0) > 1) out['hint-twice'].push(rid);
    }
  }
  for (const [code, list] of Object.entries(out)) if (list.length > 0) found(code as FindingCode, list);
  if (rids.length > compared.length) found('duplicate', rids.slice(compared.length));
}

/** Looks for a convention of SPIFFE IDs, and holds the entries against it only when nearly all have it. */
async function forms(
  store: Store,
  connection: string,
  words: SegmentCounts,
  result: LintResult,
  found: Found,
): Promise<void> {
  const candidates = formsOf(words);
  if (candidates.length === 0) return;
  const odd: number[] = [];
  let looked = 0;
  let others = 0;
  for (let after = 0; ;) {
    const part = await store.lintForms(connection, after, rowsAtOnce * 2, candidates);
    looked += part.looked;
    others += part.odd.length;
    for (const rid of part.odd) odd.push(rid);
    // Not clear any more: no need to go on.
    if (others > Math.max(1000, result.examined * (1 - clearShare))) return;
    if (part.next === 0) break;
    after = part.next;
  }
  if (looked === 0 || others > looked * (1 - clearShare)) return;
  result.forms = candidates.map(formText);
  if (odd.length > 0) found('odd-id', odd);
}
