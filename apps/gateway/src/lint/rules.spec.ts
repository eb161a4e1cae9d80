import { describe, expect, it } from 'vitest';
import { entryStates } from '../inventory/store/query.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { catalog } from './catalog.ts';
import type { FindingCode } from './catalog.ts';
import { countSegments, formsOf, formText, hasForm } from './convention.ts';
import { entryProblems, twinProblems } from './rules.ts';
import type { LintFacts } from './rules.ts';

const td = 'spiffe://a.example';
const now = 1_800_000_000;
const facts: LintFacts = { now, bundles: ['a.example', 'b.example'], authorityLife: 86_400 };
const entry = (more: Partial<EntryRow> = {}): EntryRow => ({
  id: 'one',
  spiffeId: `${td}/one`,
  parentId: `${td}/spire/agent/one`,
  selectors: [
    { type: 'k8s', value: 'ns:a' },
    { type: 'k8s', value: 'sa:b' },
  ],
  x509SvidTtl: 0,
  jwtSvidTtl: 0,
  federatesWith: [],
  admin: false,
  downstream: false,
  expiresAt: 0n,
  dnsNames: [],
  revisionNumber: 0n,
  storeSvid: false,
  disableX509SvidPrefetch: false,
  jwtSvidIncludeJti: false,
  hint: '',
  createdAt: 1n,
  ...more,
});
const selectors = (...texts: string[]) => ({
  selectors: texts.map((text) => ({
    type: text.slice(0, text.indexOf(':')),
    value: text.slice(text.indexOf(':') + 1),
  })),
});
const codes = (row: EntryRow, state: number = entryStates.served, with_: LintFacts = facts) =>
  entryProblems(row, state, with_).map(({ code }) => code);
const server = `${td}/spire/server`;

describe('each rule finds what it is for, and leaves alone what it is not for', () => {
  it.each<[FindingCode, Partial<EntryRow>, Partial<EntryRow>]>([
    ['unknown-selector', selectors('k8s:pod_name:a'), selectors('k8s:pod-name:a')],
    ['unknown-selector', selectors('dokcer:label:a:b'), selectors('acme:label:a:b')],
    [
      'node-selector',
      selectors('k8s_psat:cluster:c'),
      { ...selectors('k8s_psat:cluster:c'), parentId: server },
    ],
    [
      'node-selector',
      selectors(`spiffe_id:${td}/spire/agent/two`),
      selectors(`spiffe_id:${td}/spire/agent/one`),
    ],
    ['broad-selectors', selectors('k8s:ns:a'), selectors('k8s:ns:a', 'k8s:sa:b')],
    ['broad-selectors', selectors('unix:uid:0'), selectors('unix:uid:1000')],
    ['broad-selectors', selectors('unix:gid:7', 'unix:group:x'), selectors('unix:gid:7', 'unix:path:/a')],
    ['admin', { admin: true }, { downstream: true }],
    ['downstream', { downstream: true }, { admin: true }],
    ['expired', { expiresAt: BigInt(now) }, { expiresAt: BigInt(now + 1) }],
    ['ttl-beyond-authority', { x509SvidTtl: 86_401 }, { x509SvidTtl: 86_400 }],
    ['missing-bundle', { federatesWith: ['b.example', 'c.example'] }, { federatesWith: ['b.example'] }],
  ])('%s', (code, bad, good) => {
    expect(codes(entry(bad))).toContain(code);
    expect(codes(entry(good))).not.toContain(code);
  });
  it.each<[FindingCode, number]>([
    ['orphan', entryStates.noAgent],
    ['agent-banned', entryStates.agentBanned],
    ['agent-expired', entryStates.agentExpired],
  ])('%s, by its state', (code, state) => {
    expect(codes(entry(), state)).toEqual([code]);
    expect(codes(entry(), entryStates.served)).toEqual([]);
    expect(
      codes(entry({ parentId: server, ...selectors('k8s_psat:cluster:c') }), entryStates.nodeAlias),
    ).toEqual([]);
  });
  it('says nothing of bundles and authorities that are not known', () => {
    const unknown = { now, bundles: undefined, authorityLife: 0 };
    expect(
      codes(entry({ federatesWith: ['c.example'], x509SvidTtl: 1e9 }), entryStates.served, unknown),
    ).toEqual([]);
  });
  it('names what may be meant', () => {
    expect(entryProblems(entry(selectors('k8s:pod_name:a')), entryStates.served, facts)[0]?.text).toContain(
      'k8s:pod-name:a may be meant',
    );
  });
});

describe('twins', () => {
  const problems = (other: Partial<EntryRow>, own: Partial<EntryRow> = {}) =>
    twinProblems(entry(own), [entry({ id: 'two', ...other })]).map(({ code }) => code);
  it('are the same entry, several identities, or one hint too often', () => {
    expect(problems({})).toEqual(['similar']);
    expect(problems({ spiffeId: `${td}/two` })).toEqual(['duplicate']);
    expect(problems({ spiffeId: `${td}/two`, hint: 'h' }, { hint: 'h' })).toEqual([
      'duplicate',
      'hint-twice',
    ]);
    expect(problems({ spiffeId: `${td}/two`, hint: 'h' }, { hint: 'i' })).toEqual(['duplicate']);
    expect(twinProblems(entry(), [])).toEqual([]);
  });
});

describe('a convention', () => {
  const forms = (ids: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const id of ids) countSegments(counts, id);
    return formsOf(counts);
  };
  const usual = Array.from({ length: 95 }, (_, i) => `${td}/ns/n${i % 7}/sa/s${i}`);
  it('is found where nearly all have it', () => {
    const found = forms([...usual, `${td}/legacy`, `${td}/a/b/c/d`]);
    expect(found.map(formText)).toEqual(['/ns/*/sa/*']);
    expect(hasForm(`${td}/ns/x/sa/y`, found)).toBe(true);
    expect(hasForm(`${td}/ns/x/sb/y`, found)).toBe(false);
    expect(hasForm(`${td}/legacy`, found)).toBe(false);
  });
  it('is not made up where there is none', () => {
    expect(forms(Array.from({ length: 100 }, (_, i) => `${td}/a${i}/b${i}`))).toEqual([]);
    expect(forms(usual.slice(0, 5))).toEqual([]);
    expect(forms(Array.from({ length: 100 }, () => `${td}/same/path`))).toEqual([]);
  });
  it('S-25: counts words named like prototypes as words', () => {
    expect(forms(Array.from({ length: 40 }, (_, i) => `${td}/__proto__/x${i}`)).map(formText)).toEqual([
      '/__proto__/*',
    ]);
  });
});

it('every kind says why it matters and what to do', () => {
  for (const [code, { title, why, remedy, severity }] of catalog) {
    expect(title, code).not.toBe('');
    expect(why.length, code).toBeGreaterThan(20);
    expect(remedy, code).not.toBe('');
    expect(severity, code).toBeGreaterThan(0);
  }
});
