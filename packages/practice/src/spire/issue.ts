import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Authorities } from './authorities.ts';
import { period } from './authorities.ts';
import { internal } from './status.ts';
import type { WorkloadSubject } from './x509.ts';
import { issueLeaf } from './x509.ts';

export interface IssuedX509 {
  certificate: Buffer;
  issuedAt: number;
  expiresAt: number;
  /** The authority that signed it. */
  authorityId: string;
}

/** Signs a leaf with the active authority, for no longer than that authority lives. */
export function issueX509Svid(
  authorities: Authorities,
  subject: WorkloadSubject,
  ttl: number,
  now: number,
): IssuedX509 {
  const { active } = authorities.x509;
  if (!active.issuer) throw internal('the active X.509 authority has no key');
  const seconds = Math.min(ttl, active.expiresAt - now);
  const certificate = issueLeaf(subject, active.issuer, period(now, seconds));
  return { certificate, issuedAt: now, expiresAt: now + seconds, authorityId: active.id };
}

export interface JwtRequest {
  spiffeId: string;
  audience: string[];
  ttl: number;
  withId?: boolean;
}

export interface IssuedJwt {
  token: string;
  issuedAt: number;
  expiresAt: number;
  authorityId: string;
}

/** Signs a JWT-SVID with the claims SPIRE gives it: aud, exp, iat, sub, and jti only on request. */
export async function issueJwtSvid(
  authorities: Authorities,
  request: JwtRequest,
  now: number,
): Promise<IssuedJwt> {
  if (request.audience.some((audience) => audience === ''))
    throw internal('invalid JWT-SVID audience: cannot be empty');
  const { active } = authorities.jwt;
  const expiresAt = Math.min(now + request.ttl, active.expiresAt);
  const claims = new SignJWT({ aud: request.audience, exp: expiresAt, iat: now, sub: request.spiffeId });
  if (request.withId) claims.setJti(randomUUID());
  claims.setProtectedHeader({ alg: 'ES256', kid: active.id, typ: 'JWT' });
  const token = await claims.sign(active.key as KeyObject);
  return { token, issuedAt: now, expiresAt, authorityId: active.id };
}
