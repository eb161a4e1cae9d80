import { createPublicKey, verify } from 'node:crypto';
import { Code, ConnectError } from '@connectrpc/connect';
import type { DerValue } from './der.ts';
import { children, objectIdentifier, readDer } from './der.ts';

export interface SigningRequest {
  /** DER SubjectPublicKeyInfo. */
  publicKey: Buffer;
  uris: string[];
  dnsNames: string[];
}

const hashes: [string, string | null][] = [
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.3.101.112', null],
];
const extensionRequest = objectIdentifier('1.2.840.113549.1.9.14');
const subjectAlternativeName = objectIdentifier('2.5.29.17');

/** Parses a PKCS#10 request (RFC 2986) and verifies its signature; refuses as the server does. */
export function parseSigningRequest(bytes: Uint8Array): SigningRequest {
  if (bytes.length === 0) throw new ConnectError('missing CSR', Code.InvalidArgument);
  let request: SigningRequest;
  let signed: boolean;
  try {
    const [info, algorithm, signature] = children(readDer(Buffer.from(bytes)));
    if (!info || !algorithm || !signature) throw new Error('asn1: structure error: incomplete request');
    request = readInfo(info);
    signed = isSigned(info.raw, algorithm, signature.content.subarray(1), request.publicKey);
  } catch (reason) {
    throw new ConnectError(
      `malformed CSR: ${reason instanceof Error ? reason.message : reason}`,
      Code.InvalidArgument,
    );
  }
  if (!signed)
    throw new ConnectError('failed to verify CSR signature: verification failure', Code.InvalidArgument);
  return request;
}

function readInfo(info: DerValue): SigningRequest {
  const [, , publicKey, attributes] = children(info);
  if (!publicKey) throw new Error('asn1: structure error: no public key');
  const request: SigningRequest = { publicKey: publicKey.raw, uris: [], dnsNames: [] };
  for (const attribute of attributes ? children(attributes) : []) {
    const [type, values] = children(attribute);
    if (!type?.raw.equals(extensionRequest) || !values) continue;
    for (const extension of children(values).flatMap(children)) readAlternativeNames(extension, request);
  }
  return request;
}

function readAlternativeNames(extension: DerValue, request: SigningRequest): void {
  const parts = children(extension);
  const value = parts.at(-1);
  if (!parts[0]?.raw.equals(subjectAlternativeName) || !value) return;
  for (const name of children(readDer(value.content))) {
    if (name.tag === 0x82) request.dnsNames.push(name.content.toString());
    if (name.tag === 0x86) request.uris.push(name.content.toString());
  }
}

function isSigned(info: Buffer, algorithm: DerValue, signature: Buffer, publicKey: Buffer): boolean {
  const id = children(algorithm)[0]?.raw;
  const known = hashes.find(([dotted]) => id?.equals(objectIdentifier(dotted)));
  if (!known) return false;
  return verify(known[1], info, createPublicKey({ key: publicKey, format: 'der', type: 'spki' }), signature);
}
