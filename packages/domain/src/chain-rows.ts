import { type BundleLookup, type BundleSet } from './bundle-set.ts';
import { usable, x509Authorities } from './bundle.ts';
import { equalBytes } from './bytes.ts';
import type { Certificate } from './certificate.ts';
import { spiffeNames } from './certificate-names.ts';
import { quote } from './display.ts';
import { findPath, type PathResult, SearchBudget } from './path.ts';
import { label } from './path-rules.ts';
import type { Sheet } from './sheet.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

const PATH_ROWS: readonly (readonly [string, string])[] = [
  ['X-15', 'Every signature verifies, up to a CA of the bundle.'],
  ['X-16', 'Every certificate is within its validity.'],
  ['X-17', 'Every issuer name is the subject name of the next certificate.'],
  ['X-18', 'Every signing certificate has cA true.'],
  ['X-19', 'Every signing certificate sets keyCertSign.'],
  ['X-20', 'No path length is exceeded.'],
  ['X-21', 'No name constraint is broken.'],
  ['X-22', 'No unknown critical and no repeated extension.'],
  ['X-23', 'No signing certificate has a SPIFFE ID with a path.'],
  ['X-25', 'No signing certificate has a second URI name.'],
];

export interface ChainInput {
  readonly certificates: readonly Certificate[];
  /** Host of the leaf's SPIFFE ID, when it could be read. */
  readonly trustDomain: string | undefined;
  readonly bundles: BundleSet;
  readonly at: number;
  /** Shared by the chains of one response. */
  readonly budget: SearchBudget;
}

/** Fills: the path from the leaf to the bundle of its own trust domain. */
export async function fillChainRows(sheet: Sheet, input: ChainInput): Promise<PathResult | undefined> {
  const [leaf, ...intermediates] = input.certificates;
  if (!leaf) return undefined;
  const lookup = input.trustDomain === undefined ? undefined : input.bundles.find(input.trustDomain);
  fillBundleRow(sheet, input, lookup);
  const authorities = lookup?.ok ? x509Authorities(lookup.bundle) : [];
  const result = await findPath(leaf, intermediates, authorities, input.at, input.budget);
  fillPathRows(sheet, result, lookup?.ok === true);
  const [, issuer] = result.path;
  if (issuer && equalBytes(issuer.der, leaf.der))
    sheet.fail('X-27', 'The certificate that the bundle trusts for signing is presented as an identity.');
  if (lookup?.ok && authorities.length === 0) {
    sheet.fail(
      'B-17',
      'The bundle has no key that can be used for X509-SVIDs, so every X509-SVID is invalid.',
    );
    sheet.set('X-15', 'fail', 'The bundle has no CA certificate.');
  }
  if (lookup && !result.anchored && input.trustDomain !== undefined) {
    await fillForeignAuthority(sheet, leaf, intermediates, input, input.trustDomain);
  }
  fillSignerRows(sheet, result, input.trustDomain);
  fillStrengthRow(sheet, result);
  return result;
}

function fillBundleRow(sheet: Sheet, input: ChainInput, lookup: BundleLookup | undefined): void {
  const name = quote(input.trustDomain ?? '', 80);
  if (input.trustDomain === undefined)
    sheet.notChecked('X-14', 'There is no trust domain to choose a bundle by.');
  else if (!input.bundles.given) sheet.fail('X-14', 'No bundle was given, so the signature is not verified.');
  else if (!lookup)
    sheet.fail('X-14', `No bundle was given for the trust domain ${name}, so the SVID is untrusted.`);
  else if (!lookup.ok) sheet.fail('X-14', `The bundle of ${name} cannot be read. ${lookup.why}`);
  else sheet.pass('X-14', `Only the bundle of ${name} was used.`);
}

function fillPathRows(sheet: Sheet, result: PathResult, hasBundle: boolean): void {
  for (const { clause, evidence, unanchored } of result.problems) {
    // Without a bundle it is X-14 that fails; that the path ends nowhere is only its consequence.
    if (!hasBundle && unanchored) continue;
    sheet.fail(clause, evidence);
  }
  for (const [id, evidence] of PATH_ROWS) {
    if (result.anchored) sheet.set(id, 'pass', evidence);
    else sheet.set(id, 'not-checked', 'There is no complete path to a CA of the bundle.');
  }
}

