import { createPublicKey, X509Certificate } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { BundleSchema } from '@muster/api';
import type { Bundle } from '@muster/api';
import { firstExpiry, keysOf } from '../doctor/keys.ts';
import type { BundleKey } from '../doctor/keys.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { toPem } from '../upstream/workload/der.ts';
import { timestamp } from './times.ts';

/** When the last of the X.509 authorities expires, Unix seconds; 0 when none can be read. */
export function authorityExpiry(bundle: BundleRow): bigint {
  return bundle.x509.reduce((latest, { der }) => {
    try {
      const seconds = BigInt(Math.floor(new X509Certificate(der).validToDate.getTime() / 1000));
      return seconds > latest ? seconds : latest;
    } catch {
      return latest;
    }
  }, 0n);
}

/** What is known of a copy besides its keys. */
export interface BundleMore {
  /** Moments of which a copy is kept, newest first. */
  versions?: readonly Date[];
  /** When its keys were last seen to change. */
  changedAt?: Date | undefined;
  /** Entries of the connection that federate with it. */
  entries?: number;
}

export function toBundle(connection: string, row: BundleRow, more: BundleMore = {}): Bundle {
  const keys = keysOf(row);
  const x509 = keys.slice(0, row.x509.length);
  const jwt = keys.slice(row.x509.length);
  const ends = firstExpiry(keys);
  const { versions = [], entries = 0, changedAt } = more;
  return create(BundleSchema, {
    trustDomain: row.trustDomain,
    connection,
    own: row.own,
    x509Authorities: row.x509.map(({ der, tainted }, index) => ({ der, tainted, ...x509Facts(x509[index]) })),
    jwtAuthorities: row.jwt.map(({ keyId, publicKey, tainted, expiresAt }, index) => ({
      keyId,
      publicKey,
      tainted,
      expiresAt: timestamp(expiresAt),
      fingerprint: jwt[index]?.fingerprint ?? '',
      keyType: jwt[index]?.keyType ?? '',
      problem: jwt[index]?.problem ?? '',
    })),
    refreshHint: row.refreshHint,
    sequenceNumber: row.sequenceNumber,
    spiffeJson: spiffeJson(row),
    readAt: timestampFromDate(row.readAt),
    pem: toPem(row.x509.map(({ der }) => der)),
    entries: BigInt(entries),
    versions: versions.map((at) => timestampFromDate(at)),
    ...(ends === undefined ? {} : { firstExpiry: moment(ends) }),
    ...(changedAt === undefined ? {} : { changedAt: timestampFromDate(changedAt) }),
  });
}

function x509Facts(key: BundleKey | undefined) {
  if (!key) return {};
  return {
    fingerprint: key.fingerprint,
    subject: key.subject,
    serial: key.serial,
    subjectKeyId: key.subjectKeyId,
    keyType: key.keyType,
    problem: key.problem,
    notBefore: moment(key.notBefore),
    notAfter: moment(key.notAfter),
  };
}

/** Milliseconds, from a certificate that anybody may have made. */
export function moment(ms: number | undefined): Timestamp | undefined {
  return ms === undefined || !Number.isFinite(ms)
    ? undefined
    : timestamp(BigInt(Math.floor(ms / 1000)) || 1n);
}

/** The bundle as a SPIFFE bundle document (SPIFFE Trust Domain and Bundle 4). A key that cannot be read is left out. */
export function spiffeJson(row: BundleRow): string {
  const keys: object[] = [];
  for (const { der } of row.x509) {
    const jwk = publicJwk(() => new X509Certificate(der).publicKey);
    if (jwk) keys.push({ use: 'x509-svid', ...jwk, x5c: [Buffer.from(der).toString('base64')] });
  }
  for (const { keyId, publicKey } of row.jwt) {
    const jwk = publicJwk(() =>
      createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
    );
    if (jwk) keys.push({ use: 'jwt-svid', kid: keyId, ...jwk });
  }
  // Sequence numbers and hints are 64 bits; as JSON numbers they would lose digits, so they go in as text of digits.
  const tail = `${row.sequenceNumber === 0n ? '' : `,"spiffe_sequence":${row.sequenceNumber}`}${row.refreshHint === 0n ? '' : `,"spiffe_refresh_hint":${row.refreshHint}`}`;
  return `{"keys":${JSON.stringify(keys)}${tail}}`;
}

/** Allow-list of public members: whatever a key export may hold besides stays here (S-13). */
function publicJwk(read: () => ReturnType<typeof createPublicKey>): object | undefined {
  try {
    const { kty, crv, x, y, n, e } = read().export({ format: 'jwk' });
    return { kty, crv, x, y, n, e };
  } catch {
    return undefined;
  }
}
