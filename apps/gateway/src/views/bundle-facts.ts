import { createPublicKey, X509Certificate } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { BundleSchema } from '@muster/api';
import type { Bundle } from '@muster/api';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { timestamp } from './convert.ts';

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

export function toBundle(connection: string, row: BundleRow): Bundle {
  return create(BundleSchema, {
    trustDomain: row.trustDomain,
    connection,
    own: row.own,
    x509Authorities: row.x509,
    jwtAuthorities: row.jwt.map((key) => ({ ...key, expiresAt: timestamp(key.expiresAt) })),
    refreshHint: row.refreshHint,
    sequenceNumber: row.sequenceNumber,
    spiffeJson: spiffeJson(row),
    readAt: timestampFromDate(row.readAt),
  });
}

/** The bundle as a SPIFFE bundle document (SPIFFE Trust Domain and Bundle 4). A key that cannot be read is left out. */
function spiffeJson(row: BundleRow): string {
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
