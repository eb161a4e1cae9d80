import { type Bytes, toLatin1 } from './bytes.ts';
import type { Certificate } from './certificate.ts';
import { uriNames } from './certificate-names.ts';
import { quote } from './display.ts';
import { OID } from './oid.ts';
import type { Sheet } from './sheet.ts';
import { type IdScan, scanSpiffeId } from './spiffe-id-scan.ts';

/** Fills X-02 to X-13 and X-27 for the leaf. Answers the scan of its SPIFFE ID when there is one URI name. */
export function fillLeafRows(sheet: Sheet, leaf: Certificate): IdScan | undefined {
  const uris = uriNames(leaf);
  sheet.test(
    'X-02',
    uris.length === 1,
    'There is one URI name.',
    `There are ${uris.length === 0 ? 'no' : uris.length} URI names.`,
  );
  const scan = fillIdRows(sheet, uris);
  fillUsageRows(sheet, leaf);
  const { altNameCritical } = leaf.extensions;
  if (leaf.subject.rdns.length > 0) sheet.notApplicable('X-13', 'The subject is not empty.');
  else
    sheet.test(
      'X-13',
      altNameCritical === true,
      'The SAN is critical.',
      'The subject is empty and the SAN is not critical.',
    );
  return scan;
}

function fillIdRows(sheet: Sheet, uris: readonly Bytes[]): IdScan | undefined {
  const [uri] = uris;
  if (!uri || uris.length > 1) {
    for (const id of ['X-03', 'X-04']) sheet.notApplicable(id, 'There is not exactly one URI name.');
    return uri && scanSpiffeId(uri);
  }
  const scan = scanSpiffeId(uri);
  const text = quote(toLatin1(uri.subarray(0, 300)));
  const broken = scan.findings.filter((finding) => finding.severity === 'fail');
  const why = broken.map((finding) => `${finding.clause}: ${finding.evidence}`).join(' ');
  sheet.test(
    'X-03',
    broken.length === 0,
    `${text} is a valid SPIFFE ID.`,
    `${text} is not a SPIFFE ID. ${why}`,
  );
  // The row of the broken clause itself too, so that the sheet leads to the rule.
  for (const finding of scan.findings) sheet.set(finding.clause, finding.severity, finding.evidence);
  sheet.test(
    'X-04',
    scan.path.length > 1,
    `The path is ${quote(scan.path.slice(0, 300))}.`,
    `${text} has no path.`,
  );
  return scan;
}

function fillUsageRows(sheet: Sheet, leaf: Certificate): void {
  const { basicConstraints, keyUsage, extendedKeyUsage } = leaf.extensions;
  const ca = basicConstraints?.ca === true;
  // An absent extension means FALSE (RFC 5280 4.2.1.9), and that is what 4.1 asks for.
  sheet.test(
    'X-05',
    !ca,
    basicConstraints ? 'cA is false.' : 'There are no basic constraints, which means false.',
    'The leaf is a CA certificate.',
  );
  sheet.test('X-06', keyUsage !== undefined, 'Key usage is present.', 'There is no key usage extension.');
  const usages = keyUsage?.usages;
  if (!keyUsage || !usages) {
    for (const id of ['X-07', 'X-08', 'X-09', 'X-10'])
      sheet.notApplicable(id, 'There is no key usage extension.');
  } else {
    sheet.test('X-07', keyUsage.critical, 'It is critical.', 'Key usage is not critical.');
    sheet.test(
      'X-08',
      usages.has('digitalSignature'),
      'It is set.',
      'The leaf does not set digitalSignature.',
    );
    sheet.test('X-09', !usages.has('keyCertSign'), 'It is not set.', 'The leaf sets keyCertSign.');
    sheet.test('X-10', !usages.has('cRLSign'), 'It is not set.', 'The leaf sets cRLSign.');
    const caUse = (['keyCertSign', 'cRLSign'] as const).find((usage) => usages.has(usage));
    if (caUse) sheet.fail('X-26', `The leaf sets ${caUse}, which is for signing certificates.`);
  }
  // Appendix A: each of the two is set if and only if the SVID is a signing certificate.
  sheet.test(
    'X-27',
    !ca && usages?.has('keyCertSign') !== true,
    'The leaf is not a signing certificate.',
    'A signing certificate is presented as an identity.',
  );
  if (!extendedKeyUsage) {
    const present = leaf.extensions.list.some((extension) => extension.oid === OID.extendedKeyUsage);
    if (present) sheet.fail('X-11', 'The extended key usage is broken.');
    else sheet.notApplicable('X-11', 'There is no extended key usage.');
    sheet.test('X-12', present, 'Extended key usage is present.', 'There is no extended key usage.');
    return;
  }
  sheet.pass('X-12', 'Extended key usage is present.');
  const both = extendedKeyUsage.includes(OID.serverAuth) && extendedKeyUsage.includes(OID.clientAuth);
  sheet.test(
    'X-11',
    both,
    'It has serverAuth and clientAuth.',
    'The extended key usage lacks serverAuth or clientAuth.',
  );
}

/** Row X-01 beyond parsing, and X-22 for certificates outside the path: extensions readable, and no second leaf among the certificates that follow. */
export function fillShapeRow(sheet: Sheet, certificates: readonly Certificate[]): void {
  const broken = certificates.find((certificate) => certificate.extensions.malformed.length > 0);
  if (broken) sheet.fail('X-01', `The extension ${broken.extensions.malformed[0]} is broken.`);
  // The rows of the path see only what is on it; what is carried along must be a proper certificate too.
  const twice = certificates.find((certificate) => certificate.extensions.duplicates.length > 0);
  if (twice) sheet.fail('X-22', `A certificate has the extension ${twice.extensions.duplicates[0]} twice.`);
  const [leaf, ...others] = certificates;
  const stray = others.find(
    (certificate) => !certificate.extensions.basicConstraints?.ca && !signs(certificate, certificates),
  );
  if (leaf && stray) sheet.fail('X-01', 'There is a second certificate that is neither the leaf nor a CA.');
  sheet.set(
    'X-01',
    'pass',
    `${certificates.length === 1 ? 'One certificate' : `${certificates.length} certificates`}, read to the end.`,
  );
}

/** A certificate that names another as its issuer is meant as an intermediate; what it lacks is told by X-18. */
function signs(certificate: Certificate, certificates: readonly Certificate[]): boolean {
  const subject = certificate.subject.keys.join();
  return certificates.some((other) => other !== certificate && other.issuer.keys.join() === subject);
}
