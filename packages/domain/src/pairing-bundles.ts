import { USES, usable, x509Authorities } from './bundle.ts';
import type { Certificate } from './certificate.ts';
import { equalNames } from './distinguished-name.ts';
import { quote } from './display.ts';
import { findSigningKey, JWS_ALGORITHMS } from './jws.ts';
import { limits } from './limits.ts';
import type { FoundBundle, FoundSvid } from './pairing-found.ts';
import { namedDomain } from './pairing-found.ts';
import { bundleNumber, isFederated, isOwnBundle, namesTrustDomain, svidNumber } from './pairing-names.ts';
import type { PairedBundle } from './pairing-types.ts';
import { verifyX509Signature } from './signature.ts';

export type Home = Pick<PairedBundle, 'trustDomain' | 'by' | 'notes'>;

/**
 * Whose each bundle is. What the document says goes before what its name says, and that before what it signed: a bundle that
 * names another trust domain is never taken for that of an SVID which it happens to verify (X-14, F-08).
 */
export async function findHomes(
  bundles: readonly FoundBundle[],
  svids: readonly FoundSvid[],
): Promise<readonly Home[]> {
  const domains = [...new Set(svids.flatMap(({ trustDomain }) => trustDomain ?? []))];
  const budget = { left: limits.signatureChecks as number };
  const homes: Home[] = [];
  for (const bundle of bundles) homes.push(await homeOf(bundle, svids, domains, budget));
  return homes;
}

async function homeOf(
  { given, name, part }: FoundBundle,
  svids: readonly FoundSvid[],
  domains: readonly string[],
  budget: { left: number },
): Promise<Home> {
  if (given !== undefined) return home(given, 'given', 'It was given as the bundle of');
  if (part.trustDomain !== undefined)
    return home(
      part.trustDomain,
      part.certificates ? 'authority-name' : 'document',
      'It says itself that it is the bundle of',
    );
  const authorities = certificatesOf(part);
  const named = new Set(authorities.flatMap((one) => namedDomain(one) ?? []));
  const [only] = named;
  if (only !== undefined && named.size === 1) return home(only, 'authority-name', 'Its certificates name');
  if (named.size > 1)
    return {
      notes: ['Its certificates name several trust domains, so it is nobody’s bundle: give each its own.'],
    };
  const written = domains.filter((domain) => namesTrustDomain(name, domain));
  if (written[0] !== undefined && written.length === 1)
    return home(written[0], 'file-name', 'Its file is named after');
  const federated = isFederated(name);
  if (!federated && isOwnBundle(name)) {
    const number = bundleNumber(name);
    const beside = svids.filter(
      (svid) =>
        svid.name.folder === name.folder && (number === undefined || svidNumber(svid.name) === number),
    );
    const nearby = new Set(beside.flatMap(({ trustDomain }) => trustDomain ?? []));
    const [neighbour] = nearby;
    if (neighbour !== undefined && nearby.size === 1)
      return home(neighbour, 'file-name', 'By its name it belongs to the SVID beside it, of');
  }
  const unknown = 'Nothing in it or in its name says whose bundle it is';
  if (federated)
    return { notes: [`${unknown}, only that it is another trust domain’s than that of the SVID beside it.`] };
  const signed = await domainsSigned(part, svids, budget);
  const [signer] = signed;
  if (signer !== undefined && signed.size === 1)
    return home(signer, 'signature', `${unknown}, but it signed an SVID of`);
  const [single] = domains;
  if (single !== undefined && domains.length === 1)
    return home(single, 'only-one', `${unknown}; it is taken for that of the only trust domain here,`);
  return {
    notes: [
      signed.size > 1
        ? `${unknown}, and it signed SVIDs of several trust domains.`
        : `${unknown}, and it signed none of the SVIDs given.`,
    ],
  };
}

function home(trustDomain: string, by: NonNullable<Home['by']>, why: string): Home {
  return { trustDomain, by, notes: [`${why} ${quote(trustDomain, 255)}.`] };
}

function certificatesOf({ bundle, certificates }: FoundBundle['part']): readonly Certificate[] {
  return certificates ?? (bundle ? x509Authorities(bundle) : []);
}

/** The trust domains of SVIDs that carry a signature by a key of the bundle. At most 100 signatures are checked in all. */
async function domainsSigned(
  part: FoundBundle['part'],
  svids: readonly FoundSvid[],
  budget: { left: number },
): Promise<ReadonlySet<string>> {
  const signed = new Set<string>();
  const authorities = certificatesOf(part);
  for (const { trustDomain, part: svid } of svids) {
    if (budget.left <= 0) break;
    if (trustDomain === undefined || signed.has(trustDomain)) continue;
    if (
      svid.type === 'chain'
        ? await signedChain(svid.certificates ?? [], authorities, budget)
        : await signedToken(svid)
    )
      signed.add(trustDomain);
  }
  return signed;

  async function signedToken({ jws, kind }: Extract<FoundSvid['part'], { type: 'token' }>): Promise<boolean> {
    const [alg, keyId] = [jws?.header?.get('alg'), jws?.header?.get('kid')];
    const algorithm = typeof alg === 'string' ? JWS_ALGORITHMS.get(alg) : undefined;
    // Without a key id every key would have to be tried.
    if (!jws || !part.bundle || typeof alg !== 'string' || !algorithm || typeof keyId !== 'string')
      return false;
    budget.left--;
    const search = await findSigningKey(jws, alg, algorithm, keyId, part.bundle, kind);
    return search.state === 'verified';
  }
}

async function signedChain(
  chain: readonly Certificate[],
  authorities: readonly Certificate[],
  budget: { left: number },
): Promise<boolean> {
  for (const child of chain) {
    for (const authority of authorities) {
      if (!equalNames(child.issuer, authority.subject) || !child.signatureAlgorithm.consistent) continue;
      if (budget.left-- <= 0) return false;
      const { signatureAlgorithm, signature, tbs } = child;
      const outcome = await verifyX509Signature(signatureAlgorithm, authority.publicKey, signature, tbs);
      if (outcome.state === 'good') return true;
    }
  }
  return false;
}

/** Whether a bundle has anything to judge such a document by. */
export function holdsFor({ part }: FoundBundle, svid: FoundSvid['part']): boolean {
  if (part.certificates) return svid.type === 'chain';
  if (!part.bundle) return false;
  const use = svid.type === 'chain' ? USES[0] : svid.kind;
  return usable(part.bundle, use).length > 0;
}
