import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { didOf, publicKeyOf } from './did-key.ts';
import { readGrant } from './grant.ts';
import { OwnerKey } from './signing.ts';

const key = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
const now = new Date('2026-11-23T09:00:00Z');
const text = () =>
  Buffer.from(key.grant({ channel: 'a/b/c', invitee: 'a/b/x', action: 'add', seconds: 60 }, now)).toString();

describe('a did:key', () => {
  it('is read back to the key it was made of', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(publicKeyOf(didOf(publicKey))?.equals(publicKey)).toBe(true);
    // The example of the did:key method's own test vectors.
    expect(publicKeyOf('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK')).toBeDefined();
  });

  it.each([
    '',
    'did:key:z',
    'did:web:example.org',
    'did:key:z6Mk0OIl',
    // P-256, and secp256k1.
    'did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169',
    'did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme',
    `did:key:z${'1'.repeat(5000)}`,
  ])('of no Ed25519 key is none: %s', (did) => {
    expect(publicKeyOf(did)).toBeUndefined();
  });
});

describe('a grant', () => {
  it('says what it allows, and who signed it', () => {
    const grant = readGrant(text());
    if (typeof grant === 'string') throw new Error(grant);
    expect(grant).toMatchObject({ channel: 'a/b/c', invitee: 'a/b/x', action: 'add' });
    expect(grant.notAfter).toEqual(new Date('2026-11-23T09:01:00Z'));
    expect(grant.signedBy(key.did)).toBe(true);
    expect(grant.signedBy(new OwnerKey(generateKeyPairSync('ed25519').privateKey).did)).toBe(false);
    expect(grant.signedBy('did:key:zNobody')).toBe(false);
  });

  it('of which one byte was changed is not signed, or no grant', () => {
    const whole = Buffer.from(text());
    for (let n = 0; n < 400; n += 1) {
      const changed = Buffer.from(whole);
      const at = randomBytes(2).readUInt16BE() % whole.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << (n % 7));
      const grant = readGrant(changed.toString('latin1'));
      if (typeof grant === 'string') continue;
      const same = readGrant(whole.toString());
      if (typeof same === 'string') throw new Error(same);
      const fields = (of: typeof same) =>
        [of.channel, of.invitee, of.action, of.notAfter.getTime()].join('\0');
      // Blanks and the last bits of base64 may differ: then nothing that is signed does.
      if (fields(grant) !== fields(same))
        expect(grant.signedBy(key.did), changed.toString('latin1')).toBe(false);
    }
  });

  it.each([
    ['null', /not a grant/u],
    ['[]', /not a grant/u],
    ['{"__proto__":{"channel":"a"}}', /channel is missing/u],
    [text().replace('"add"', '"own"'), /neither add nor delete/u],
    [text().replace(/"not_after":\d+/u, '"not_after":"soon"'), /not_after is missing/u],
    [text().replace(/"not_after":\d+/u, '"not_after":1e300'), /no time/u],
    [text().replace('a/b/c', 'a\\u0000b'), /holds a NUL/u],
    [`{"a":"${'x'.repeat(20_000)}"}`, /longer than/u],
  ])('is not read from %s', (from, words) => {
    expect(readGrant(from)).toMatch(words);
  });
});
