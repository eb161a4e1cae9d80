import { toHex, toLatin1 } from './bytes.ts';
import type { Certificate } from './certificate.ts';
import { dnsNames, spiffeNames, uriNames } from './certificate-names.ts';
import type { DecodedCertificate } from './decoded.ts';
import { escapeText } from './display.ts';
import { limits } from './limits.ts';
import { EXTENDED_KEY_USAGES } from './oid.ts';
import { iso } from './path-rules.ts';
import { describeKey } from './public-key.ts';
import { describeScheme } from './signature-algorithm.ts';
import { parseSpiffeId } from './spiffe-id.ts';
import { sha256 } from './digest.ts';

/** The facts of a certificate as text for display. */
export function decodeCertificate(certificate: Certificate): Promise<DecodedCertificate> {
  const known = decoded.get(certificate);
  if (known) return known;
  const fresh = decode(certificate);
  decoded.set(certificate, fresh);
  return fresh;
}

/** One certificate is shown in more than one place, and that of a bundle with many documents. */
const decoded = new WeakMap<Certificate, Promise<DecodedCertificate>>();

async function decode(certificate: Certificate): Promise<DecodedCertificate> {
  const { extensions } = certificate;
  const { subjectKeyId, authorityKeyId, basicConstraints } = extensions;
  const uris = uriNames(certificate);
  const ids = spiffeNames(certificate);
  const [id] = ids;
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: toHex(certificate.serial.subarray(0, 64)),
    notBefore: iso(certificate.notBefore),
    notAfter: iso(certificate.notAfter),
    ...(id && ids.length === 1 ? { spiffeId: show(toLatin1(id)) } : {}),
    spiffeIdValid: uris.length === 1 && id !== undefined && parseSpiffeId(id).ok,
    uris: uris.slice(0, limits.namesShown).map((uri) => show(toLatin1(uri))),
    dnsNames: dnsNames(certificate).slice(0, limits.namesShown).map(show),
    nameCount: extensions.altNames.length,
    keyType: describeKey(certificate.publicKey.key),
    signatureAlgorithm: describeScheme(certificate.signatureAlgorithm),
    ...(subjectKeyId ? { subjectKeyId: toHex(subjectKeyId.subarray(0, 64)) } : {}),
    ...(authorityKeyId ? { authorityKeyId: toHex(authorityKeyId.subarray(0, 64)) } : {}),
    fingerprint: toHex(await sha256(certificate.der)),
    keyUsages: [...(extensions.keyUsage?.usages ?? [])],
    extendedKeyUsages: (extensions.extendedKeyUsage ?? [])
      .slice(0, limits.namesShown)
      .map((oid) => EXTENDED_KEY_USAGES.get(oid) ?? oid),
    isCa: basicConstraints?.ca ?? false,
    ...(basicConstraints?.pathLength === undefined ? {} : { pathLength: basicConstraints.pathLength }),
  };
}

function show(text: string): string {
  return escapeText(text.slice(0, 2100));
}
