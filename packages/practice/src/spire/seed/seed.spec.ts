import { describe, expect, it } from 'vitest';
import { checkUnique, convertEntry, validateEntry } from '../entry-rules.ts';
import { text } from '../ids.ts';
import { sameSet, selectorSet } from '../selectors.ts';
import { bulkRows } from './bulk.ts';
import { harbor, lighthouse } from './company.ts';
import { makeSeed } from './index.ts';

const now = 1_800_000_000;
const seed = makeSeed(harbor, lighthouse.trustDomain, 120, now);

describe('the seed', () => {
  it('is the same every time', () => {
    expect(makeSeed(harbor, lighthouse.trustDomain, 120, now)).toEqual(seed);
  });

  it('has entries a server would have accepted, no two alike', () => {
    for (const entry of seed.entries) {
      validateEntry(convertEntry(entry, harbor.trustDomain));
      checkUnique(entry);
    }
    const keys = seed.entries.map((entry) =>
      [text(entry.spiffeId), text(entry.parentId), [...selectorSet(entry.selectors)].sort()].join(),
    );
    expect(new Set(keys).size).toBe(seed.entries.length);
  });

  it('has entries of every kind', () => {
    const some = (test: (entry: (typeof seed.entries)[number]) => boolean) =>
      seed.entries.filter(test).length;
    expect(some((entry) => entry.admin)).toBeGreaterThan(1);
    expect(some((entry) => entry.downstream)).toBe(1);
    expect(some((entry) => entry.storeSvid)).toBe(1);
    expect(some((entry) => entry.hint !== '')).toBeGreaterThan(5);
    expect(some((entry) => entry.dnsNames.length > 0)).toBeGreaterThan(5);
    expect(some((entry) => entry.federatesWith.length > 0)).toBeGreaterThan(5);
    expect(some((entry) => entry.expiresAt !== 0n && entry.expiresAt < now)).toBe(2);
    expect(some((entry) => entry.expiresAt > now && entry.expiresAt < now + 3600)).toBe(1);
    expect(some((entry) => entry.parentId?.path === '/spire/server')).toBeGreaterThan(1);
    for (const type of ['k8s', 'docker', 'unix'])
      expect(some((entry) => entry.selectors[0]?.type === type)).toBeGreaterThan(3);
  });

  it('has entries to find fault with', () => {
    const parents = new Set([
      ...seed.agents.map(({ id }) => text(id)),
      ...seed.entries.map(({ spiffeId }) => text(spiffeId)),
    ]);
    const orphans = seed.entries.filter(
      ({ parentId }) => parentId?.path !== '/spire/server' && !parents.has(text(parentId)),
    );
    expect(orphans.map(({ spiffeId }) => spiffeId?.path)).toEqual(['/legacy/tariff-sync']);
    const root = seed.entries.filter(
      ({ selectors }) => selectors.length === 1 && selectors[0]?.value === 'uid:0',
    );
    expect(root).toHaveLength(1);
    const settlement = seed.entries.filter(({ spiffeId }) => spiffeId?.path.startsWith('/batch/settlement'));
    const [one, two] = settlement.map(({ selectors }) => selectorSet(selectors));
    expect(sameSet(one ?? new Set(), two ?? new Set(['-']))).toBe(true);
  });

  it('fits any number of entries', () => {
    for (const count of [0, 1, 7, 1000])
      expect(makeSeed(lighthouse, harbor.trustDomain, count, now).entries).toHaveLength(count);
  });
});

describe('bulk rows', () => {
  const bulk = bulkRows(harbor, seed.agents, 1_000_000, now);

  it('lead from the index to the IDs and back', () => {
    for (const index of [0, 1, 2, 77_777, 999_999]) {
      const entry = bulk.at(index);
      expect(bulk.indexOfId(entry.id)).toBe(index);
      expect(bulk.indexOfSpiffeId(text(entry.spiffeId))).toBe(index);
      validateEntry(convertEntry(entry, harbor.trustDomain));
    }
  });

  it('know no others', () => {
    for (const id of ['', 'nobody', '00000000-0000-4000-8000-000000000000', seed.entries[0]?.id ?? ''])
      expect(bulk.indexOfId(id)).toBeUndefined();
    for (const id of [
      '',
      'spiffe://harbor.example/',
      'spiffe://harbor.example/fleet/x/y/3',
      'spiffe://harbor.example/fleet/payments/ledger/1000000000',
    ])
      expect(bulk.indexOfSpiffeId(id)).toBeUndefined();
  });
});
