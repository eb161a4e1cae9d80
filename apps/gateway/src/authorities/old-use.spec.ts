import { describe, expect, it } from 'vitest';
import type { AuthorityFact } from './join.ts';
import { oldUse } from './old-use.ts';
import { next } from './watch.ts';

const now = 1_800_000_000n;
const old: AuthorityFact = {
  slot: 'old',
  id: 'aa11',
  expiresAt: now + 86_400n,
  notBefore: now - 86_400n,
  inBundle: true,
  tainted: false,
  upstream: '',
  fingerprint: '',
  subject: '',
  note: '',
};
const given = {
  kind: 'x509' as const,
  old,
  activatedAfter: now - 15n,
  activatedBefore: now,
  agents: { known: 4, moved: 1 },
  live: [
    { signer: 'AA11', expiresAt: now + 60n },
    { signer: 'bb22', expiresAt: now + 60n },
  ],
};

describe('who hangs on the old authority', () => {
  it('counts live SVIDs by the key that signed them', () => {
    expect(oldUse({ ...given, ttl: undefined })).toMatchObject({
      svids: 2,
      svidsOnOld: 1,
      until: old.expiresAt,
      likelyUntil: 0n,
    });
  });

  it('takes the longest TTL, and SPIRE’s usual one where the API tells none', () => {
    const until = (longest: number, unset: number) =>
      oldUse({ ...given, ttl: { longest, unset } }).likelyUntil - now;
    expect(until(0, 3)).toBe(3600n);
    expect(until(60, 0)).toBe(3600n);
    expect(until(7200, 3)).toBe(7200n);
    // Never longer than the key itself lives.
    expect(until(10_000_000, 0)).toBe(86_400n);
    expect(oldUse({ ...given, kind: 'jwt', ttl: { longest: 60, unset: 0 } }).likelyUntil - now).toBe(60n);
    expect(oldUse({ ...given, kind: 'jwt', ttl: { longest: 60, unset: 1 } }).likelyUntil - now).toBe(300n);
  });
});

describe('looks at the slots', () => {
  const row = (id: string) => ({ id, expiresAt: 0n, upstream: '' });
  const slots = (active: string, prepared?: string) => ({
    active: row(active),
    prepared: prepared === undefined ? undefined : row(prepared),
    old: undefined,
  });
  const at = (second: number) => new Date(1_800_000_000_000 + second * 1000);

  it('bound when one took over by the looks before and after', () => {
    const first = next(undefined, slots('a'), at(0));
    expect(first).toMatchObject({
      changed: false,
      look: { activatedAfter: undefined, activatedBefore: at(0) },
    });
    const prepared = next(first.look, slots('a', 'b'), at(15));
    expect(prepared.changed).toBe(true);
    expect(prepared.look.activatedBefore).toEqual(at(0));
    const taken = next(prepared.look, slots('b'), at(30));
    expect(taken.look).toMatchObject({ activatedAfter: at(15), activatedBefore: at(30) });
    expect(next(taken.look, slots('b'), at(45))).toMatchObject({
      changed: false,
      look: { activatedAfter: at(15), activatedBefore: at(30), at: at(45) },
    });
  });
});
