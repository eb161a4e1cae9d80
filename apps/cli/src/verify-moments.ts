import type { Decoded, DecodedBundle, DecodedCertificate } from '@muster/domain';

/**
 * The first moment after `at` (milliseconds since 1970) at which a certificate or token in a document begins or ends,
 * so that its verdict may change without the file. X.509 validity includes its last second (RFC 5280 4.1.2.5), `exp` does not
 * (RFC 7519 4.1.4).
 */
export function nextMoment(decoded: Decoded, at: number): number | undefined {
  const moments = momentsOf(decoded).filter((moment) => moment > at);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** When the document itself ends: the leaf's `notAfter`, the token's `exp`. */
export function endOf(decoded: Decoded): number | undefined {
  const text =
    decoded.type === 'x509-svid'
      ? decoded.certificates[0]?.notAfter
      : decoded.type === 'jwt-svid' || decoded.type === 'wit-svid'
        ? decoded.expiresAt
        : undefined;
  const end = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(end) ? undefined : end;
}

function momentsOf(decoded: Decoded): number[] {
  switch (decoded.type) {
    case 'x509-svid':
      return [...decoded.certificates, ...decoded.chain.map(({ certificate }) => certificate)].flatMap(
        certificate,
      );
    case 'jwt-svid':
    case 'wit-svid':
      return [decoded.notBefore, decoded.expiresAt].flatMap((text) => moment(text, 0));
    case 'bundle':
      return bundle(decoded);
    case 'bundle-map':
      return decoded.bundles.flatMap(bundle);
    case 'workload-x509-response':
      return decoded.svids.flatMap(({ svid }) => momentsOf(svid));
    default:
      return [];
  }
}

const certificate = ({ notBefore, notAfter }: DecodedCertificate): number[] => [
  ...moment(notBefore, 0),
  ...moment(notAfter, 1),
];

const bundle = ({ keys }: DecodedBundle): number[] =>
  keys.flatMap((key) => (key.certificate ? certificate(key.certificate) : []));

function moment(text: string | undefined, after: number): number[] {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? [] : [at + after];
}
