import { encodeBase64 } from '../base64.ts';
import { concatBytes, utf8Encode } from '../bytes.ts';
import type { JudgeInput } from '../judge-types.ts';
import { OID } from '../oid.ts';
import {
  bundleOf,
  caExtensions,
  jwkOf,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pkcs8,
  type TestAuthority,
  uriConstraints,
  x509Entry,
} from './certificates.ts';
import { der, integer, octets, oid, sequence } from './der-writer.ts';
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
  const keySet = encodeBase64(utf8Encode(JSON.stringify({ keys: [await jwkOf(key, { kid: 'k1' })] })));
  const governed = await governedChain(root);
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
    { kind: 'bundle', input: root.der },
    { kind: 'bundle', input: utf8Encode(lines('CERTIFICATE', root.der)) },
    { kind: 'bundle-update', input: bundleOf([jwt], { spiffe_sequence: 2 }), previous: bundle },
    { kind: 'bundle-map', input: utf8Encode(map) },
    { kind: 'bundle-map', input: utf8Encode(JSON.stringify({ 'example.org': keySet })) },
    { kind: 'x509-svid', input: governed },
    { kind: 'bundle-endpoint-url', input: utf8Encode('https://example.org:8443/bundle.json?a=b') },
    { kind: 'workload-endpoint-uri', input: utf8Encode('unix:///run/spire/agent.sock') },
    { kind: 'workload-endpoint-uri', input: utf8Encode('tcp://[::1]:8000') },
    { kind: 'workload-x509-response', input: field(1, concatBytes(...svid)) },
    { kind: 'x509-svid', input: der(0x30, der(0x30), der(0x30), der(0x03)) },
  ];
  return inputs.map((input) => ({ input: { ...common, ...input } }));
}

/** A chain with the extensions that few have: name constraints, policies and all that rules them, key identifiers. */
async function governedChain(root: TestAuthority): Promise<Uint8Array> {
  const policies = { oid: OID.certificatePolicies, value: sequence(sequence(oid('1.2.3'))) };
  const middle = await makeAuthority('example.org', {
    subject: 'Governed',
    parent: root,
    extensions: [
      ...caExtensions('example.org'),
      uriConstraints(['example.org'], ['other.org']),
      policies,
      { oid: OID.policyMappings, critical: true, value: sequence(sequence(oid('1.2.3'), oid('1.2.3'))) },
      { oid: OID.policyConstraints, critical: true, value: sequence(der(0x80, Uint8Array.of(0))) },
      { oid: OID.inhibitAnyPolicy, critical: true, value: integer(0) },
      { oid: OID.subjectKeyId, value: octets(Uint8Array.of(1)) },
    ],
  });
  const leaf = await makeLeaf(middle, 'spiffe://example.org/web', {
    extensions: [
      ...leafExtensions('spiffe://example.org/web'),
      policies,
      { oid: OID.authorityKeyId, value: sequence(der(0x80, Uint8Array.of(1))) },
    ],
  });
  return concatBytes(leaf.der, middle.der);
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128);
  return Uint8Array.of(...out, rest);
}
