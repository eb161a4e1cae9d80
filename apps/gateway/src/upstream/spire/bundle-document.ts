import { createPublicKey } from 'node:crypto';
import { integerMember, readBundle, readSpiffeBundle } from '@muster/domain/bundle';
import type { Bundle, BundleEntry } from '@muster/domain/bundle';
import { ownBytes } from '@muster/domain/bytes';
import { PRIVATE_MEMBERS } from '@muster/domain/jwk';
import { toJwk } from '@muster/domain/public-key';
import type { BundleRow } from './rows.ts';

/** A bundle document as the Server API takes it. */
export interface BundleDocument {
  x509: BundleRow['x509'];
  jwt: BundleRow['jwt'];
  /** Seconds; 0: not set. */
  refreshHint: bigint;
  /** 0: not set. */
  sequenceNumber: bigint;
  /** Entries that are not taken over, each with its reason. */
  ignored: string[];
}

export type ReadDocument = { ok: true; value: BundleDocument } | { ok: false; problem: string };

/**
 * Reads a SPIFFE bundle, or a PEM file of authorities where `pem` says so. One with a private key in it is refused
 * as a whole, and nothing of it is repeated (S-13).
 */
export function readBundleDocument(input: Uint8Array, pem: boolean): ReadDocument {
  const bytes = ownBytes(input);
  const read = pem ? readBundle(bytes) : readSpiffeBundle(bytes);
  if (!read.ok) return { ok: false, problem: read.problem.message };
  const { value } = read;
  // With a member twice, two readers may see two different sets of keys.
  if (value.duplicates.length > 0) return { ok: false, problem: 'A member occurs twice in it.' };
  const secret = value.entries.find(({ jwk }) =>
    [...(jwk?.keys() ?? [])].some((name) => PRIVATE_MEMBERS.includes(name)),
  );
  if (secret)
    return {
      ok: false,
      problem: `Key ${secret.index + 1} holds a private key: remove it, and replace the key, for it was given away.`,
    };
  return { ok: true, value: convert(value) };
}

function convert(bundle: Bundle): BundleDocument {
  const out: BundleDocument = {
    x509: [],
    jwt: [],
    refreshHint: positive(bundle, 'spiffe_refresh_hint'),
    sequenceNumber: positive(bundle, 'spiffe_sequence'),
    ignored: [],
  };
  for (const entry of bundle.entries) {
    const why = take(entry, out);
    if (why !== '') out.ignored.push(`Key ${entry.index + 1}: ${why}.`);
  }
  return out;
}

/** @returns why the entry is not taken; empty when it is */
function take(entry: BundleEntry, out: BundleDocument): string {
  if (entry.ignored !== undefined) return entry.ignored;
  switch (entry.use) {
    case 'x509-svid':
      if (!entry.certificate) return 'no certificate';
      out.x509.push({ der: entry.certificate.der, tainted: false });
      return '';
    case 'jwt-svid': {
      if (entry.keyId === undefined || entry.keyId === '') return 'no kid';
      const publicKey = entry.key && spkiOf(toJwk(entry.key));
      if (!publicKey) return 'a key that cannot be used';
      out.jwt.push({ keyId: entry.keyId, publicKey, expiresAt: 0n, tainted: false });
      return '';
    }
    default:
      return 'a kind of key that this does not write';
  }
}

function spkiOf(jwk: JsonWebKey | undefined): Uint8Array | undefined {
  if (!jwk) return undefined;
  try {
    const { kty, crv, x, y, n, e } = jwk;
    const key = createPublicKey({ key: { kty, crv, x, y, n, e }, format: 'jwk' });
    return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}

/** The server's fields have 64 bits; a number that does not fit is as good as none. */
function positive(bundle: Bundle, member: string): bigint {
  const value = integerMember(bundle.document?.get(member)) ?? 0n;
  return value > 0n && value < 1n << 63n ? value : 0n;
}
