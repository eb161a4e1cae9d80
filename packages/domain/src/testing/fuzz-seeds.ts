import { encodeBase64 } from '../base64.ts';
import { concatBytes, utf8Encode } from '../bytes.ts';
import type { JudgeInput } from '../judge-types.ts';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pkcs8,
  x509Entry,
} from './certificates.ts';
import { der } from './der-writer.ts';
import type { FuzzSeed } from './fuzz.ts';

/** One valid document of every kind, freshly made. Keys differ from run to run, so mutants of signatures do too. */
export async function makeSeeds(): Promise<readonly FuzzSeed[]> {
  const root = await makeAuthority('example.org');
  const middle = await makeAuthority('example.org', { subject: 'Intermediate', parent: root });
  const leaf = await makeLeaf(middle, 'spiffe://example.org/web');
  const chain = concatBytes(leaf.der, middle.der);
  const key = await makeKey();
  const jwt = await jwkOf(key, { use: 'jwt-svid', kid: 'k1' });
  const wit = await jwkOf(key, { use: 'wit-svid', kid: 'w1' });
  const bundle = bundleOf([await x509Entry(root), jwt, wit]);
  const lines = (label: string, bytes: Uint8Array) =>
    `-----BEGIN ${label}-----\n${encodeBase64(bytes)}\n-----END ${label}-----\n`;
  const seconds = NOW.getTime() / 1000;
  const sub = 'spiffe://example.org/web';
  const token = await makeToken(
    key,
    { alg: 'ES256', kid: 'k1', typ: 'JWT' },
    { sub, aud: ['reports'], exp: seconds + 300, iat: seconds },
  );
  const witToken = await makeToken(
    key,
    { alg: 'ES256', kid: 'w1', typ: 'wit+jwt' },
    { sub, exp: seconds + 300, cnf: { jwk: await jwkOf(await makeKey(), { alg: 'ES256' }) } },
  );
  const map = JSON.stringify({ trust_domains: { 'example.org': { keys: [jwt], spiffe_sequence: 1 } } });
  const field = (number: number, bytes: Uint8Array) =>
    concatBytes(Uint8Array.of(number * 8 + 2), varint(bytes.length), bytes);
  const secret = await pkcs8(leaf.key);
  const svid = [utf8Encode(sub), chain, secret, root.der, utf8Encode('internal')].map((bytes, i) =>
    field(i + 1, bytes),
  );
  const common = {
    bundles: new Map([['example.org', bundle]]),
    trustDomain: 'example.org',
    audience: 'reports',
    at: NOW,
  };
  const inputs: readonly Omit<JudgeInput, keyof typeof common>[] = [
    { kind: 'spiffe-id', input: utf8Encode(sub) },
    { kind: 'x509-svid', input: chain },
    {
      kind: 'x509-svid',
      input: utf8Encode(lines('CERTIFICATE', leaf.der) + lines('CERTIFICATE', middle.der)),
    },
    { kind: 'x509-svid-keypair', input: chain, key: secret },
    { kind: 'jwt-svid', input: utf8Encode(token) },
    { kind: 'wit-svid', input: utf8Encode(witToken) },
    { kind: 'bundle', input: bundle },
    { kind: 'bundle-update', input: bundleOf([jwt], { spiffe_sequence: 2 }), previous: bundle },
    { kind: 'bundle-map', input: utf8Encode(map) },
    { kind: 'bundle-endpoint-url', input: utf8Encode('https://example.org:8443/bundle.json?a=b') },
    { kind: 'workload-endpoint-uri', input: utf8Encode('unix:///run/spire/agent.sock') },
    { kind: 'workload-endpoint-uri', input: utf8Encode('tcp://[::1]:8000') },
    { kind: 'workload-x509-response', input: field(1, concatBytes(...svid)) },
    { kind: 'x509-svid', input: der(0x30, der(0x30), der(0x30), der(0x03)) },
  ];
  return inputs.map((input) => ({ input: { ...common, ...input } }));
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128);
  return Uint8Array.of(...out, rest);
}
