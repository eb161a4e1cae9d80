import { type BundleSet, bundleSet } from './bundle-set.ts';
import { type Bytes, ownBytes } from './bytes.ts';
import { fillChainRows } from './chain-rows.ts';
import { type Certificate, parseCertificates } from './certificate.ts';
import { splitCredential } from './credential.ts';
import { decodeCertificate } from './decode-certificate.ts';
import type { ChainLink, DecodedX509 } from './decoded.ts';
import { escapeText } from './display.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { fillLeafRows, fillShapeRow } from './leaf-rows.ts';
import { type PathResult, SearchBudget } from './path.ts';
import { matchPrivateKey } from './private-key.ts';
import { Sheet } from './sheet.ts';

const ROWS = Array.from({ length: 30 }, (_, i) => `X-${String(i + 1).padStart(2, '0')}`);

/** Judges an X509-SVID with its intermediates, and its private key for the kind `x509-svid-keypair`. */
export async function judgeX509(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const kind = input.kind === 'x509-svid-keypair' ? input.kind : 'x509-svid';
  const sheet = new Sheet(ROWS);
  // A pair may come in one file; for any other kind a private key in the document is refused.
  const credential = kind === 'x509-svid-keypair' && !input.key ? splitCredential(bytes) : undefined;
  const key = credential?.key ?? (input.key && ownBytes(input.key));
  const certificates = parseCertificates(credential?.certificates ?? bytes);
  if (!certificates.ok || certificates.value.length === 0) {
    sheet.fail('X-01', certificates.ok ? 'There is no certificate.' : certificates.problem.message);
    return sheet.judgement(kind, { type: 'none' }, '', true);
  }
  if (key) await fillKeyRow(sheet, certificates.value, key);
  else if (kind === 'x509-svid-keypair') sheet.fail('X-28', 'There is no private key.');
  else sheet.notApplicable('X-28', 'No private key was given.');
  sheet.notApplicable('X-29', 'The SVID did not come in a Workload API response.');
  const decoded = await fillCertificateRows(
    sheet,
    certificates.value,
    bundleSet(input.bundles),
    input.at.getTime(),
    input.decode,
  );
  sheet.require([
    'X-01',
    'X-02',
    'X-03',
    'X-04',
    'X-05',
    'X-14',
    'X-15',
    'X-16',
    'X-17',
    'X-18',
    'X-19',
    'X-22',
  ]);
  return sheet.judgement(kind, decoded, 'This X509-SVID is valid and was issued by its trust domain.');
}

/** Fills X-28. The evidence never repeats anything of the key. */
export async function fillKeyRow(sheet: Sheet, [leaf]: readonly Certificate[], key: Bytes): Promise<void> {
  if (!leaf) return;
  const match = await matchPrivateKey(key, leaf.publicKey);
  if (match.ok) sheet.pass('X-28', 'The private key is PKCS#8 and belongs to the leaf.');
  else sheet.fail('X-28', match.why);
}

/** Fills the rows of the leaf and of its path. `at` is milliseconds since 1970. */
export async function fillCertificateRows(
  sheet: Sheet,
  certificates: readonly Certificate[],
  bundles: BundleSet,
  at: number,
  wanted = true,
  budget = new SearchBudget(),
): Promise<DecodedX509 | { readonly type: 'none' }> {
  const [leaf] = certificates;
  fillShapeRow(sheet, certificates);
  const scan = leaf && fillLeafRows(sheet, leaf);
  // A broken ID fails by its own row; the path is still followed, to say everything at once.
  const trustDomain = scan?.host === '' ? undefined : scan?.host?.toLowerCase();
  const result = await fillChainRows(sheet, { certificates, trustDomain, bundles, at, budget });
  return wanted ? decode(certificates, result, trustDomain) : { type: 'none' };
}

async function decode(
  certificates: readonly Certificate[],
  result: PathResult | undefined,
  trustDomain: string | undefined,
): Promise<DecodedX509> {
  const chain: ChainLink[] = [];
  for (const [index, certificate] of (result?.path ?? []).entries()) {
    const broken = (result?.problems ?? []).filter((problem) => problem.index === index);
    chain.push({
      certificate: await decodeCertificate(certificate),
      source: certificates.includes(certificate) ? 'document' : 'bundle',
      problems: broken.map((problem) => problem.evidence),
      clauses: broken.map((problem) => problem.clause),
    });
  }
  return {
    type: 'x509-svid',
    certificates: await Promise.all(certificates.map(decodeCertificate)),
    chain,
    chainComplete: result?.anchored === true && result.problems.length === 0,
    ...(result?.anchored && trustDomain !== undefined ? { bundle: escapeText(trustDomain) } : {}),
  };
}
