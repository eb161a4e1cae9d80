import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSignedCreate, readSignedDelete } from './signed-request.ts';
import { OwnerKey } from './signing.ts';

const key = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
const now = new Date('2026-11-23T09:00:00Z');
const audience = 'agntcy/ns/manager';
const create = (more: object = {}) =>
  Buffer.from(key.create({ audience, channel: 'a/b/c', mls: true, ...more }, now)).toString();
const remove = () => Buffer.from(key.delete({ audience, channel: 'a/b/c' }, now)).toString();

describe('a request to create a channel that was signed elsewhere', () => {
  it('says all there is to say, and who signed it', () => {
    const whole = readSignedCreate(create({ ttlSeconds: 60n, callback: 'a/b/desk' }));
    if (typeof whole === 'string') throw new Error(whole);
    expect(whole).toMatchObject({
      ...{ audience, channel: 'a/b/c', owner: key.did, mls: true, ttlSeconds: 60n, callback: 'a/b/desk' },
      notAfter: new Date('2026-11-23T09:05:00Z'),
    });
    expect(whole.signedBy(key.did)).toBe(true);
    expect(whole.signedBy(new OwnerKey(generateKeyPairSync('ed25519').privateKey).did)).toBe(false);
    const least = readSignedCreate(create({ mls: false }));
    if (typeof least === 'string') throw new Error(least);
    expect(least.signedBy(key.did)).toBe(true);
    expect(Object.keys(least)).not.toContain('ttlSeconds');
    expect(least.mls).toBe(false);
  });

  it('of which one byte was changed says the same, is not signed, or is no request', () => {
    const text = create({ ttlSeconds: 60n, callback: 'a/b/desk' });
    const same = readSignedCreate(text);
    if (typeof same === 'string') throw new Error(same);
    const said = (of: typeof same) =>
      [of.audience, of.channel, of.owner, of.mls, of.ttlSeconds, of.callback, of.notAfter.getTime()].join(
        '\0',
      );
    for (let n = 0; n < 400; n += 1) {
      const changed = Buffer.from(text);
      const at = randomBytes(2).readUInt16BE() % changed.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << (n % 7));
      const read = readSignedCreate(changed.toString('latin1'));
      if (typeof read === 'string' || said(read) === said(same)) continue;
      expect(read.signedBy(read.owner), changed.toString('latin1')).toBe(false);
    }
  });

  it.each([
    ['nonsense', /not JSON/u],
    ['null', /not a signed request/u],
    ['{"__proto__":{"audience":"a"}}', /audience is missing/u],
    [remove(), /owner is missing/u],
    [create().replace('"mls_enabled":true,', ''), /mls_enabled is missing/u],
    [create().replace('"mls_enabled":true', '"mls_enabled":"true"'), /mls_enabled is missing/u],
    [create({ ttlSeconds: 60n }).replace('"ttl_seconds":60', '"ttl_seconds":0.5'), /no lifetime/u],
    [create({ callback: 'a/b/d' }).replace('"a/b/d"', '7'), /no name/u],
    [create().replace(/"not_after":\d+/u, '"not_after":1e300'), /no time/u],
    [create().replace('a/b/c', 'a\\u0000b'), /holds a NUL/u],
    [`{"a":"${'x'.repeat(20_000)}"}`, /longer than/u],
  ])('is not read from %s', (from, words) => {
    expect(readSignedCreate(from)).toMatch(words);
  });
});

describe('a request to delete a channel that was signed elsewhere', () => {
  it('does not say whose signature it is: it is tried against a key', () => {
    const read = readSignedDelete(remove());
    if (typeof read === 'string') throw new Error(read);
    expect(read).toMatchObject({ audience, channel: 'a/b/c' });
    expect(read.signedBy(key.did)).toBe(true);
    expect(read.signedBy('')).toBe(false);
    const other = readSignedDelete(remove().replace('a/b/c', 'a/b/d'));
    expect(typeof other === 'string' || other.signedBy(key.did)).toBe(false);
  });

  it('is not one to create', () => {
    expect(readSignedDelete(create())).toMatch(/create a channel, not to delete/u);
    expect(readSignedDelete('[]')).toMatch(/not a signed request/u);
  });
});
