import type { Certificate } from './certificate.ts';
import { type ComparedField, differs, Fields, listed, type Meaning, span } from './compare-types.ts';
import type { DecodedCertificate } from './decoded.ts';
import { escapeText } from './display.ts';
import { EXTENSION_NAMES } from './compare-names.ts';

/** A certificate with what `DecodedCertificate` does not say of it. */
export interface ComparedCertificate {
  readonly decoded: DecodedCertificate;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal; absent where the certificate itself is not at hand. */
  readonly publicKey?: string;
  readonly extensions?: readonly string[];
}

/** Extensions by name, those that are critical said so. */
export function extensionsOf({ extensions }: Certificate): readonly string[] {
  return extensions.list
    .slice(0, 100)
    .map(
      ({ oid, critical }) => `${EXTENSION_NAMES.get(oid) ?? escapeText(oid)}${critical ? ' (critical)' : ''}`,
    );
}

/** Field by field; `role` is "Leaf", "Intermediate 1", … A certificate that one side lacks is one field. */
export function compareCertificates(
  role: string,
  left: ComparedCertificate | undefined,
  right: ComparedCertificate | undefined,
): readonly ComparedField[] {
  const fields = new Fields(role);
  if (!left || !right) {
    const text = (one: ComparedCertificate | undefined) =>
      one && `${one.decoded.subject || '(empty subject)'}, serial ${one.decoded.serial}`;
    fields.add('Certificate', text(left), text(right), () => ['look', 'Only one of the chains has it.']);
    return fields.list;
  }
  const [one, two] = [left.decoded, right.decoded];
  const same = one.fingerprint === two.fingerprint;
  addIdentity(fields, one, two);
  addIssue(fields, left, right, same);
  addValidity(fields, one, two);
  addUse(fields, one, two);
  fields.add('Extensions', listed(left.extensions ?? []), listed(right.extensions ?? []));
  fields.add('SHA-256', one.fingerprint, two.fingerprint);
  return fields.list;
}

function addIdentity(fields: Fields, one: DecodedCertificate, two: DecodedCertificate): void {
  fields.add(
    'SPIFFE ID',
    one.spiffeId,
    two.spiffeId,
    differs('bad', 'Another identity: the two are not SVIDs of one workload.'),
  );
  const others = (certificate: DecodedCertificate) =>
    listed(certificate.uris.filter((uri) => uri !== certificate.spiffeId));
  fields.add('Other URI names', others(one), others(two), () => [
    'bad',
    'An SVID has exactly one URI name (X509-SVID 2).',
  ]);
  fields.add('DNS names', listed(one.dnsNames), listed(two.dnsNames), namesMeaning(one, two));
  // Only the first hundred of each are listed.
  if ([one, two].some(({ nameCount, uris, dnsNames }) => nameCount > uris.length + dnsNames.length))
    fields.add('Names in all', String(one.nameCount), String(two.nameCount));
  fields.add('Subject', one.subject || '(empty)', two.subject || '(empty)');
}

function namesMeaning(one: DecodedCertificate, two: DecodedCertificate) {
  return (): Meaning | undefined => {
    const added = two.dnsNames.filter((name) => !one.dnsNames.includes(name));
    const gone = one.dnsNames.filter((name) => !two.dnsNames.includes(name));
    if (added.length > 0)
      return [
        'look',
        `It may now also serve as ${listed(added)}${gone.length > 0 ? `, and no longer as ${listed(gone)}` : ''}.`,
      ];
    return gone.length > 0 ? ['look', `It may no longer serve as ${listed(gone)}.`] : undefined;
  };
}

function addIssue(
  fields: Fields,
  left: ComparedCertificate,
  right: ComparedCertificate,
  same: boolean,
): void {
  const [one, two] = [left.decoded, right.decoded];
  const sameIssuer = one.issuer === two.issuer && one.authorityKeyId === two.authorityKeyId;
  fields.add('Serial', one.serial, two.serial, (state) =>
    same
      ? undefined
      : state === 'equal'
        ? sameIssuer
          ? ['bad', 'Two certificates of one issuer with one serial: RFC 5280 4.1.2.2 forbids that.']
          : undefined
        : ['good', 'Each certificate of an issuer has a serial of its own.'],
  );
  fields.add('Issuer', one.issuer || '(empty)', two.issuer || '(empty)', differs('look', 'Another issuer.'));
  fields.add('Authority key id', one.authorityKeyId, two.authorityKeyId, (state) =>
    state === 'equal'
      ? undefined
      : [
          'look',
          one.issuer === two.issuer
            ? 'Another key under the same name signed it: the authority was rotated in between.'
            : 'Another key signed it.',
        ],
  );
  fields.add('Key', one.keyType, two.keyType, differs('look', 'Another kind or size of key.'));
  fields.add('Public key, SHA-256', left.publicKey, right.publicKey, keyMeaning(same));
  fields.add('Subject key id', one.subjectKeyId, two.subjectKeyId, (state) =>
    left.publicKey === undefined ? keyMeaning(same)(state) : undefined,
  );
  fields.add('Signed with', one.signatureAlgorithm, two.signatureAlgorithm);
}

function keyMeaning(same: boolean) {
  return (state: string): Meaning | undefined => {
    if (same) return undefined;
    return state === 'equal'
      ? [
          'look',
          'The key was kept: whoever has the private key of the one can use the other. SPIRE makes a new key at each rotation.',
        ]
      : ['good', 'A new key, as after a rotation.'];
  };
}

function addValidity(fields: Fields, one: DecodedCertificate, two: DecodedCertificate): void {
  fields.add('Not before', one.notBefore, two.notBefore);
  fields.add('Not after', one.notAfter, two.notAfter);
  const time = (text: string) => new Date(text).getTime();
  const [first, second] = [
    time(one.notAfter) - time(one.notBefore),
    time(two.notAfter) - time(two.notBefore),
  ];
  fields.add('Valid for', span(first), span(second), (state) =>
    state === 'equal'
      ? undefined
      : [
          second > first ? 'look' : 'plain',
          `${second > first ? 'Longer' : 'Shorter'} by ${span(Math.abs(second - first))}.`,
        ],
  );
  const gap = time(two.notBefore) - time(one.notAfter);
  // Only of two that follow one another, and only where there is a hole: an overlap is how it should be.
  if (gap > 0)
    fields.add('Gap', 'none before it', span(gap), () => [
      'look',
      `Between the two there were ${span(gap)} in which neither was valid.`,
    ]);
}

function addUse(fields: Fields, one: DecodedCertificate, two: DecodedCertificate): void {
  fields.add('Key usage', listed(one.keyUsages), listed(two.keyUsages), differs('look', 'Other uses.'));
  fields.add('Extended key usage', listed(one.extendedKeyUsages), listed(two.extendedKeyUsages));
  const ca = ({ isCa }: DecodedCertificate) => (isCa ? 'yes' : 'no');
  fields.add('CA', ca(one), ca(two), (state) =>
    state === 'equal'
      ? undefined
      : [
          'bad',
          two.isCa
            ? 'It may now issue certificates: it is an authority, no identity.'
            : 'It may no longer issue certificates.',
        ],
  );
  const length = ({ pathLength }: DecodedCertificate) =>
    pathLength === undefined ? undefined : String(pathLength);
  fields.add('Path length', length(one), length(two), differs('look', 'Another number of CAs below it.'));
}
