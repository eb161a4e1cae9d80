import { ContextTone } from '@muster/api';
import { describe, expect, it } from 'vitest';
import type { AuthorityFact } from '../authorities/join.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { authorityFindings } from './authority-findings.ts';
import type { AuthoritiesSeen } from './authority-findings.ts';
import { holderOf } from './facts.ts';
import type { SvidFacts } from './facts.ts';
import { inOrder, pathTo, sayOf, worstTone } from './finding.ts';
import { fitOf } from './fit.ts';
import { lifetimeFindings } from './lifetime-findings.ts';
import type { LiveSvid } from './lifetime-findings.ts';
import { summaryOf } from './summary.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const minute = 60_000;
const facts = (more: Partial<SvidFacts> = {}): SvidFacts => ({
  spiffeId: 'spiffe://org-a.test/web',
  trustDomain: 'org-a.test',
  path: '/web',
  kind: 'x509',
  serial: undefined,
  signer: 'aa11',
  fingerprint: 'f1',
  notBefore: now - 10 * minute,
  expiresAt: now + 50 * minute,
  audiences: [],
  dnsNames: [],
  ...more,
});

const authority = (more: Partial<AuthorityFact>): AuthorityFact => ({
  slot: 'active',
  id: 'AA11',
  expiresAt: 0n,
  notBefore: 0n,
  inBundle: true,
  tainted: false,
  upstream: '',
  fingerprint: '',
  subject: '',
  note: 'A note.',
  ...more,
});
const seen = (more: Partial<AuthoritiesSeen> = {}): AuthoritiesSeen => ({
  connection: 'spire-a',
  kind: 'x509',
  authorities: [authority({})],
  asOf: new Date(now),
  former: undefined,
  keptSince: now - 60 * minute,
  problem: '',
  ...more,
});

describe('the key that signed it', () => {
  it.each<[string, Partial<AuthorityFact>, string, ContextTone]>([
    ['active', {}, 'authority-active', ContextTone.GOOD],
    ['old', { slot: 'old' }, 'authority-old', ContextTone.PLAIN],
    ['old and tainted', { slot: 'old', tainted: true }, 'authority-tainted', ContextTone.DANGER],
    ['revoked', { slot: 'old', inBundle: false }, 'authority-revoked', ContextTone.DANGER],
    ['prepared', { slot: 'prepared' }, 'authority-prepared', ContextTone.DANGER],
    ['in the bundle only', { slot: 'bundle' }, 'authority-in-bundle', ContextTone.PLAIN],
  ])('%s', (_what, more, code, tone) => {
    const [finding] = authorityFindings([seen({ authorities: [authority(more)] })], facts());
    expect(finding).toMatchObject({ code, tone, connection: 'spire-a' });
  });

  it('that has left the bundle: since when; that never was in it: since when that is known', () => {
    const former = { at: now - 30 * minute, goneAt: now - minute };
    expect(authorityFindings([seen({ authorities: [], former })], facts())[0]).toMatchObject({
      code: 'authority-rotated-out',
      text: expect.stringContaining('2026-11-22 11:59:00 UTC'),
    });
    expect(authorityFindings([seen({ authorities: [] })], facts())[0]).toMatchObject({
      code: 'authority-none',
      text: expect.stringContaining('2026-11-22 11:00:00 UTC'),
    });
  });

  it('of two servers of a trust domain the one that has it is enough', () => {
    const found = authorityFindings([seen({ authorities: [], connection: 'spire-b' }), seen()], facts());
    expect(found.map(({ code }) => code)).toEqual(['authority-active']);
  });

  it('that cannot be known says why, and is never called missing', () => {
    const codes = (given: AuthoritiesSeen[], more: Partial<SvidFacts>) =>
      authorityFindings(given, facts(more)).map(({ code, tone }) => [code, tone]);
    const unknown = ContextTone.UNKNOWN;
    expect(codes([seen({ authorities: [], problem: 'It is away.' })], {})).toEqual([
      ['authority-unread', unknown],
    ]);
    expect(codes([seen()], { signer: '' })).toEqual([['authority-unnamed', unknown]]);
    expect(codes([seen()], { kind: 'wit' })).toEqual([['authority-unknown', unknown]]);
  });
});

const row = (more: Partial<EntryRow> = {}): EntryRow => ({
  id: 'e1',
  spiffeId: 'spiffe://org-a.test/web',
  parentId: 'spiffe://org-a.test/spire/agent/x',
  selectors: [],
  x509SvidTtl: 3600,
  jwtSvidTtl: 300,
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
  createdAt: BigInt((now - 60 * minute) / 1000),
  ...more,
});
const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000));

