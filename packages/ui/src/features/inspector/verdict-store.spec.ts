import { judge, type Judgement } from '@muster/domain';
import { makeAuthority } from '@muster/domain/testing/certificates';
import { describe, expect, it } from 'vitest';
import type { InspectedDocument } from './documents.ts';
import type { Many } from './judging-many.ts';
import { planOf } from './verdict-plan.ts';
import { nextMoment, rowOf, type VerdictRow } from './verdict-row.ts';
import { VerdictStore } from './verdict-store.ts';

const document = (id: string, text = id, more: Partial<InspectedDocument> = {}): InspectedDocument => ({
  id,
  name: id,
  kind: 'jwt-svid',
  bytes: new TextEncoder().encode(text),
  authorities: false,
  ...more,
});
const bench = (documents: readonly InspectedDocument[], audience = '') => ({
  documents,
  audience,
  sources: {},
  trustDomain: '',
});
const row = (id: string, at: number, next?: number): VerdictRow => ({
  id,
  kind: 'jwt-svid',
  verdict: 'valid',
  reason: '',
  fails: [],
  warns: [],
  at,
  ...(next !== undefined && { next }),
});

/** Judges at once, and notes what was asked; everything ends at 1000. */
function store() {
  const asked: string[][] = [];
  const waiting: (() => void)[] = [];
  const judging = new VerdictStore((many: Many) => {
    asked.push(many.tasks.map(({ id }) => id));
    return new Promise((resolve) => {
      waiting.push(() => {
        for (const { id } of many.tasks) many.onRow(row(id, many.at, many.at < 1000 ? 1000 : undefined));
        resolve();
      });
    });
  });
  const answer = async () => {
    for (const one of waiting.splice(0)) one();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { judging, asked, answer };
}

describe('verdicts on many', () => {
  const [a, b] = [document('a'), document('b')];
  it('are made once, and again for what changed', async () => {
    const { judging, asked, answer } = store();
    judging.update(planOf(bench([a, b]), []), 1, false);
    expect(judging.state().progress).toEqual({ done: 0, total: 2 });
    await answer();
    expect(judging.state()).toMatchObject({ progress: undefined, stopped: false });
    judging.update(planOf(bench([a, document('b', 'other')]), []), 2, false);
    await answer();
    judging.update(planOf(bench([a, document('b', 'other')], 'x'), []), 3, false);
    await answer();
    expect(asked).toEqual([['a', 'b'], ['b'], ['a', 'b']]);
  });
  it('are made again at the moment at which time changes them, and not before', async () => {
    const { judging, asked, answer } = store();
    const plan = planOf(bench([a]), []);
    for (const at of [1, 500, 999, 1000, 2000]) {
      judging.update(plan, at, false);
      await answer();
    }
    expect(asked).toEqual([['a'], ['a']]);
    expect(judging.state().rows.get('a')?.at).toBe(1000);
  });
  it('are made again for each chosen moment', async () => {
    const { judging, asked, answer } = store();
    const plan = planOf(bench([a]), []);
    for (const at of [500, 400, 400]) {
      judging.update(plan, at, true);
      await answer();
    }
    expect(asked).toHaveLength(2);
  });
  it('that are unfinished go on where they were', async () => {
    const { judging, asked, answer } = store();
    judging.update(planOf(bench([a, b]), []), 1, false);
    judging.cancel();
    expect(judging.state().stopped).toBe(true);
    await answer();
    expect(judging.state().rows.size).toBe(0);
    judging.resume();
    await answer();
    expect(judging.state()).toMatchObject({ stopped: false });
    expect(judging.state().rows.size).toBe(2);
    expect(asked).toHaveLength(2);
  });
  it('S-14: are forgotten with the bench', async () => {
    const { judging, answer } = store();
    judging.update(planOf(bench([a]), []), 1, false);
    await answer();
    judging.update(undefined, 1, false);
    expect(judging.state().rows.size).toBe(0);
  });
  it('of what could not be kept are those it was given', () => {
    const judgement: Judgement = {
      kind: 'workload-x509-response',
      verdict: 'valid',
      reason: '',
      checks: [],
      fails: [],
      warns: [],
      decoded: { type: 'none' },
    };
    const { judging, asked } = store();
    const once = document('c', '', { once: { judgement, at: new Date(7), digest: '' } });
    judging.update(planOf(bench([once]), []), 9, false);
    expect(asked).toEqual([]);
    expect(judging.state().rows.get('c')).toMatchObject({ verdict: 'valid', at: 7 });
  });
});

describe('the plan', () => {
  const bundle = (id: string, bundleOf: string): InspectedDocument =>
    document(id, `{"keys":[],"spiffe_sequence":1,"x":"${id}"}`, {
      kind: 'bundle',
      authorities: true,
      bundleOf,
    });
  it('gives each SVID the bundle that was paired with it, and shares equal ones', () => {
    const [one, two] = [bundle('one', 'org-a.test'), bundle('two', 'org-a.test')];
    const svids = ['one', 'two', 'one'].map((id, index) =>
      document(`s${index}`, `s${index}`, { trustDomain: 'org-a.test', prefers: [id] }),
    );
    const plan = planOf(bench([one, two, ...svids]), []);
    const used = plan.items.slice(2).map(({ task }) => plan.bundles[task.bundles]?.get('org-a.test'));
    expect(used).toEqual([one.bytes, two.bytes, one.bytes]);
    // Two for the SVIDs, and what each bundle is judged beside.
    expect(plan.bundles.length).toBeLessThanOrEqual(4);
  });
  it('does not judge an SVID by a bundle that is nobody’s', () => {
    const plan = planOf(bench([bundle('one', ''), document('s', 's', { trustDomain: 'org-a.test' })]), []);
    expect(plan.bundles[plan.items[1]?.task.bundles ?? -1]?.size).toBe(0);
  });
});

describe('the next moment', () => {
  const token = (from: string, to: string): Judgement['decoded'] => ({
    type: 'jwt-svid',
    header: [],
    claims: [],
    audience: [],
    notBefore: from,
    expiresAt: to,
  });
  it('is one millisecond after the next beginning or end', () => {
    const decoded = token('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)];
    expect(nextMoment(decoded, from - 5)).toBe(from + 1);
    expect(nextMoment(decoded, from)).toBe(from + 1);
    expect(nextMoment(decoded, from + 1)).toBe(to + 1);
    expect(nextMoment(decoded, to + 1)).toBeUndefined();
    const judgement: Judgement = {
      kind: 'jwt-svid',
      verdict: 'valid',
      reason: 'r',
      checks: [],
      fails: [],
      warns: [],
      decoded,
    };
    expect(rowOf('a', judgement, from + 1)).toMatchObject({ expires: to, notBefore: from, next: to + 1 });
  });
  it('of a bundle has no end, and says when the first of its certificates has', async () => {
    const at = new Date('2026-11-22T12:00:00Z');
    const ends = [3, 2].map((hours) => new Date(at.getTime() + hours * 3_600_000));
    const authorities = await Promise.all(
      ends.map((notAfter) => makeAuthority('org-a.test', { notBefore: at, notAfter })),
    );
    const input = new Uint8Array(authorities.flatMap(({ der }) => [...der]));
    const row = rowOf('a', await judge({ kind: 'bundle', input, bundles: new Map(), at }), at.getTime());
    expect(row).toMatchObject({ verdict: 'valid', firstKeyEnds: ends[1]?.getTime() });
    expect(row.expires).toBeUndefined();
  });
});
