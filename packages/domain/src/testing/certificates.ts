import { encodeBase64, encodeBase64Url } from '../base64.ts';
import { type Bytes, concatBytes, utf8Encode } from '../bytes.ts';
import { OID } from '../oid.ts';
import {
  bits,
  boolean,
  der,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  time,
  unsigned,
  utf8,
} from './der-writer.ts';

export type TestAlgorithm =
  'P-256' | 'P-384' | 'P-521' | 'RSA' | 'RSA-PSS' | 'RSA-SHA1' | 'RSA-1024' | 'Ed25519';

export interface TestKey {
  readonly algorithm: TestAlgorithm;
  readonly pair: CryptoKeyPair;
  readonly spki: Bytes;
}

const HASH_OF = { 'P-256': 'SHA-256', 'P-384': 'SHA-384', 'P-521': 'SHA-512' } as const;

export async function makeKey(algorithm: TestAlgorithm = 'P-256'): Promise<TestKey> {
  const rsa = {
    modulusLength: algorithm === 'RSA-1024' ? 1024 : 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const params =
    algorithm === 'Ed25519'
      ? { name: 'Ed25519' }
      : algorithm.startsWith('P-')
        ? { name: 'ECDSA', namedCurve: algorithm }
        : {
            name: algorithm === 'RSA-PSS' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
            hash: algorithm === 'RSA-SHA1' ? 'SHA-1' : 'SHA-256',
            ...rsa,
          };
  const pair = (await crypto.subtle.generateKey(params, true, ['sign', 'verify'])) as CryptoKeyPair;
  return { algorithm, pair, spki: new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)) };
}

export async function pkcs8(key: TestKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', key.pair.privateKey));
}

export interface TestExtension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export interface CertificateOptions {
  readonly subject?: string;
  readonly issuer?: string;
  readonly key: TestKey;
  /** Signs the certificate; the same as `key` for a self-signed one. */
  readonly signer: TestKey;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly TestExtension[];
  readonly breakSignature?: boolean;
  readonly serial?: number;
}

export const NOW = new Date('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

/** DER of a certificate made for one test. */
export async function makeCertificate(options: CertificateOptions): Promise<Bytes> {
  const { key, signer, extensions = [] } = options;
  const algorithm = signatureAlgorithm(signer.algorithm);
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(options.serial ?? 4660),
    algorithm,
    name(options.issuer ?? ''),
    sequence(
      time(options.notBefore ?? new Date(NOW.getTime() - HOUR)),
      time(options.notAfter ?? new Date(NOW.getTime() + HOUR)),
    ),
    name(options.subject ?? ''),
    key.spki,
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions.map(extension)))] : []),
  );
  const signature = await sign(signer, tbs);
  if (options.breakSignature) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return sequence(tbs, algorithm, bits(signature));
}