describe('whether an entry could have issued it', () => {
  it.each<[string, Partial<EntryRow>, Partial<SvidFacts>, RegExp | undefined]>([
    ['all fits', {}, {}, undefined],
    ['the TTL and SPIRE’s 10 s', {}, { notBefore: now - 10_000, expiresAt: now + 3_600_000 }, undefined],
    ['a shorter life: the authority ended', {}, { expiresAt: now + minute }, undefined],
    ['a longer life', { x509SvidTtl: 600 }, {}, /lives for 60 min, and the entry sets 10 min/u],
    ['no TTL of its own: the default is not known', { x509SvidTtl: 0 }, { expiresAt: now + 9e9 }, undefined],
    [
      'the TTL of the other kind',
      { x509SvidTtl: 60 },
      { kind: 'jwt', expiresAt: now - 5 * minute },
      undefined,
    ],
    ['created later', { createdAt: seconds(now) }, {}, /created at .* after/u],
    [
      'created just before, by a clock that differs',
      { createdAt: seconds(now - 10 * minute + 30_000) },
      {},
      undefined,
    ],
    ['expired before it was issued', { expiresAt: seconds(now - 60 * minute) }, {}, /had expired/u],
    ['expired, and not pruned yet', { expiresAt: seconds(now - 12 * minute) }, {}, undefined],
    ['a DNS name more', {}, { dnsNames: ['a.example'] }, /carries a\.example/u],
    ['a DNS name less', { dnsNames: ['a.example'] }, {}, /sets a\.example/u],
    ['the same names in another case', { dnsNames: ['A.example'] }, { dnsNames: ['a.Example'] }, undefined],
    ['names that were not told', { dnsNames: ['a.example'] }, { fingerprint: '' }, undefined],
    ['nothing told', {}, { notBefore: undefined, expiresAt: undefined, fingerprint: '' }, undefined],
  ])('%s', (_what, more, given, reason) => {
    const { could, reasons } = fitOf(row(more), facts(given));
    expect(could).toBe(reason === undefined);
    if (reason) expect(reasons.join(' ')).toMatch(reason);
  });
});

describe('how long it lives', () => {
  const live = (more: Partial<LiveSvid> = {}): LiveSvid => ({
    connection: 'agent',
    fingerprint: 'f1',
    notBefore: now - 10 * minute,
    expiresAt: now + 50 * minute,
    receivedAt: new Date(now),
    ...more,
  });
  const codes = (given: Partial<SvidFacts>, others: LiveSvid[] = []) =>
    lifetimeFindings(facts(given), others, now).map(({ code }) => code);
  it.each<[string, Partial<SvidFacts>, LiveSvid[], string[]]>([
    ['handed out now', {}, [live()], ['ttl-short', 'live-same']],
    ['a newer one is', {}, [live({ fingerprint: 'f2', notBefore: now })], ['ttl-short', 'live-newer']],
    [
      'an older one is',
      {},
      [live({ fingerprint: 'f2', notBefore: now - 20 * minute })],
      ['ttl-short', 'live-other'],
    ],
    ['long', { expiresAt: now + 3 * 86_400_000 }, [], ['ttl-long']],
    ['a token that goes on', { kind: 'jwt' }, [live()], ['ttl-short', 'replay-until']],
    ['a token just over', { kind: 'jwt', expiresAt: now - 30_000 }, [], ['ttl-short', 'replay-leeway']],
    ['a token over', { kind: 'jwt', expiresAt: now - 2 * minute }, [], ['ttl-short', 'replay-over']],
    ['a token without an end', { kind: 'jwt', expiresAt: undefined }, [], ['ttl-endless']],
    ['no beginning', { notBefore: undefined }, [], ['ttl-unknown']],
  ])('%s', (_what, given, others, wanted) => expect(codes(given, others)).toEqual(wanted));
});

describe('the sentence at the top', () => {
  const say = sayOf(1);
  const good = say.good('entry-issues', 'One registration entry issues it', '');
  const active = { ...say.good('authority-active', 'Signed by the active authority', ''), topic: 3 as const };
  it('says the gravest of what speaks against the document, not of what it may do', () => {
    const gone = say.danger('entry-gone', 'Its entry is gone', '');
    const tainted = { ...say.danger('authority-tainted', 'Its authority is tainted', ''), topic: 3 as const };
    const admin = { ...say.danger('power-admin', 'It administers the SPIRE server', ''), topic: 5 as const };
    expect(summaryOf(facts(), [gone, tainted, admin]).summary).toBe('Its authority is tainted.');
    expect(summaryOf(facts(), [good, active, admin])).toEqual({
      summary: 'One registration entry issues it; signed by the active authority.',
      tone: ContextTone.GOOD,
    });
  });
  it('is unknown where nobody could be asked', () => {
    const unread = say.unknown('entry-unread', 'spire-a cannot be asked', '');
    expect(summaryOf(facts(), [unread])).toMatchObject({ tone: ContextTone.UNKNOWN });
    expect(summaryOf(facts(), [])).toMatchObject({ tone: ContextTone.UNKNOWN });
  });
  it('lists the worst first and what is unknown last', () => {
    const [unknown, bad] = [say.unknown('u', 'u', ''), say.danger('d', 'd', '')];
    expect(inOrder([unknown, good, bad]).map(({ code }) => code)).toEqual(['d', 'entry-issues', 'u']);
    expect(worstTone([good, unknown])).toBe(ContextTone.UNKNOWN);
  });
});

describe('names in links, and reserved paths', () => {
  it('S-11: whatever is in a name stays a parameter', () => {
    const link = pathTo('/entries', { id: 'a/b&to=/x#y?z="><script>' });
    expect(new URL(link, 'http://console').searchParams.get('id')).toBe('a/b&to=/x#y?z="><script>');
    expect(new URL(link, 'http://console').pathname).toBe('/entries');
  });
  it.each([
    ['', 'trust-domain'],
    ['/spire/server', 'server'],
    ['/spire/agent/x509pop/1', 'agent'],
    ['/spire', 'reserved'],
    ['/spire/agent', 'reserved'],
    ['/spireling', 'workload'],
    ['/web', 'workload'],
  ])('%s: %s', (path, holder) => expect(holderOf({ path })).toBe(holder));
});
