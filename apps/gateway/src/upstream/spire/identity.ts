import { createHash, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readReference } from '../../config/credential.ts';
import type { SpireServerConfig } from '../../config/types.ts';
import { Fault } from '../fault.ts';
import type { Identity } from '../transport.ts';
import type { SvidLender } from '../workload/lend.ts';

/** Whom we are to one server, until when, and what TLS needs for it. */
export interface OwnIdentity {
  tls: Identity;
  spiffeId: string;
  expiresAt: Date;
  /** Equal for equal identities; tells nothing of the key. */
  print: string;
  /** Why it will not be renewed as things are; empty when it will. */
  stalled: string;
}

/** The identity as it is now: of the Workload API, or from files. Throws `Fault`: it fails closed. */
export async function ownIdentity(
  config: SpireServerConfig,
  lender: SvidLender | undefined,
  now: Date,
): Promise<OwnIdentity> {
  const trustDomain = config.trustDomain ?? '';
  const serverId = `spiffe://${trustDomain}/spire/server`;
  const lent = lender?.svid(config);
  const [certFile, keyFile, bundle] = await Promise.all([
    lent ? undefined : readReference(config.certFile ?? ''),
    lent ? undefined : readReference(config.keyFile ?? ''),
    config.bundleFile === undefined ? undefined : readReference(config.bundleFile),
  ]);
  const ca = bundle ?? lender?.authorities(trustDomain);
  if (ca === undefined)
    throw missing(
      `the Workload API connection ${lender?.name ?? ''} gives no bundle of ${trustDomain} to know the server by; let its entry federate with it, or name a bundleFile`,
    );
  const cert = lent?.certPem ?? certFile ?? '';
  const key: string | KeyObject = lent?.key ?? keyFile ?? '';
  const { spiffeId, expiresAt } = lent ?? factsOf(cert);
  requireValid(expiresAt, now, lender?.stalled ?? '');
  return {
    tls: { ca, cert, key, serverId },
    spiffeId,
    expiresAt,
    // The public half and the bundle change whenever the key does: the key itself is hashed nowhere.
    print: createHash('sha256')
      .update(JSON.stringify([cert, ca, serverId]))
      .digest('hex'),
    stalled: lender?.stalled ?? '',
  };
}

/** An expired SVID goes on working on an open session; we do not use it (S-36). */
export function requireValid(expiresAt: Date, now: Date, stalled: string): void {
  if (expiresAt > now) return;
  const why = stalled === '' ? '' : `; the Workload API says: ${stalled.replace(/\.$/u, '')}`;
  throw missing(`our SVID expired at ${expiresAt.toISOString()} and no new one came${why}`);
}

const missing = (detail: string): Fault => new Fault('identity', 'local', { detail });

function factsOf(pem: string): { spiffeId: string; expiresAt: Date } {
  try {
    const { subjectAltName = '', validToDate } = new X509Certificate(pem);
    const id = /URI:(spiffe:\/\/[A-Za-z0-9._/-]{1,2048})(?:,|$)/u.exec(subjectAltName)?.[1] ?? '';
    return { spiffeId: id, expiresAt: validToDate };
  } catch {
    throw new Fault('credential', 'local', { detail: 'certFile holds no certificate in PEM' });
  }
}
