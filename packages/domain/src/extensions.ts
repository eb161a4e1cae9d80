import type { Bytes } from './bytes.ts';
import {
  children,
  contextTag,
  type Der,
  DerCursor,
  DerError,
  expectTag,
  readBitNumbers,
  readBoolean,
  readOid,
  readOnlyDer,
  readSmallInteger,
  TAG,
} from './der.ts';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-names.ts';
import { KEY_USAGES, type KeyUsage, OID } from './oid.ts';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Bytes;
}

export interface Subtree {
  readonly base: GeneralName;
  /** False when a minimum above 0 or a maximum is used, which RFC 5280 4.2.1.10 forbids. */
  readonly plain: boolean;
}

export interface NameConstraints {
  readonly critical: boolean;
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

/** What the extensions of one certificate say. Broken ones are named in `malformed` and read as absent. */
export interface ExtensionFacts {
  readonly list: readonly Extension[];
  readonly duplicates: readonly string[];
  readonly malformed: readonly string[];
  readonly basicConstraints?: {
    readonly ca: boolean;
    readonly pathLength?: number;
    readonly critical: boolean;
  };
  readonly keyUsage?: { readonly usages: ReadonlySet<KeyUsage>; readonly critical: boolean };
  readonly extendedKeyUsage?: readonly string[];
  /** Names of all SAN extensions together, in order. */
  readonly altNames: readonly GeneralName[];
  readonly altNameCritical?: boolean;
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyId?: Bytes;
  readonly authorityKeyId?: Bytes;
  readonly policies?: readonly string[];
  /** Pairs of issuer's and subject's policy. */
  readonly policyMappings?: readonly (readonly [string, string])[];
  /** Numbers of certificates after which each begins to hold. */
  readonly policyConstraints?: { readonly requireExplicit?: number; readonly inhibitMapping?: number };
  readonly inhibitAnyPolicy?: number;
}

/** Reads `Extensions` (RFC 5280 4.1.2.9). Throws DerError only when the list itself is broken. */
export function readExtensions(der: Der | undefined): ExtensionFacts {
  const list = der ? children(expectTag(der, TAG.sequence)).map(readExtension) : [];
  if (der && list.length === 0) throw new DerError('The list of extensions is empty.');
  const counts = new Map<string, number>();
  const firsts = new Map<string, Extension>();
  for (const extension of list) {
    const count = counts.get(extension.oid) ?? 0;
    if (count === 0) firsts.set(extension.oid, extension);
    counts.set(extension.oid, count + 1);
  }
  const malformed: string[] = [];
  const read = <T>(oid: string, reader: (value: Der, extension: Extension) => T): T | undefined => {
    const extension = firsts.get(oid);
    return extension && attempt(extension, reader);
  };
  const attempt = <T>(
    extension: Extension,
    reader: (value: Der, extension: Extension) => T,
  ): T | undefined => {
    try {
      return reader(readOnlyDer(extension.value), extension);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      if (!malformed.includes(extension.oid)) malformed.push(extension.oid);
      return undefined;
    }
  };
  const altNameExtensions = list.filter((item) => item.oid === OID.subjectAltName);
  const facts = {
    basicConstraints: read(OID.basicConstraints, readBasicConstraints),
    keyUsage: read(OID.keyUsage, (value, { critical }) => ({ usages: readKeyUsage(value), critical })),
    extendedKeyUsage: read(OID.extendedKeyUsage, readPurposes),
    altNameCritical: altNameExtensions[0]?.critical,
    nameConstraints: read(OID.nameConstraints, readNameConstraints),
    subjectKeyId: read(OID.subjectKeyId, (value) => expectTag(value, TAG.octetString).content),
    authorityKeyId: read(OID.authorityKeyId, readAuthorityKeyId),
    policies: read(OID.certificatePolicies, readPolicies),
    policyMappings: read(OID.policyMappings, readPolicyMappings),
    policyConstraints: read(OID.policyConstraints, readPolicyConstraints),
    inhibitAnyPolicy: read(OID.inhibitAnyPolicy, (value) => readSmallInteger(value)),
    altNames: altNameExtensions.flatMap((extension) => attempt(extension, readGeneralNames) ?? []),
  };
  const duplicates = [...counts].filter(([, count]) => count > 1).map(([oid]) => oid);
  return { list, duplicates, malformed, ...defined(facts) };
}

/** Drops members that are undefined, so that `'keyUsage' in facts` means what it says. */
function defined<T extends { altNames: readonly GeneralName[] }>(facts: T): DefinedMembers<T> {
  const members: Partial<T> = {};
  for (const name of Object.keys(facts) as (keyof T)[])
    if (facts[name] !== undefined) members[name] = facts[name];
  return members as unknown as DefinedMembers<T>;
}
type DefinedMembers<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function readExtension(der: Der): Extension {
  const cursor = new DerCursor(der);
  const oid = readOid(cursor.take());
  const flag = cursor.optional(TAG.boolean);
  const value = cursor.take(TAG.octetString).content;
  cursor.end();
  return { oid, critical: flag ? readBoolean(flag) : false, value };
}

function readBasicConstraints(value: Der, { critical }: Extension) {
  const cursor = new DerCursor(value);
  const flag = cursor.optional(TAG.boolean);
  const ca = flag ? readBoolean(flag) : false;
  const length = cursor.optional(TAG.integer);
  cursor.end();
  return length ? { ca, critical, pathLength: readSmallInteger(length) } : { ca, critical };
}

function readKeyUsage(value: Der): ReadonlySet<KeyUsage> {
  const usages = new Set<KeyUsage>();
  for (const bit of readBitNumbers(value)) {
    const usage = KEY_USAGES[bit];
    if (!usage) throw new DerError('A key usage bit has no meaning.');
    usages.add(usage);
  }
  return usages;
}

function readPurposes(value: Der): readonly string[] {
  const purposes = children(expectTag(value, TAG.sequence)).map((item) => readOid(item));
  if (purposes.length === 0) throw new DerError('The extended key usage is empty.');
  return purposes;
}

function readNameConstraints(value: Der, { critical }: Extension): NameConstraints {
  const cursor = new DerCursor(value);
  const permitted = cursor.optional(contextTag(0, true));
  const excluded = cursor.optional(contextTag(1, true));
  cursor.end();
  if (!permitted && !excluded) throw new DerError('The name constraints are empty.');
  return { critical, permitted: readSubtrees(permitted), excluded: readSubtrees(excluded) };
}

function readSubtrees(der: Der | undefined): readonly Subtree[] {
  if (!der) return [];
  return children(der).map((item) => {
    const cursor = new DerCursor(item);
    const base = readGeneralName(cursor.take());
    // A minimum of 0 is what its absence means; DER leaves it out, some authorities do not.
    const minimum = cursor.optional(contextTag(0, false));
    const least = minimum ? readSmallInteger(minimum, minimum.tag) : 0;
    const plain = least === 0 && !cursor.optional(contextTag(1, false));
    cursor.end();
    return { base, plain };
  });
}

function readAuthorityKeyId(value: Der): Bytes | undefined {
  return new DerCursor(value).optional(contextTag(0, false))?.content;
}

/** RFC 5280 4.2.1.4. Qualifiers are for people and left alone. */
function readPolicies(value: Der): readonly string[] {
  const policies = children(expectTag(value, TAG.sequence)).map((item) =>
    readOid(new DerCursor(item).take()),
  );
  if (policies.length === 0) throw new DerError('The certificate policies are empty.');
  return policies;
}

function readPolicyMappings(value: Der): readonly (readonly [string, string])[] {
  const pairs = children(expectTag(value, TAG.sequence)).map((item) => {
    const cursor = new DerCursor(item);
    const pair = [readOid(cursor.take()), readOid(cursor.take())] as const;
    cursor.end();
    return pair;
  });
  if (pairs.length === 0) throw new DerError('The policy mappings are empty.');
  return pairs;
}

function readPolicyConstraints(value: Der): { requireExplicit?: number; inhibitMapping?: number } {
  const cursor = new DerCursor(value);
  const explicit = cursor.optional(contextTag(0, false));
  const mapping = cursor.optional(contextTag(1, false));
  cursor.end();
  if (!explicit && !mapping) throw new DerError('The policy constraints are empty.');
  return {
    ...(explicit ? { requireExplicit: readSmallInteger(explicit, explicit.tag) } : {}),
    ...(mapping ? { inhibitMapping: readSmallInteger(mapping, mapping.tag) } : {}),
  };
}
