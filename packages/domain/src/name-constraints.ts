import { type Bytes, toLatin1 } from './bytes.ts';
import type { Certificate } from './certificate.ts';
import { readText } from './der.ts';
import { startsWithName } from './distinguished-name.ts';
import { quote } from './display.ts';
import type { NameConstraints, Subtree } from './extensions.ts';
import type { GeneralName } from './general-names.ts';
import { OID } from './oid.ts';

/** Comparisons of one path search. A few thousand names against a few thousand subtrees are no honest certificate. */
const MOST_COMPARISONS = 200_000;

/** Name constraints for one path search: each pair of certificates is compared once, and all of them within bounds. */
export class NameCheck {
  readonly #known = new Map<NameConstraints, Map<Certificate, string | undefined>>();
  #left = MOST_COMPARISONS;

  /** The reason why the names of `certificate` break these constraints, or undefined. */
  problem(constraints: NameConstraints, certificate: Certificate): string | undefined {
    const row = this.#known.get(constraints) ?? new Map<Certificate, string | undefined>();
    this.#known.set(constraints, row);
    if (row.has(certificate)) return row.get(certificate);
    const names = constrainedNames(certificate);
    this.#left -= (names.length + 1) * (constraints.permitted.length + constraints.excluded.length);
    const problem =
      this.#left < 0 ? 'There are too many names to check.' : constraintProblem(constraints, names);
    row.set(certificate, problem);
    return problem;
  }
}

/**
 * The reason why names break the constraints of a CA above them, or undefined (RFC 5280 4.2.1.10, X509-SVID 4.2). A constraint of a form that is not understood is refused when it is critical, whether or not such a
 * name is present; when it is not critical, only in front of a name of that form.
 */
function constraintProblem(constraints: NameConstraints, names: readonly GeneralName[]): string | undefined {
  const { permitted, excluded } = constraints;
  for (const subtree of [...permitted, ...excluded]) {
    if (
      !constraints.critical &&
      subtree.base.kind === 'other' &&
      !names.some((name) => sameForm(name, subtree))
    )
      continue;
    const broken = brokenSubtree(subtree);
    if (broken) return broken;
  }
  for (const name of names) {
    const hit = excluded.find((subtree) => matches(name, subtree.base));
    if (hit) return `${describe(name)} is in the excluded names.`;
    const bases = permitted.filter((subtree) => sameForm(name, subtree));
    if (bases.length > 0 && !bases.some((subtree) => matches(name, subtree.base))) {
      return `${describe(name)} is outside the permitted names.`;
    }
  }
  return undefined;
}

function sameForm(name: GeneralName, { base }: Subtree): boolean {
  return name.kind === 'other' && base.kind === 'other' ? name.tag === base.tag : name.kind === base.kind;
}

function brokenSubtree({ base, plain }: Subtree): string | undefined {
  if (!plain) return 'A name constraint uses minimum or maximum.';
  if (base.kind === 'other') return 'A name constraint of a kind that is not understood.';
  if (base.kind === 'uri') {
    // Only a host or a domain can stand here: `spiffe://example.org` would silently match nothing.
    const text = toLatin1(base.bytes);
    return /^[A-Za-z0-9._-]*$/u.test(text)
      ? undefined
      : `The URI constraint ${quote(text)} is not a host name.`;
  }
  if (base.kind === 'ip' && base.bytes.length !== 8 && base.bytes.length !== 32)
    return 'An IP constraint is broken.';
  return undefined;
}

/** Names of the SAN and of the subject (RFC 5280 6.1.3 b, c). */
function constrainedNames(certificate: Certificate): readonly GeneralName[] {
  const { subject, extensions } = certificate;
  const names: GeneralName[] = [...extensions.altNames];
  if (subject.rdns.length > 0) names.push({ kind: 'directory', name: subject });
  if (!names.some((name) => name.kind === 'email')) {
    for (const { type, value } of subject.rdns.flat()) {
      if (type === OID.emailAddress) names.push({ kind: 'email', text: readText(value) ?? '' });
    }
  }
  return names;
}

function matches(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'uri' && base.kind === 'uri') return matchesUri(name.bytes, toLatin1(base.bytes));
  if (name.kind === 'dns' && base.kind === 'dns') return matchesDns(name.text, base.text);
  if (name.kind === 'email' && base.kind === 'email') return matchesEmail(name.text, base.text);
  if (name.kind === 'ip' && base.kind === 'ip') return matchesIp(name.bytes, base.bytes);
  if (name.kind === 'directory' && base.kind === 'directory') return startsWithName(name.name, base.name);
  return false;
}

/**
 * Host of the URI against a host or, with a leading dot, against every name below a domain. SPIFFE-ID 2.1 forbids
 * treating a trust domain that looks like an IP address differently, so the RFC's rule to refuse it is not applied.
 */
function matchesUri(uri: Bytes, base: string): boolean {
  const host = /^[^:/?#]+:\/\/(?:[^/?#]*@)?([^/?#:]+)/u.exec(toLatin1(uri))?.[1];
  if (host === undefined) return false;
  return base === '' || matchesHost(host.toLowerCase(), base.toLowerCase());
}

function matchesHost(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) && host.length > base.length : host === base;
}

/** RFC 5280 knows no leading dot here; where one is written it means names below only, as Go and OpenSSL read it. */
function matchesDns(name: string, base: string): boolean {
  const [host, domain] = [name.toLowerCase(), base.toLowerCase()];
  if (domain.startsWith('.')) return matchesHost(host, domain);
  return domain === '' || host === domain || host.endsWith(`.${domain}`);
}

function matchesEmail(name: string, base: string): boolean {
  const at = name.lastIndexOf('@');
  if (base.includes('@')) {
    const baseAt = base.lastIndexOf('@');
    return name.slice(0, at) === base.slice(0, baseAt) && same(name.slice(at + 1), base.slice(baseAt + 1));
  }
  return matchesHost(name.slice(at + 1).toLowerCase(), base.toLowerCase());
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function matchesIp(address: Bytes, base: Bytes): boolean {
  if (base.length !== address.length * 2) return false;
  const size = address.length;
  return address.every((byte, i) => {
    const mask = base[size + i] ?? 0xff;
    return (byte & mask) === ((base[i] ?? 0) & mask);
  });
}

function describe(name: GeneralName): string {
  switch (name.kind) {
    case 'uri':
      return `The URI ${quote(toLatin1(name.bytes))}`;
    case 'dns':
    case 'email':
      return `The name ${quote(name.text)}`;
    case 'ip':
      return 'An IP address';
    case 'directory':
      return `The name ${quote(name.name.text)}`;
    case 'other':
      return 'A name of a kind that is not understood';
  }
}
