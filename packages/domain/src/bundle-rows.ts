import type { Bundle, BundleEntry } from './bundle.ts';
import { integerMember, usable, USES } from './bundle.ts';
import { isSelfIssued } from './certificate.ts';
import { quote } from './display.ts';
import { PRIVATE_MEMBERS } from './jwk.ts';
import { keyIdentity } from './public-key.ts';
import type { Sheet } from './sheet.ts';
import { verifyX509Signature } from './signature.ts';

export const BUNDLE_ROWS = [
  ...[
    'B-01',
    'B-02',
    'B-03',
    'B-04',
    'B-06',
    'B-07',
    'B-08',
    'B-09',
    'B-10',
    'B-11',
    'B-12',
    'B-13',
    'B-14',
    'B-15',
  ],
  ...['B-16', 'B-17', 'B-18', 'B-19', 'B-20', 'B-23'],
] as const;

/** Rows about the JSON of a SPIFFE bundle; a file of certificates has none of it. */
const JSON_ROWS = BUNDLE_ROWS.filter((id) => !['B-01', 'B-12', 'B-13', 'B-17', 'B-20'].includes(id));

/** JWK members that a SPIFFE specification defines or that RFC 7518 needs for the key itself (TD&Bundle 4.2). */
const DEFINED_MEMBERS: ReadonlySet<string> = new Set(['kty', 'use', 'kid', 'x5c', 'n', 'e', 'crv', 'x', 'y']);
/** More self-signed checks than this would let a large bundle hold the page for seconds. */
export const SELF_SIGNED_CHECKS = 200;

/** Fills the rows B-01 to B-19 and B-23 for a bundle that could be read. */
export async function fillBundleRows(
  sheet: Sheet,
  bundle: Bundle,
  budget = { selfSigned: SELF_SIGNED_CHECKS },
): Promise<void> {
  sheet.pass('B-01', 'A JSON object with a list of keys.');
  if (bundle.duplicates.length > 0) sheet.fail('B-01', `The member ${bundle.duplicates[0]} occurs twice.`);
  sheet.pass('B-02', `\`keys\` has ${bundle.entries.length} entries.`);
  fillNumbers(sheet, bundle);
  for (const entry of bundle.entries) {
    for (const finding of entry.findings) sheet.set(finding.clause, finding.severity, finding.evidence);
    fillEntry(sheet, entry, `Key ${entry.index + 1}`);
  }
  await fillAuthorities(sheet, bundle, budget);
  fillKeyIds(sheet, bundle);
  const used = USES.map((use) => ({ use, count: usable(bundle, use).length }));
  const total = used.reduce((sum, { count }) => sum + count, 0);
  // An empty list is how a trust domain withdraws its keys: the document is in order, its SVIDs are not.
  if (total === 0) sheet.warn('B-17', 'No key can be used: every SVID of this trust domain is invalid.');
  else
    sheet.pass(
      'B-17',
      used
        .filter(({ count }) => count > 0)
        .map(({ use, count }) => `${count} × ${use}`)
        .join(', '),
    );
  for (const id of ['B-08', 'B-09', 'B-18', 'B-19']) sheet.set(id, 'pass', 'Holds for every key.');
  setForUse(sheet, bundle, 'x509-svid', ['B-10', 'B-11', 'B-12', 'B-13', 'B-14']);
  setForUse(sheet, bundle, 'jwt-svid', ['B-15']);
  setForUse(sheet, bundle, 'wit-svid', ['B-23']);
}

/**
 * Fills the rows for CA certificates in PEM or DER. They are the X.509 half of a bundle: good for verifying, and the
 * form in which SPIRE and the Workload API hand it to workloads, but no SPIFFE bundle that could be published.
 */
