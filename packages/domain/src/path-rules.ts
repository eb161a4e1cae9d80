import { type Certificate, isSelfIssued } from './certificate.ts';
import { spiffeNames, uriNames } from './certificate-names.ts';
import { equalNames } from './distinguished-name.ts';
import { quote } from './display.ts';
import { NameCheck } from './name-constraints.ts';
import { OID } from './oid.ts';
import { policyProblem } from './policies.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

/** One clause that a certification path breaks, and at which certificate (0 is the leaf). */
export interface PathProblem {
  readonly clause: string;
  readonly index: number;
  readonly evidence: string;
  /** The path ends here without having reached the bundle. */
  readonly unanchored?: true;
}

/** Extensions whose meaning this validator applies, so that they may be critical (RFC 5280 4.2). */
const PROCESSED: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.subjectKeyId,
  OID.authorityKeyId,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
]);

/**
 * Every rule for a path except signatures (RFC 5280 6.1, X509-SVID 3 and 4). `path` runs from the leaf to the CA of
 * the bundle, which is checked like any other signing certificate. `at` is milliseconds since 1970.
 */
export function pathProblems(
  path: readonly Certificate[],
  at: number,
  names = new NameCheck(),
): readonly PathProblem[] {
  const problems = path.flatMap((certificate, index) => [
    ...certificateProblems(certificate, index, at),
    ...(index > 0 ? signerProblems(certificate, index, path) : []),
    ...nameProblems(path, index, names),
  ]);
  const index = policyProblem(path);
  const broken = index === undefined ? undefined : path[index];
  if (index !== undefined && broken) {
    const evidence = `${label(broken, index)} has no certificate policy that its authorities allow, and they require one.`;
    problems.push({ clause: 'X-22', index, evidence });
  }
  return problems;
}

function certificateProblems(certificate: Certificate, index: number, at: number): PathProblem[] {
  const problems: PathProblem[] = [];
  const add = (clause: string, evidence: string) => problems.push({ clause, index, evidence });
  const who = label(certificate, index);
  if (at < certificate.notBefore) add('X-16', `${who} is not valid before ${iso(certificate.notBefore)}.`);
  if (at > certificate.notAfter) add('X-16', `${who} expired at ${iso(certificate.notAfter)}.`);
  const { duplicates, malformed, list } = certificate.extensions;
  if (duplicates.length > 0) add('X-22', `${who} has the extension ${duplicates[0]} twice.`);
  if (malformed.length > 0) add('X-22', `${who} has a broken extension ${malformed[0]}.`);
  const unknown = list.find((extension) => extension.critical && !PROCESSED.has(extension.oid));
  if (unknown) add('X-22', `${who} has the critical extension ${unknown.oid}, which is not understood.`);
  return problems;
}

function signerProblems(ca: Certificate, index: number, path: readonly Certificate[]): PathProblem[] {
  const problems: PathProblem[] = [];
  const add = (clause: string, evidence: string) => problems.push({ clause, index, evidence });
  const who = label(ca, index);
  const { basicConstraints, keyUsage } = ca.extensions;
  if (!basicConstraints?.ca) add('X-18', `${who} is not a CA (cA is not true).`);
  if (!keyUsage?.usages.has('keyCertSign')) add('X-19', `${who} does not set keyCertSign.`);
  const limit = basicConstraints?.pathLength;
  const below = path.slice(1, index).filter((certificate) => !isSelfIssued(certificate)).length;
  if (limit !== undefined && below > limit) {
    add('X-20', `${who} allows ${limit} CA certificates below it; there are ${below}.`);
  }
  const child = path[index - 1];
  if (child && !equalNames(child.issuer, ca.subject)) {
    add('X-17', `The issuer ${quote(child.issuer.text)} is not the subject ${quote(ca.subject.text)}.`);
  }
  const ids = spiffeNames(ca);
  if (ids.length === 0) return problems;
  if (uriNames(ca).length > 1) add('X-25', `${who} is an SVID with ${uriNames(ca).length} URI names.`);
  if (ids.some((id) => scanSpiffeId(id).path !== '')) add('X-23', `${who} has a SPIFFE ID with a path.`);
  if (!keyUsage) add('X-06', `${who} is an SVID without key usage.`);
  else if (!keyUsage.critical) add('X-07', `${who} is an SVID whose key usage is not critical.`);
  return problems;
}

/** Constraints of every CA above apply to each certificate, except to self-issued ones in between. */
function nameProblems(path: readonly Certificate[], index: number, names: NameCheck): PathProblem[] {
  const certificate = path[index];
  if (!certificate || (index > 0 && isSelfIssued(certificate))) return [];
  for (const [above, ca] of path.entries()) {
    const constraints = ca.extensions.nameConstraints;
    if (above <= index || !constraints) continue;
    const problem = names.problem(constraints, certificate);
    if (problem)
      return [{ clause: 'X-21', index, evidence: `${problem} The constraint is in ${label(ca, above)}.` }];
  }
  return [];
}

export function label(certificate: Certificate, index: number): string {
  if (index === 0) return 'The leaf';
  return `The CA certificate ${quote(certificate.subject.text || '(no subject)', 80)}`;
}

/** ISO 8601 in UTC without milliseconds. */
export function iso(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
