import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readKeys } from './jwks.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-jwks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (content: unknown): string => {
  const path = join(folder, 'keys.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicEc = ec.publicKey.export({ format: 'jwk' });
const publicRsa = rsa.publicKey.export({ format: 'jwk' });

it('reads a JWKS, and names the algorithm of its first key', () => {
  expect(readKeys(file({ keys: [publicEc, publicRsa] }))).toEqual({
    keys: JSON.stringify({ keys: [publicEc, publicRsa] }),
    algorithm: 'ES384',
  });
  expect(readKeys(file({ keys: [{ ...publicRsa, alg: 'PS256' }] })).algorithm).toBe('PS256');
  expect(readKeys(file({ keys: [publicRsa] })).algorithm).toBe('RS256');
});

it('reads the JWT bundles that spiffe-helper writes: trust domains with a JWKS in base64', () => {
  const set = (keys: object[]) => Buffer.from(JSON.stringify({ keys })).toString('base64');
  const { keys } = readKeys(file({ 'a.example': set([publicEc]), 'b.example': set([publicRsa]) }));
  expect(JSON.parse(keys)).toEqual({ keys: [publicEc, publicRsa] });
});

it('S-13: passes on no private and no symmetric key', () => {
  const { keys } = readKeys(
    file({ keys: [ec.privateKey.export({ format: 'jwk' }), { kty: 'oct', k: 'c2VjcmV0' }, publicEc] }),
  );
  expect(JSON.parse(keys)).toEqual({ keys: [publicEc] });
});

it('refuses what holds no key, or is not there, and names the setting', () => {
  for (const content of ['', 'null', '[]', '{}', { keys: [] }, { keys: 'x' }, { 'a.example': 'e30=' }])
    expect(() => readKeys(file(content))).toThrow(/keysFile holds no public key/u);
  expect(() => readKeys(join(folder, 'none.json'))).toThrow(/keysFile cannot be read \(ENOENT\)/u);
});
