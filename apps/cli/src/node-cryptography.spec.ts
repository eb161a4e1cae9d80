import { type Cryptography, judge, useCryptography } from '@muster/domain';
import { webCryptography } from '@muster/domain/cryptography';
import { fuzz } from '@muster/domain/testing/fuzz';
import { makeSeeds } from '@muster/domain/testing/fuzz-seeds';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeCryptography } from './node-cryptography.ts';

type Scheme = Parameters<Cryptography['verify']>[0];
type Key = Parameters<Cryptography['verify']>[1];

afterEach(() => useCryptography(webCryptography));

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'));
const data = new Uint8Array(Buffer.from('signed by somebody'));

async function made(params: RsaHashedKeyGenParams | EcKeyGenParams | Algorithm, scheme: Scheme) {
  const pair = (await crypto.subtle.generateKey(params, true, ['sign', 'verify'])) as CryptoKeyPair;
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const by = { ...scheme, name: scheme.scheme };
  const signature = new Uint8Array(await crypto.subtle.sign(by, pair.privateKey, data));
  return { key: keyOf(jwk), signature, scheme };
}

function keyOf({ kty, crv, x = '', y = '', n = '', e = '' }: JsonWebKey): Key {
  if (kty === 'RSA') return { type: 'RSA', n: bytes(n), e: bytes(e), bits: bytes(n).length * 8 };
  if (kty === 'OKP') return { type: 'Ed25519', x: bytes(x) };
  if (crv !== 'P-256' && crv !== 'P-384' && crv !== 'P-521') throw new Error(`There is no curve ${crv}.`);
  return { type: 'EC', curve: crv, x: bytes(x), y: bytes(y) };
}

const rsa = (name: string, hash: string) => ({
  name,
  hash,
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
});
const everyScheme: readonly [string, Parameters<typeof made>[0], Scheme][] = [
  ...(['SHA-256', 'SHA-384', 'SHA-512', 'SHA-1'] as const).flatMap(
    (hash): [string, Parameters<typeof made>[0], Scheme][] => [
      [`ECDSA P-256 ${hash}`, { name: 'ECDSA', namedCurve: 'P-256' }, { scheme: 'ECDSA', hash }],
      [`ECDSA P-384 ${hash}`, { name: 'ECDSA', namedCurve: 'P-384' }, { scheme: 'ECDSA', hash }],
      [`ECDSA P-521 ${hash}`, { name: 'ECDSA', namedCurve: 'P-521' }, { scheme: 'ECDSA', hash }],
      [`PKCS1 ${hash}`, rsa('RSASSA-PKCS1-v1_5', hash), { scheme: 'RSASSA-PKCS1-v1_5', hash }],
      [`PSS ${hash}`, rsa('RSA-PSS', hash), { scheme: 'RSA-PSS', hash, saltLength: 20 }],
    ],
  ),
  ['Ed25519', { name: 'Ed25519' }, { scheme: 'Ed25519' }],
];

describe.each(everyScheme)('%s', (_name, params, scheme) => {
  it('is answered as WebCrypto answers', async () => {
    const { key, signature } = await made(params, scheme);
    const other = await made(params, scheme);
    const changed = Uint8Array.from(signature);
    changed[signature.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const zero = new Uint8Array(signature.length);
    const cases: readonly [Key, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>][] = [
      [key, signature, data],
      [key, changed, data],
      [key, signature, data.slice(1)],
      [key, signature.slice(1), data],
      [key, signature.slice(0, -1), data],
      [key, Uint8Array.of(0, ...signature), data],
      [key, new Uint8Array(), data],
      [key, zero, data],
      [key, zero.map(() => 255), data],
      [other.key, signature, data],
      [other.key, other.signature, data],
    ];
    const answers = [];
    for (const [by, made, about] of cases) {
      const ask = async (one: Cryptography) => {
        try {
          return await one.verify(scheme, by, made, about);
        } catch {
          return false;
        }
      };
      const answer = await ask(nodeCryptography);
      expect(answer).toBe(await ask(webCryptography));
      answers.push(answer);
    }
    expect(answers).toEqual(cases.map((_, index) => index === 0 || index === cases.length - 1));
  });
});

it('knows no key that is not a point on its curve', () => {
  const nowhere: Key = {
    type: 'EC',
    curve: 'P-256',
    x: new Uint8Array(32).fill(1),
    y: new Uint8Array(32).fill(2),
  };
  const ask = () =>
    nodeCryptography.verify({ scheme: 'ECDSA', hash: 'SHA-256' }, nowhere, new Uint8Array(64), data);
  expect(ask).toThrow();
});

it('makes the same digest', async () => {
  expect(await nodeCryptography.sha256(data)).toEqual(await webCryptography.sha256(data));
});

it('leads to the same judgement, word for word, on valid documents and on thousands of mutants', async () => {
  const seeds = await makeSeeds();
  let compared = 0;
  const differing: string[] = [];
  const inputs: Parameters<typeof judge>[0][] = seeds.map(({ input }) => input);
  await fuzz({ iterations: 1500, seed: 5, seeds, onCase: ({ input }) => inputs.push(input) });
  for (const input of inputs) {
    useCryptography(webCryptography);
    const web = await judge(input);
    useCryptography(nodeCryptography);
    const node = await judge(input);
    compared++;
    if (JSON.stringify(web) !== JSON.stringify(node))
      differing.push(`${input.kind}: ${web.reason} / ${node.reason}`);
  }
  expect(differing).toEqual([]);
  expect(compared).toBe(1500 + seeds.length);
}, 60_000);
