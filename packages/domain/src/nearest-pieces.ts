import type { BundleEntry } from './bundle.ts';
import { type Bytes, equalBytes, toHex, utf8Encode } from './bytes.ts';
import { type Certificate, parseCertificates } from './certificate.ts';
import { spiffeNames } from './certificate-names.ts';
import { equalNames } from './distinguished-name.ts';
import { quote } from './display.ts';
import type { Kind } from './judge-types.ts';
import { type Jws, JWS_ALGORITHMS, parseJws } from './jws.ts';
import type { SignedPiece } from './nearest-types.ts';
import { findPath } from './path.ts';
import { label } from './path-rules.ts';
import { verifyJwsSignature, verifyX509Signature } from './signature.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

/** What in a document carries a signature, the one nearest to an authority first; undefined when there is none to look at. */
export async function signedPieces(kind: Kind, input: Bytes): Promise<readonly SignedPiece[] | undefined> {
  if (kind === 'x509-svid' || kind === 'x509-svid-keypair') return certificatePieces(input);
  if (kind === 'jwt-svid' || kind === 'wit-svid') {
    const jws = parseJws(input);
    return jws.ok ? [tokenPiece(jws.value, kind)] : undefined;
  }
  return undefined;
}

async function certificatePieces(input: Bytes): Promise<readonly SignedPiece[] | undefined> {
  const certificates = parseCertificates(input);
  const [leaf, ...others] = certificates.ok ? certificates.value : [];
  if (!leaf) return undefined;
  // Without anchors the search follows the document's own chain as far as it goes.
  const { path, problems } = await findPath(leaf, others, [], 0);
  // Above a link that breaks inside the document nothing vouches for what is below.
  const broken = problems.find(({ clause, unanchored }) => clause === 'X-15' && !unanchored)?.index;
  const [id] = spiffeNames(leaf);
  const host = id && scanSpiffeId(id).host?.toLowerCase();
  const pieces: SignedPiece[] = [];
  for (const [index, certificate] of path.slice(0, broken === undefined ? undefined : broken + 1).entries())
    pieces.unshift(certificatePiece(certificate, label(certificate, index), host));
  return pieces;
}

function certificatePiece(
  certificate: Certificate,
  subject: string,
  trustDomain: string | undefined,
): SignedPiece {
  const { extensions, issuer, signatureAlgorithm, signature, tbs } = certificate;
  const wanted = extensions.authorityKeyId;
  const shown = wanted && toHex(wanted.subarray(0, 64));
  const asked = shown === undefined ? 'no authority key identifier' : `the key identifier ${shown}`;
  return {
    subject,
    trustDomain,
    use: 'x509-svid',
    wanted: shown,
    by: `${asked}, and the issuer’s name ${quote(issuer.text || '(empty)', 120)}`,
    couldSign: (entry) => entry.certificate !== undefined,
    signedBy: async (entry: BundleEntry) => {
      const ca = entry.certificate;
      if (!ca || !signatureAlgorithm.consistent) return false;
      const outcome = await verifyX509Signature(signatureAlgorithm, ca.publicKey, signature, tbs);
      return outcome.state === 'good';
    },
    relation: ({ certificate: ca }) => {
      if (!ca) return undefined;
      const has = ca.extensions.subjectKeyId;
      if (wanted && has && equalBytes(wanted, has)) return 'key-id';
      return issuer.rdns.length > 0 && equalNames(issuer, ca.subject) ? 'name' : undefined;
    },
  };
}

function tokenPiece({ header, claims, signature, signed }: Jws, kind: 'jwt-svid' | 'wit-svid'): SignedPiece {
  const [alg, kid, sub] = [header?.get('alg'), header?.get('kid'), claims?.get('sub')];
  const algorithm = typeof alg === 'string' ? JWS_ALGORITHMS.get(alg) : undefined;
  const wanted = typeof kid === 'string' ? kid : undefined;
  const host =
    typeof sub === 'string' ? scanSpiffeId(utf8Encode(sub.slice(0, 65536))).host?.toLowerCase() : undefined;
  return {
    subject: 'The token',
    trustDomain: host === '' ? undefined : host,
    use: kind,
    wanted,
    by: wanted === undefined ? 'no key id, for it has none' : `the key id ${quote(wanted, 80)}`,
    couldSign: ({ key }) => key !== undefined && algorithm?.fits(key) === true,
    signedBy: async ({ key }: BundleEntry) => {
      if (!key || !algorithm) return false;
      const outcome = await verifyJwsSignature(algorithm.scheme, key, signature, signed);
      return outcome.state === 'good';
    },
    relation: ({ keyId }) => (wanted !== undefined && keyId === wanted ? 'key-id' : undefined),
  };
}
