import type {
  Decoded,
  DecodedBundle,
  DecodedCertificate,
  DecodedJwt,
  DecodedMember,
  DecodedX509,
} from './decoded.ts';
import type { ReportFacts, ReportToken } from './report-types.ts';

/** Facts under a heading. `values` are the document's own words. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly (readonly [term: string, value: string])[];
}

export function isToken(decoded: Decoded): decoded is DecodedJwt {
  return decoded.type === 'jwt-svid' || decoded.type === 'wit-svid';
}

/** The SPIFFE ID of a document, where it has one. */
export function spiffeIdOf(decoded: Decoded): string | undefined {
  switch (decoded.type) {
    case 'x509-svid':
      return decoded.certificates[0]?.spiffeId;
    case 'jwt-svid':
    case 'wit-svid':
      return decoded.subject;
    case 'spiffe-id':
      return decoded.id.text;
    case 'workload-x509-response':
      return decoded.svids[0]?.spiffeId;
    default:
      return undefined;
  }
}

/** Begin and end of a document's validity, as far as it says them. */
export function validityOf(decoded: Decoded): { readonly notBefore?: string; readonly notAfter?: string } {
  if (isToken(decoded)) {
    const from = decoded.notBefore ?? decoded.issuedAt;
    return {
      ...(from !== undefined && { notBefore: from }),
      ...(decoded.expiresAt !== undefined && { notAfter: decoded.expiresAt }),
    };
  }
  const leaf =
    decoded.type === 'x509-svid'
      ? decoded.certificates[0]
      : decoded.type === 'workload-x509-response' && decoded.svids[0]?.svid.type === 'x509-svid'
        ? decoded.svids[0].svid.certificates[0]
        : undefined;
  return leaf ? { notBefore: leaf.notBefore, notAfter: leaf.notAfter } : {};
}

/** What a document says, in groups for a page: the leaf, each link of the chain, each key. */
export function factGroups(facts: ReportFacts): FactGroup[] {
  switch (facts.type) {
    case 'none':
      return [];
    case 'x509-svid':
      return x509Groups(facts, '');
    case 'jwt-svid':
    case 'wit-svid':
      return tokenGroups(facts);
    case 'spiffe-id':
      return group('SPIFFE ID', [
        ['SPIFFE ID', facts.id.text],
        ['Trust domain', facts.id.trustDomain],
        ['Path', facts.id.path],
      ]);
    case 'uri':
      return group('Address', [
        ['Scheme', facts.scheme],
        ['Rest', facts.rest],
      ]);
    case 'bundle':
      return bundleGroups(facts, '');
    case 'bundle-map':
      return facts.bundles.flatMap((bundle) => bundleGroups(bundle, ` of ${bundle.trustDomain}`));
    case 'workload-x509-response':
      return facts.svids.flatMap(({ spiffeId, hint, svid }, index) => [
        ...group(`SVID ${index + 1}`, [
          ['SPIFFE ID', spiffeId],
          ['Hint', hint],
        ]),
        ...(svid.type === 'none' ? [] : x509Groups(svid, `SVID ${index + 1}: `)),
      ]);
  }
}

type Row = readonly [term: string, value: string | undefined];

function group(title: string, rows: readonly Row[]): FactGroup[] {
  const facts = rows.flatMap(([term, value]) =>
    value === undefined || value === '' ? [] : [[term, value] as const],
  );
  return facts.length === 0 ? [] : [{ title, facts }];
}

function x509Groups(svid: DecodedX509, prefix: string): FactGroup[] {
  const inChain = new Set(svid.chain.map(({ certificate }) => certificate.fingerprint));
  const beside = svid.certificates.filter(({ fingerprint }) => !inChain.has(fingerprint));
  return [
    ...group(`${prefix}Chain`, [
      [
        'Ends',
        svid.chainComplete
          ? `at a CA of the bundle of ${svid.bundle ?? 'its trust domain'}`
          : 'without having reached the bundle',
      ],
      ['Certificates in the document', String(svid.certificates.length)],
    ]),
    ...svid.chain.flatMap(({ certificate, source, problems }, index) =>
      certificateGroup(
        `${prefix}${index === 0 ? 'Leaf' : `Signer ${index}`}, from the ${source}`,
        certificate,
        problems,
      ),
    ),
    ...beside.flatMap((certificate) =>
      certificateGroup(`${prefix}In the document, not in the chain`, certificate, []),
    ),
  ];
}

function certificateGroup(
  title: string,
  certificate: DecodedCertificate,
  problems: readonly string[],
): FactGroup[] {
  const names = [...certificate.uris.filter((uri) => uri !== certificate.spiffeId), ...certificate.dnsNames];
  const more = certificate.nameCount - certificate.uris.length - certificate.dnsNames.length;
  const below = certificate.pathLength === undefined ? '' : `, at most ${certificate.pathLength} below`;
  return group(title, [
    ...problems.map((problem): Row => ['The chain breaks here', problem]),
    ['SPIFFE ID', certificate.spiffeId],
    ['Other names', [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')],
    ['Subject', certificate.subject || 'empty'],
    ['Issuer', certificate.issuer || 'empty'],
    ['Serial', certificate.serial],
    ['Valid', `${certificate.notBefore} to ${certificate.notAfter}`],
    ['Key', certificate.keyType],
    ['Signature', certificate.signatureAlgorithm],
    ['Key usage', certificate.keyUsages.join(', ') || 'none'],
    ['Extended key usage', certificate.extendedKeyUsages.join(', ') || 'none'],
    ['CA', certificate.isCa ? `yes${below}` : 'no'],
    ['Subject key id', certificate.subjectKeyId],
    ['Authority key id', certificate.authorityKeyId],
    ['SHA-256', certificate.fingerprint],
  ]);
}

function tokenGroups(token: ReportToken): FactGroup[] {
  const { signedBy } = token;
  return [
    ...group('Token', [
      ['Subject', token.subject],
      ['Audience', token.audience.join(', ')],
      ['Algorithm', token.algorithm],
      ['Key id', token.keyId],
      ['Issued', token.issuedAt],
      ['Not before', token.notBefore],
      ['Expires', token.expiresAt],
      [
        'Signed by',
        signedBy === undefined
          ? 'no key of the bundles that were given'
          : `${signedBy.keyType} key ${signedBy.keyId ?? 'without an id'} of ${signedBy.trustDomain}`,
      ],
    ]),
    ...group('Header', (token.header ?? []).map(member)),
    ...group('Claims', (token.claims ?? []).map(member)),
  ];
}

const member = ({ name, value }: DecodedMember): Row => [name, value];

function bundleGroups(bundle: DecodedBundle, of: string): FactGroup[] {
  return [
    ...group(`Bundle${of}`, [
      ['Sequence', bundle.sequence ?? 'not set'],
      ['Refresh hint', bundle.refreshHint === undefined ? 'not set' : `${bundle.refreshHint} s`],
      ['Keys', String(bundle.keyCount)],
    ]),
    ...bundle.keys.flatMap((key, index) =>
      group(`Key ${index + 1}${of}`, [
        ['Use', key.use || 'not set'],
        ['Key id', key.keyId],
        ['Key', key.keyType],
        ['SHA-256', key.fingerprint],
        ['Subject', key.certificate?.subject],
        ['Valid', key.certificate && `${key.certificate.notBefore} to ${key.certificate.notAfter}`],
        ['Subject key id', key.certificate?.subjectKeyId],
        ['Ignored', key.usable ? undefined : (key.note ?? 'it cannot be used')],
      ]),
    ),
  ];
}