export async function fillCertificateBundleRows(sheet: Sheet, bundle: Bundle): Promise<void> {
  sheet.warn(
    'B-01',
    'These are CA certificates, not the JSON of a SPIFFE bundle: there is no sequence, no refresh hint and no key for tokens.',
  );
  for (const id of JSON_ROWS) sheet.notApplicable(id, 'Only the JSON of a SPIFFE bundle has this.');
  for (const entry of bundle.entries) fillEntry(sheet, entry, `Certificate ${entry.index + 1}`);
  await fillAuthorities(sheet, bundle, { selfSigned: SELF_SIGNED_CHECKS });
  for (const id of ['B-12', 'B-13']) sheet.set(id, 'pass', 'Holds for every certificate.');
  sheet.pass('B-17', `${bundle.entries.length} × x509-svid`);
}

/** Fills the rows of one JWT bundle of the Workload API, a standard JWK Set (Workload API 6.2.2). */
export function fillJwtBundleRows(sheet: Sheet, bundle: Bundle): void {
  sheet.pass('B-01', 'A JSON object with a list of keys.');
  if (bundle.duplicates.length > 0) sheet.fail('B-01', `The member ${bundle.duplicates[0]} occurs twice.`);
  sheet.pass('B-02', `\`keys\` has ${bundle.entries.length} entries.`);
  for (const entry of bundle.entries) {
    for (const finding of entry.findings) sheet.set(finding.clause, finding.severity, finding.evidence);
    fillSecretRow(sheet, entry, `Key ${entry.index + 1}`);
  }
  fillKeyIds(sheet, bundle);
  const count = usable(bundle, 'jwt-svid').length;
  if (count === 0) sheet.warn('B-17', 'No key can be used: every JWT-SVID of this trust domain is invalid.');
  else sheet.pass('B-17', `${count} × jwt-svid`);
  for (const id of ['B-08', 'B-15', 'B-19', 'W-09']) sheet.set(id, 'pass', 'Holds for every key.');
}

function setForUse(sheet: Sheet, bundle: Bundle, use: string, ids: readonly string[]): void {
  const any = bundle.entries.some((entry) => entry.use === use);
  for (const id of ids) {
    if (any) sheet.set(id, 'pass', 'Holds for every key.');
    else sheet.notApplicable(id, `There is no ${use} key.`);
  }
}

function fillNumbers(sheet: Sheet, bundle: Bundle): void {
  const sequence = bundle.document?.get('spiffe_sequence');
  const hint = bundle.document?.get('spiffe_refresh_hint');
  sheet.test('B-03', sequence !== undefined, 'The sequence number is set.', 'There is no sequence number.');
  sheet.test('B-06', hint !== undefined, 'The refresh hint is set.', 'There is no refresh hint.');
  if (sequence === undefined) sheet.notApplicable('B-04', 'There is no sequence number.');
  else {
    const value = integerMember(sequence);
    sheet.test(
      'B-04',
      value !== undefined,
      `The sequence number is ${value}.`,
      'The sequence number is not an integer.',
    );
    if (value !== undefined && (value < 0n || value >= 1n << 64n)) {
      sheet.warn(
        'B-04',
        `The sequence number ${quote(String(value), 40)} does not fit an unsigned 64-bit number.`,
      );
    }
  }
  if (hint === undefined) sheet.notApplicable('B-07', 'There is no refresh hint.');
  else {
    const value = integerMember(hint);
    const holds = value !== undefined && value >= 0n;
    sheet.test(
      'B-07',
      holds,
      `The refresh hint is ${value} seconds.`,
      'The refresh hint is not a whole number of seconds.',
    );
  }
}

function fillSecretRow(sheet: Sheet, { jwk }: BundleEntry, who: string): void {
  const secret = [...(jwk?.keys() ?? [])].find((name) => PRIVATE_MEMBERS.includes(name));
  if (secret !== undefined)
    sheet.fail('B-19', `${who} has the private member \`${secret}\`: remove it and replace the key.`);
}