/** The bundle of another trust domain must not help; that it would have is worth saying (X-14, F-08). */
async function fillForeignAuthority(
  sheet: Sheet,
  leaf: Certificate,
  intermediates: readonly Certificate[],
  input: ChainInput,
  trustDomain: string,
): Promise<void> {
  // One budget for all of them: it is only about a better sentence.
  const budget = new SearchBudget();
  for (const [name, bundle] of input.bundles.others(trustDomain)) {
    const authorities = usable(bundle, 'x509-svid').flatMap((entry) =>
      entry.certificate ? [entry.certificate] : [],
    );
    const result = await findPath(leaf, intermediates, authorities, input.at, budget);
    const signed = result.anchored && !result.problems.some((problem) => problem.clause === 'X-15');
    if (!signed) continue;
    sheet.set(
      'X-14',
      'fail',
      `The SVID was signed by the trust domain ${quote(name, 80)}, which may not vouch for ${quote(trustDomain, 80)}.`,
    );
    return;
  }
}

function fillSignerRows(sheet: Sheet, result: PathResult, trustDomain: string | undefined): void {
  const signers = result.path.slice(1);
  if (signers.length === 0) {
    for (const id of ['X-24', 'X-26']) sheet.set(id, 'not-checked', 'No signing certificate was found.');
    return;
  }
  for (const [i, signer] of signers.entries()) {
    const who = label(signer, i + 1);
    const [id] = spiffeNames(signer);
    const host = id && scanSpiffeId(id).host;
    if (host === undefined) sheet.fail('X-24', `${who} has no SPIFFE ID.`);
    else if (trustDomain !== undefined && host !== trustDomain)
      sheet.fail('X-24', `${who} is in the trust domain ${quote(host, 80)}.`);
    const usages = signer.extensions.keyUsage?.usages;
    const leafUse = (['digitalSignature', 'keyEncipherment', 'keyAgreement'] as const).find((usage) =>
      usages?.has(usage),
    );
    // Appendix A says this without RFC 2119 words, and many private CAs set it: worth a word, not a refusal.
    if (leafUse) sheet.warn('X-26', `${who} sets ${leafUse}, which is for leaves.`);
  }
  for (const [i, child] of result.path.slice(0, -1).entries()) {
    const [wanted, own] = [child.extensions.authorityKeyId, signers[i]?.extensions.subjectKeyId];
    // RFC 5280 4.2.1.1: a help to find the issuer. 6.1 asks for names and signatures only, so it decides nothing.
    if (wanted && own && !equalBytes(wanted, own))
      sheet.warn(
        'X-17',
        `${label(child, i)} names another key identifier than the certificate that signed it has.`,
      );
  }
  if (trustDomain === undefined) sheet.set('X-24', 'not-checked', 'The leaf names no trust domain.');
  sheet.set('X-24', 'pass', 'Every signing certificate is an SVID of the same trust domain.');
  sheet.set('X-26', 'pass', 'Usages of leaves and CAs are kept apart.');
}

/** Row X-30. The signature on the CA of the bundle is not looked at: it is trusted for being there. */
function fillStrengthRow(sheet: Sheet, { path, anchored }: PathResult): void {
  for (const [i, certificate] of path.entries()) {
    const { signatureAlgorithm: algorithm, publicKey } = certificate;
    const who = label(certificate, i);
    const { key } = publicKey;
    if (key.type === 'RSA' && key.bits < 2048) {
      sheet.fail('X-30', `${who} has an RSA key of ${key.bits} bits.`);
    }
    if (anchored && i === path.length - 1) continue;
    if (algorithm.scheme === 'unsupported') sheet.fail('X-30', `${who} is signed with ${algorithm.name}.`);
    else if (algorithm.scheme !== 'Ed25519' && algorithm.hash === 'SHA-1') {
      sheet.fail('X-30', `${who} is signed with SHA-1.`);
    }
  }
  sheet.set('X-30', 'pass', 'Strong keys and signatures.');
}
