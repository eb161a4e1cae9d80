import { beforeAll, expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { detectKind } from './detect.ts';
import type { Kind } from './judge-types.ts';
import { makeKey, pem, pemOf, pkcs8 } from './testing/certificates.ts';
import { integer, octets, sequence } from './testing/der-writer.ts';
import type { FuzzSeed } from './testing/fuzz.ts';
import { makeSeeds } from './testing/fuzz-seeds.ts';

let seeds: readonly FuzzSeed[];
beforeAll(async () => {
  seeds = await makeSeeds();
});
const seed = (kind: Kind) => seeds.find(({ input }) => input.kind === kind)?.input.input ?? new Uint8Array();

it('knows ordinary documents, also with white space around them', () => {
  const certain: readonly Kind[] = ['spiffe-id', 'x509-svid', 'jwt-svid', 'wit-svid', 'bundle', 'bundle-map'];
  for (const kind of certain) {
    const bytes = seed(kind);
    expect(detectKind(bytes)).toMatchObject({ kind, confidence: 'certain', input: bytes });
    if (kind === 'x509-svid') continue;
    expect(detectKind(utf8Encode(`\n ${new TextDecoder().decode(bytes)}\r\n`))).toMatchObject({
      kind,
      input: bytes,
    });
  }
  expect(detectKind(pem(new Uint8Array(seed('x509-svid')))).kind).toBe('x509-svid');
  expect(detectKind(seed('workload-endpoint-uri')).kind).toBe('workload-endpoint-uri');
  expect(detectKind(seed('bundle-endpoint-url')).kind).toBe('bundle-endpoint-url');
});

it('refuses private keys of every form and does not hand them back', async () => {
  const key = await makeKey();
  const secret = await pkcs8(key);
  const jwk = utf8Encode(JSON.stringify(await crypto.subtle.exportKey('jwk', key.pair.privateKey)));
  const sec1 = sequence(integer(1), octets(new Uint8Array(32)));
  const both = utf8Encode(
    new TextDecoder().decode(pem(new Uint8Array(seed('x509-svid')))) +
      new TextDecoder().decode(pemOf('RSA PRIVATE KEY', secret)),
  );
  for (const document of [
    secret,
    pemOf('PRIVATE KEY', secret),
    pemOf('ENCRYPTED PRIVATE KEY', secret),
    jwk,
    sec1,
    both,
  ]) {
    expect(detectKind(document)).toEqual({ kind: 'private-key' });
  }
});

it('says when it does not know', () => {
  for (const text of ['', 'hello', '{"a":1}', '[]', 'a.b.c', 'a.b'])
    expect(detectKind(utf8Encode(text)).kind).toBe('unknown');
});
