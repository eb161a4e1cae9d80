import { createPublicKey } from 'node:crypto';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { parseSpiffeId, text } from './ids.ts';
import { invalid, within } from './status.ts';

const leewaySeconds = 60;

const keyOf = (der: Uint8Array) => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });

/** A standard JWK set: the agent leaves out `use` and whatever else is of SPIFFE only. */
export function jwkSet({ jwtAuthorities }: Bundle): Uint8Array {
  const keys = jwtAuthorities.map(({ keyId, publicKey }) => ({
    ...keyOf(publicKey).export({ format: 'jwk' }),
    kid: keyId,
  }));
  return Buffer.from(JSON.stringify({ keys }));
}

export interface ValidatedToken {
  spiffeId: string;
  trustDomain: string;
  claims: Record<string, unknown>;
}

/** Judges a token as the agent does, in its words and its order. */
export async function validateToken(
  token: string,
  audience: string,
  bundles: ReadonlyMap<string, Bundle>,
  now: number,
): Promise<ValidatedToken> {
  const { header, claims } = decode(token);
  if (!claims.sub) throw invalid('token missing subject claim');
  if (claims.exp === undefined) throw invalid('token missing exp claim');
  const named = [claims.aud ?? []].flat();
  if (named.length === 0) throw invalid('token missing audience claim');
  const subject = within('token has in invalid subject claim', () => parseSpiffeId(String(claims.sub)));
  if (!header.kid) throw invalid('token header missing key id');

  const bundle = bundles.get(subject.trustDomain);
  if (!bundle) throw invalid(`no keys found for trust domain "${subject.trustDomain}"`);
  const key = bundle.jwtAuthorities.find(({ keyId }) => keyId === header.kid);
  if (!key) throw invalid(`public key "${header.kid}" not found in trust domain "${subject.trustDomain}"`);
  try {
    await compactVerify(token, keyOf(key.publicKey));
  } catch {
    throw invalid('go-jose/go-jose: error in cryptographic primitive');
  }
  if (!named.includes(audience))
    throw invalid(
      `expected audience in ["${audience}"] (audience=[${named.map((name) => `"${name}"`).join(' ')}])`,
    );
  if (now > claims.exp + leewaySeconds) throw invalid('token has expired');
  return { spiffeId: text(subject), trustDomain: subject.trustDomain, claims };
}

function decode(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    throw invalid('unable to parse JWT token');
  }
}
