import { type Decoded, type DecodedCertificate, type DecodedJwt, toHex } from '@muster/domain';
import { trustDomainOf } from './identity.ts';
import { type Validity, validityBetween } from './validity.ts';

/** One decoded field. Texts are the document's own, already escaped by the domain. */
export interface Fact {
  readonly term: string;
  readonly value: string;
  readonly form: 'text' | 'mono' | 'spiffe-id';
  /** Worth copying whole. */
  readonly copy?: boolean;
}

const fact = (term: string, value: string | undefined, form: Fact['form'] = 'text', copy = false): Fact[] =>
  value === undefined || value === '' ? [] : [{ term, value, form, ...(copy && { copy }) }];

/** The trust domain whose bundle the document needs. */
export function domainOf(decoded: Decoded): string | undefined {
  switch (decoded.type) {
    case 'x509-svid':
      return trustDomainOf(decoded.certificates[0]?.spiffeId);
    case 'jwt-svid':
    case 'wit-svid':
      return decoded.trustDomain ?? trustDomainOf(decoded.subject);
    case 'spiffe-id':
      return decoded.id.trustDomain;
    case 'workload-x509-response':
      return trustDomainOf(decoded.svids[0]?.spiffeId);
    default:
      return undefined;
  }
}

export function validityOf(decoded: Decoded): Validity | undefined {
  if (decoded.type === 'x509-svid') {
    const [leaf] = decoded.certificates;
    return leaf && validityBetween(leaf.notBefore, leaf.notAfter);
  }
  if (decoded.type === 'jwt-svid' || decoded.type === 'wit-svid') {
    return validityBetween(decoded.notBefore ?? decoded.issuedAt, decoded.expiresAt);
  }
  return undefined;
}

/** The fields a reviewer compares first. */
export function factsOf(decoded: Decoded): Fact[] {
  switch (decoded.type) {
    case 'x509-svid':
      return decoded.certificates[0] ? certificateFacts(decoded.certificates[0]) : [];
    case 'jwt-svid':
    case 'wit-svid':
      return tokenFacts(decoded);
    case 'spiffe-id':
      return [
        ...fact('SPIFFE ID', decoded.id.text, 'mono', true),
        ...fact('Trust domain', decoded.id.trustDomain, 'mono'),
        ...fact('Path', decoded.id.path, 'mono'),
      ];
    case 'bundle':
      return [
        ...fact('Sequence', decoded.sequence ?? 'not set'),
        ...fact('Refresh hint', decoded.refreshHint === undefined ? 'not set' : `${decoded.refreshHint} s`),
        ...fact('Keys', String(decoded.keyCount)),
      ];
    case 'bundle-map':
      return fact('Trust domains', decoded.bundles.map((bundle) => bundle.trustDomain).join(', '), 'mono');
    case 'uri':
      return [...fact('Scheme', decoded.scheme, 'mono'), ...fact('Rest', decoded.rest, 'mono')];
    case 'workload-x509-response':
      return decoded.svids.flatMap((svid) =>
        fact(svid.hint === '' ? 'SVID' : `SVID, ${svid.hint}`, svid.spiffeId, 'spiffe-id'),
      );
    case 'none':
      return [];
  }
}

export function certificateFacts(certificate: DecodedCertificate): Fact[] {
  const names = [...certificate.uris.filter((uri) => uri !== certificate.spiffeId), ...certificate.dnsNames];
  const more = certificate.nameCount - certificate.uris.length - certificate.dnsNames.length;
  return [
    ...fact('SPIFFE ID', certificate.spiffeId, 'spiffe-id', true),
    ...fact(
      'Other names',
      names.length > 0 ? `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : undefined,
      'mono',
    ),
    ...fact('Subject', certificate.subject || 'empty', 'mono'),
    ...fact('Issuer', certificate.issuer || 'empty', 'mono'),
    ...fact('Serial', certificate.serial, 'mono', true),
    ...fact('Key', certificate.keyType),
    ...fact('Signature', certificate.signatureAlgorithm),
    ...fact('Key usage', certificate.keyUsages.join(', ') || 'none'),
    ...fact('Extended', certificate.extendedKeyUsages.join(', ') || 'none'),
    ...fact(
      'CA',
      certificate.isCa
        ? `yes${certificate.pathLength === undefined ? '' : `, at most ${certificate.pathLength} below`}`
        : 'no',
    ),
    ...fact('Subject key id', certificate.subjectKeyId, 'mono'),
    ...fact('Authority key id', certificate.authorityKeyId, 'mono'),
    ...fact('SHA-256', certificate.fingerprint, 'mono', true),
  ];
}

function tokenFacts(token: DecodedJwt): Fact[] {
  return [
    ...fact('Subject', token.subject, 'spiffe-id', true),
    ...fact('Audience', token.audience.join(', '), 'mono'),
    ...fact('Algorithm', token.algorithm, 'mono'),
    ...fact('Issued', token.issuedAt, 'mono'),
    ...fact('Not before', token.notBefore, 'mono'),
    ...fact('Expires', token.expiresAt, 'mono'),
    ...fact('Key id', token.keyId, 'mono', true),
  ];
}

/** SHA-256 of the document's bytes, so that a report can be matched to it without carrying it. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))));
}