function fillEntry(sheet: Sheet, entry: BundleEntry, who: string): void {
  const { jwk, certificate } = entry;
  const names = [...(jwk?.keys() ?? [])];
  fillSecretRow(sheet, entry, who);
  const stranger = names.find((name) => !DEFINED_MEMBERS.has(name) && !PRIVATE_MEMBERS.includes(name));
  if (stranger !== undefined)
    sheet.fail(
      'B-18',
      `${who} has the member ${quote(stranger, 40)}, which no SPIFFE specification defines.`,
    );
  if (!certificate) return;
  const { basicConstraints, keyUsage } = certificate.extensions;
  const whose = jwk ? `${who} has a certificate that` : who;
  // X509-SVID 3.2: a CA certificate has cA and keyCertSign. Without any key usage the use is not restricted (RFC 5280
  // 4.2.1.3), so the certificate is still one of a CA; no SVID below it is valid, though.
  if (!basicConstraints?.ca) sheet.fail('B-12', `${whose} is not a CA.`);
  else if (!keyUsage) sheet.warn('B-12', `${whose} has no key usage: no X509-SVID that it signs is valid.`);
  else if (!keyUsage.usages.has('keyCertSign')) sheet.fail('B-12', `${whose} may not sign certificates.`);
}

async function fillAuthorities(sheet: Sheet, bundle: Bundle, budget: { selfSigned: number }): Promise<void> {
  for (const { certificate, index } of bundle.entries) {
    if (!certificate) continue;
    if (budget.selfSigned-- <= 0) {
      sheet.notChecked('B-13', `Only the first ${SELF_SIGNED_CHECKS} certificates were checked.`);
      return;
    }
    const { signatureAlgorithm, publicKey, signature, tbs } = certificate;
    const selfSigned =
      isSelfIssued(certificate) &&
      (await verifyX509Signature(signatureAlgorithm, publicKey, signature, tbs)).state === 'good';
    if (!selfSigned) sheet.fail('B-13', `The certificate of key ${index + 1} is not self-signed.`);
  }
}

/** Distinct kids are a SHOULD (RFC 7517 4.5); a wit-svid key must share its kid with no key at all (WIT-SVID 6.1). */
function fillKeyIds(sheet: Sheet, bundle: Bundle): void {
  const seen = new Map<string, BundleEntry>();
  for (const entry of bundle.entries) {
    if (entry.keyId === undefined) continue;
    const other = seen.get(entry.keyId);
    if (other) {
      const must = entry.use === 'wit-svid' || other.use === 'wit-svid';
      const evidence = `Keys ${other.index + 1} and ${entry.index + 1} have the same kid.`;
      sheet.set('B-16', must ? 'fail' : 'warn', evidence);
      if (must) continue;
    }
    seen.set(entry.keyId, entry);
  }
  sheet.set('B-16', 'pass', 'No two keys have the same kid.');
}

/** Whose key it is, for row B-20. Built up bundle by bundle, so that a map of a thousand stays quick. */
export class KeyOwners {
  readonly #owners = new Map<string, string>();

  add(trustDomain: string, bundle: Bundle): void {
    for (const identity of identities(bundle)) this.#owners.set(identity, trustDomain);
  }

  get size(): number {
    return this.#owners.size;
  }

  /** The trust domain that has a key of this bundle too. */
  sharing(bundle: Bundle): string | undefined {
    for (const identity of identities(bundle)) {
      const owner = this.#owners.get(identity);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}

/** Row B-20: no key of this bundle is in the bundle of another trust domain (TD&Bundle 6.2). */
export function fillSharedKeys(sheet: Sheet, bundle: Bundle, others: KeyOwners): void {
  const owner = others.sharing(bundle);
  if (owner !== undefined) sheet.fail('B-20', `A key is shared with the trust domain ${quote(owner, 80)}.`);
  else if (others.size > 0)
    sheet.set('B-20', 'pass', 'No key is shared with another trust domain that was given.');
  else sheet.notChecked('B-20', 'No bundle of another trust domain was given.');
}

function identities(bundle: Bundle): readonly string[] {
  return bundle.entries.flatMap(({ key, certificate }) => {
    const identity = certificate ? keyIdentity(certificate.publicKey.key) : key && keyIdentity(key);
    return identity === undefined ? [] : [identity];
  });
}
