import { ownBytes } from './bytes.ts';
import { parseCertificates } from './certificate.ts';
import { fillKeyRow } from './judge-x509.ts';
import type { Check, Judgement } from './judge-types.ts';
import { Sheet } from './sheet.ts';

/**
 * Row X-28 alone: whether a private key belongs to the leaf of `certificates`. Its evidence never repeats anything of the key, so it
 * can be kept where the key may not. Undefined when there is no certificate to compare with.
 */
export async function checkKey(certificates: Uint8Array, key: Uint8Array): Promise<Check | undefined> {
  const parsed = parseCertificates(ownBytes(certificates));
  if (!parsed.ok || parsed.value.length === 0) return undefined;
  const sheet = new Sheet(['X-28']);
  await fillKeyRow(sheet, parsed.value, ownBytes(key));
  return sheet.judgement('x509-svid-keypair', { type: 'none' }, '').checks[0];
}

/** The judgement of an X509-SVID as that of the SVID with its key, by what `checkKey` found when the key was there. */
export function withKeyCheck(judgement: Judgement, check: Check): Judgement {
  const sheet = new Sheet();
  for (const { id, verdict, evidence } of judgement.checks)
    if (id !== check.id) sheet.set(id, verdict, evidence);
  sheet.set(check.id, check.verdict, check.evidence);
  const good = judgement.verdict === 'valid' ? judgement.reason : '';
  return sheet.judgement('x509-svid-keypair', judgement.decoded, good, judgement.verdict === 'unreadable');
}
