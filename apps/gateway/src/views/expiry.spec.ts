import { ExpiryKind, ExpiryService, Severity } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ListExpiryRequestSchema, ListExpiryResponse } from '@muster/api';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { edgesOf } from './expiry-edges.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;

beforeEach(async () => {
  spire = await startSpire({ entries: 120 });
  harness = await startHarness(spire.connections);
  await harness.console.ready;
});
afterEach(async () => {
  await harness.console.close();
  await spire.stop();
});

// A plain object: a message cannot be spread into another.
type Ask = Extract<MessageInitShape<typeof ListExpiryRequestSchema>, { $typeName?: never }>;
const expiry = () => harness.client(ExpiryService);
const kindsOf = ({ items }: ListExpiryResponse) => new Set(items.map(({ kind }) => kind));
const whole = (more: Ask = {}) =>
  until(
    () => expiry().listExpiry({ expired: true, page: { limit: 1000 }, ...more }),
    (answer) =>
      answer.missing.length === 0 && answer.freshness?.asOf !== undefined && !answer.freshness.refreshing,
    10_000,
  );
const sum = (answer: ListExpiryResponse) => answer.bins.reduce((all, { count }) => all + count, 0n);

it('lists everything that expires, soonest first, and the bins count the same', async () => {
  const answer = await until(
    () => whole(),
    (one) => kindsOf(one).has(ExpiryKind.SVID),
  );
  expect([...kindsOf(answer)].toSorted()).toEqual([
    ExpiryKind.ENTRY,
    ExpiryKind.AGENT,
    ExpiryKind.SVID,
    ExpiryKind.X509_AUTHORITY,
    ExpiryKind.JWT_AUTHORITY,
    ExpiryKind.FEDERATED_BUNDLE,
  ]);
  const times = answer.items.map(({ expiresAt }) => Number(expiresAt?.seconds));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(sum(answer)).toBe(answer.total);
  expect(BigInt(answer.items.length)).toBe(answer.total);
  for (const item of answer.items) {
    expect([item.name, item.note]).not.toContain('');
    expect(item.link).toMatch(/^\/(entries|agents|workload|authorities|trust-domains)/);
    expect(item.severity).not.toBe(Severity.UNSPECIFIED);
  }
  // An agent that stopped days ago is still there, and first.
  const [first] = answer.items;
  expect(first).toMatchObject({ kind: ExpiryKind.AGENT, severity: Severity.WARNING });
  expect(first?.note).toMatch(/ran out without being renewed/);
});

it('keeps to kinds, trust domains and stretches of time', async () => {
  const all = await whole();
  const at =
    timestampDate(all.now ?? { $typeName: 'google.protobuf.Timestamp', seconds: 0n, nanos: 0 }).getTime() /
    1000;
  const agents = await whole({ kinds: [ExpiryKind.AGENT], trustDomains: ['lighthouse.example'] });
  expect(kindsOf(agents)).toEqual(new Set([ExpiryKind.AGENT]));
  expect(new Set(agents.items.map(({ trustDomain }) => trustDomain))).toEqual(
    new Set(['lighthouse.example']),
  );
  const past = await whole({ onlyExpired: true });
  expect(past.items.length).toBeGreaterThan(0);
  for (const { expiresAt } of past.items) expect(Number(expiresAt?.seconds)).toBeLessThanOrEqual(at + 2);
  const ahead = await whole({ expired: false });
  expect(Number(ahead.total)).toBeLessThan(Number(all.total));
  const some = await whole({ expired: false, after: 600n, within: 3000n });
  expect(some.items.length).toBeGreaterThan(0);
  for (const { expiresAt } of some.items) {
    expect(Number(expiresAt?.seconds)).toBeGreaterThan(at + 600);
    expect(Number(expiresAt?.seconds)).toBeLessThanOrEqual(at + 3005);
  }
  // Whatever is listed, the axis counts all of its span.
  expect(sum(some)).toBe(sum(ahead));
});

it('zooms the axis into a span, in equal steps', async () => {
  const hour = await whole({ span: 3600n });
  const steps = hour.bins.flatMap(({ from, to }) => (from && to ? [Number(to.seconds - from.seconds)] : []));
  expect(new Set(steps)).toEqual(new Set([120]));
  expect(hour.bins[0]?.from).toBeUndefined();
});

it('S-38: takes any number for a bound, and a page beyond the end is empty', async () => {
  const huge = 18_446_744_073_709_551_615n;
  const answer = await whole({ within: huge, after: 1n });
  expect(answer.items.length).toBeGreaterThan(0);
  expect((await whole({ after: huge })).items).toEqual([]);
  expect((await whole({ page: { offset: huge, limit: 10 } })).items).toEqual([]);
  expect((await whole({ span: huge })).bins.length).toBeLessThan(120);
});

it('says what could not be looked at, and shows the rest', async () => {
  await whole();
  await spire.stop();
  const answer = await until(
    () => expiry().listExpiry({ expired: true }),
    ({ missing }) => missing.length > 0,
    8000,
  );
  expect(answer.missing.join()).toMatch(/Federated bundles of harbor: /);
  expect(kindsOf(answer)).toContain(ExpiryKind.AGENT);
});

describe('edges', () => {
  it('grow over everything, and are equal within a span', () => {
    const growing = edgesOf(0);
    expect(growing[0]).toBe(0);
    expect(growing).toEqual(growing.toSorted((a, b) => a - b));
    for (const span of [1, 60, 3600, 86_400, 604_800, 2_592_000, 31_536_000, 3e10]) {
      const edges = edgesOf(span);
      expect([span, edges.at(-1)]).toEqual([span, span]);
      expect(edges.length).toBeLessThanOrEqual(34);
      expect(new Set(edges).size).toBe(edges.length);
    }
  });
});