function extension({ oid: id, critical, value }: TestExtension): Bytes {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

export function name(commonName: string): Bytes {
  return commonName === '' ? sequence() : sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
}

function signatureAlgorithm(algorithm: TestAlgorithm): Bytes {
  switch (algorithm) {
    case 'Ed25519':
      return sequence(oid(OID.ed25519));
    case 'RSA-PSS': {
      const hash = sequence(oid('2.16.840.1.101.3.4.2.1'));
      const mask = sequence(oid(OID.mgf1), hash);
      return sequence(oid(OID.rsaPss), sequence(der(0xa0, hash), der(0xa1, mask), der(0xa2, integer(32))));
    }
    case 'RSA':
    case 'RSA-1024':
      return sequence(oid('1.2.840.113549.1.1.11'), nothing());
    case 'RSA-SHA1':
      return sequence(oid('1.2.840.113549.1.1.5'), nothing());
    default:
      return sequence(oid(`1.2.840.10045.4.3.${algorithm === 'P-256' ? 2 : algorithm === 'P-384' ? 3 : 4}`));
  }
}

async function sign({ algorithm, pair }: TestKey, data: Bytes): Promise<Bytes> {
  if (algorithm === 'Ed25519') return raw(await crypto.subtle.sign('Ed25519', pair.privateKey, data));
  if (algorithm === 'RSA-PSS')
    return raw(await crypto.subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, pair.privateKey, data));
  if (algorithm !== 'P-256' && algorithm !== 'P-384' && algorithm !== 'P-521') {
    return raw(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', pair.privateKey, data));
  }
  const rs = raw(
    await crypto.subtle.sign({ name: 'ECDSA', hash: HASH_OF[algorithm] }, pair.privateKey, data),
  );
  return sequence(unsigned(rs.subarray(0, rs.length / 2)), unsigned(rs.subarray(rs.length / 2)));
}

function raw(buffer: ArrayBuffer): Bytes {
  return new Uint8Array(buffer);
}

export const uriName = (uri: string) => der(0x86, utf8Encode(uri));
export const dnsName = (dns: string) => der(0x82, utf8Encode(dns));
export const altNames = (names: readonly Uint8Array[], critical = false): TestExtension => ({
  oid: OID.subjectAltName,
  critical,
  value: sequence(...names),
});
export const basicConstraints = (ca: boolean, pathLength?: number): TestExtension => ({
  oid: OID.basicConstraints,
  critical: true,
  value: sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
});
/** KeyUsage from bit numbers: 0 digitalSignature, 2 keyEncipherment, 5 keyCertSign, 6 cRLSign. */
export const keyUsage = (numbers: readonly number[], critical = true): TestExtension => {
  const last = Math.max(...numbers);
  const byte = numbers.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return { oid: OID.keyUsage, critical, value: bits(Uint8Array.of(byte), 7 - last) };
};
export const extendedKeyUsage = (...ids: readonly string[]): TestExtension => ({
  oid: OID.extendedKeyUsage,
  value: sequence(...ids.map(oid)),
});
export const uriConstraints = (
  permitted: readonly string[],
  excluded: readonly string[] = [],
): TestExtension => ({
  oid: OID.nameConstraints,
  critical: true,
  value: sequence(
    ...(permitted.length > 0 ? [der(0xa0, ...permitted.map((base) => sequence(uriName(base))))] : []),
    ...(excluded.length > 0 ? [der(0xa1, ...excluded.map((base) => sequence(uriName(base))))] : []),
  ),
});

export function leafExtensions(uri: string): readonly TestExtension[] {
  return [
    altNames([uriName(uri)], true),
    basicConstraints(false),
    keyUsage([0]),
    extendedKeyUsage(OID.serverAuth, OID.clientAuth),
  ];
}

export function caExtensions(trustDomain: string): readonly TestExtension[] {
  return [altNames([uriName(`spiffe://${trustDomain}`)]), basicConstraints(true), keyUsage([5, 6])];
}

export interface TestAuthority {
  readonly name: string;
  readonly trustDomain: string;
  readonly key: TestKey;
  readonly der: Bytes;
}

export async function makeAuthority(
  trustDomain: string,
  options: Partial<CertificateOptions> & {
    readonly algorithm?: TestAlgorithm;
    readonly parent?: TestAuthority;
  } = {},
): Promise<TestAuthority> {
  const key = options.key ?? (await makeKey(options.algorithm));
  const caName = options.subject ?? `CA ${trustDomain}`;
  const certificate = await makeCertificate({
    subject: caName,
    issuer: options.parent?.name ?? caName,
    signer: options.parent?.key ?? key,
    extensions: caExtensions(trustDomain),
    ...options,
    key,
  });
  return { name: caName, trustDomain, key, der: certificate };
}

export async function makeLeaf(
  authority: TestAuthority,
  uri: string,
  options: Partial<CertificateOptions> = {},
): Promise<{ readonly der: Bytes; readonly key: TestKey }> {
  const key = options.key ?? (await makeKey());
  const certificate = await makeCertificate({
    issuer: authority.name,
    signer: authority.key,
    extensions: leafExtensions(uri),
    ...options,
    key,
  });
  return { der: certificate, key };
}

export function pem(...certificates: readonly Bytes[]): Bytes {
  return pemOf('CERTIFICATE', ...certificates);
}

export function pemOf(label: string, ...blocks: readonly Bytes[]): Bytes {
  const text = blocks.map((block) => {
    const lines = encodeBase64(block).match(/.{1,64}/gu) ?? [];
    return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
  });
  return concatBytes(...text.map(utf8Encode));
}

/** Public JWK of a test key, with the members of a bundle entry. */
export async function jwkOf(
  key: TestKey,
  members: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey('jwk', key.pair.publicKey);
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, ...members })) as Record<string, unknown>;
}

export async function x509Entry(authority: TestAuthority): Promise<Record<string, unknown>> {
  return jwkOf(authority.key, { use: 'x509-svid', x5c: [encodeBase64(authority.der)] });
}

export function bundleOf(keys: readonly unknown[], members: Record<string, unknown> = {}): Bytes {
  return utf8Encode(JSON.stringify({ keys, spiffe_sequence: 1, spiffe_refresh_hint: 300, ...members }));
}

/** Compact JWS; `header` and `claims` may be JSON text, to write what JSON.stringify would not. */
export async function makeToken(
  key: TestKey,
  header: Record<string, unknown> | string,
  claims: Record<string, unknown> | string,
): Promise<string> {
  const text = (part: Record<string, unknown> | string) =>
    typeof part === 'string' ? part : JSON.stringify(part);
  const signed = `${encodeBase64Url(utf8Encode(text(header)))}.${encodeBase64Url(utf8Encode(text(claims)))}`;
  const { algorithm, pair } = key;
  const params =
    algorithm === 'P-256' || algorithm === 'P-384' || algorithm === 'P-521'
      ? { name: 'ECDSA', hash: HASH_OF[algorithm] }
      : algorithm === 'RSA-PSS'
        ? { name: 'RSA-PSS', saltLength: 32 }
        : { name: algorithm === 'Ed25519' ? 'Ed25519' : 'RSASSA-PKCS1-v1_5' };
  const signature = await crypto.subtle.sign(params, pair.privateKey, utf8Encode(signed));
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`;
}
