import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { bits, der, nothing, octets, oid, sequence, set, unsigned } from './der-writer.ts';
import { encodeBase64 } from './base64.ts';

/** Keys that a request can be made for. */
export const requestKeys = ['EC P-256', 'EC P-384', 'RSA 2048', 'RSA 4096'] as const;
export type RequestKey = (typeof requestKeys)[number];

/** What WebCrypto generates for each, and how a request is signed with it. */
export function keyParams(kind: RequestKey): EcKeyGenParams | RsaHashedKeyGenParams {
  switch (kind) {
    case 'EC P-256':
      return { name: 'ECDSA', namedCurve: 'P-256' };
    case 'EC P-384':
      return { name: 'ECDSA', namedCurve: 'P-384' };
    case 'RSA 2048':
    case 'RSA 4096':
      return {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: kind === 'RSA 2048' ? 2048 : 4096,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      };
  }
}

const OIDS = {
  ecdsaSha256: '1.2.840.10045.4.3.2',
  rsaSha256: '1.2.840.113549.1.1.11',
  extensionRequest: '1.2.840.113549.1.9.14',
  subjectAltName: '2.5.29.17',
};

/**
 * Makes a PKCS#10 request (RFC 2986) for one SPIFFE ID, with an empty subject, signed by the key it is for.
 * @returns PEM
 */
export async function makeCertificationRequest(
  keys: CryptoKeyPair,
  spiffeId: string,
  dnsNames: readonly string[] = [],
): Promise<string> {
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey));
  const names = [...dnsNames.map((name) => der(0x82, utf8Encode(name))), der(0x86, utf8Encode(spiffeId))];
  const altName = sequence(oid(OIDS.subjectAltName), octets(sequence(...names)));
  const info = sequence(
    der(0x02, Uint8Array.of(0)),
    sequence(),
    spki,
    der(0xa0, sequence(oid(OIDS.extensionRequest), set(sequence(altName)))),
  );
  const ec = keys.privateKey.algorithm.name === 'ECDSA';
  const made = new Uint8Array(
    await crypto.subtle.sign(
      ec ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'RSASSA-PKCS1-v1_5' },
      keys.privateKey,
      info,
    ),
  );
  const algorithm = ec ? sequence(oid(OIDS.ecdsaSha256)) : sequence(oid(OIDS.rsaSha256), nothing());
  return toPem('CERTIFICATE REQUEST', sequence(info, algorithm, bits(ec ? ecdsaValue(made) : made)));
}

/** WebCrypto gives r and s side by side; X.509 wants them in a SEQUENCE (RFC 3279 2.2.3). */
function ecdsaValue(raw: Bytes): Bytes {
  const half = raw.length / 2;
  return concatBytes(sequence(unsigned(raw.subarray(0, half)), unsigned(raw.subarray(half))));
}

/** One PEM block, in lines of 64 (RFC 7468). */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
