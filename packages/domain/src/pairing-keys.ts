import { usable } from './bundle.ts';
import type { Certificate } from './certificate.ts';
import type { FoundBundle, FoundKey, FoundSvid } from './pairing-found.ts';
import { namedDomain } from './pairing-found.ts';
import { stemsForKey, stemsOfCertificate } from './pairing-names.ts';
import type { PairedKey, Unplaced } from './pairing-types.ts';
import { keyIdentity } from './public-key.ts';
import { quote } from './display.ts';

export interface PairedKeys {
  readonly keys: ReadonlyMap<FoundSvid, PairedKey>;
  readonly unplaced: readonly Unplaced[];
}

/** Gives each private key to the certificates that hold its public half; to what is named like it only when none does. */
export function pairKeys(
  keys: readonly FoundKey[],
  svids: readonly FoundSvid[],
  bundles: readonly FoundBundle[],
): PairedKeys {
  const byKey = leavesByKey(svids);
  const authorities = authoritiesByKey(svids, bundles);
  const placed = new Map<FoundSvid, PairedKey>();
  const unplaced: Unplaced[] = [];
  const rest: FoundKey[] = [];
  for (const key of keys) {
    const { bytes, facts } = key.part;
    const mine = (bytes && facts.identity !== undefined ? byKey.get(facts.identity) : undefined) ?? [];
    for (const svid of mine)
      if (bytes && !placed.has(svid))
        placed.set(svid, { place: key.place, file: key.file, bytes, by: 'public-key' });
    if (mine.length === 0) rest.push(key);
  }
  const named = leavesByName(svids);
  for (const key of rest) {
    const { bytes, facts } = key.part;
    const authority = facts.identity === undefined ? undefined : authorities.get(facts.identity);
    // An authority's key beside a certificate of the same name is that authority's, not a mistake in pairing.
    const alike = authority
      ? undefined
      : [`=${key.file}`, ...stemsForKey(key.name).map((stem) => `${key.name.folder}/${stem}`)]
          .flatMap((name) => named.get(name) ?? [])
          .find((svid) => !placed.has(svid));
    if (alike && bytes) placed.set(alike, { place: key.place, file: key.file, bytes, by: 'name' });
    else
      unplaced.push({
        place: key.place,
        file: key.file,
        name: key.label,
        what: 'private-key',
        why: whyNot(key, authority, svids.length > 0),
      });
  }
  return { keys: placed, unplaced };
}

function whyNot({ part: { facts } }: FoundKey, authority: string | undefined, some: boolean): string {
  const what = facts.words.charAt(0).toUpperCase() + facts.words.slice(1);
  if (authority !== undefined)
    return `${what}: of ${authority}. Whoever holds it can issue any identity of that trust domain.`;
  if (facts.why !== undefined) return `${what}: ${facts.why}.`;
  return some
    ? `${what}: it belongs to no certificate given.`
    : `${what}, and no certificate to compare it with.`;
}

function leavesByKey(svids: readonly FoundSvid[]): ReadonlyMap<string, readonly FoundSvid[]> {
  const found = new Map<string, FoundSvid[]>();
  for (const svid of svids) {
    const [leaf] = svid.part.type === 'chain' ? (svid.part.certificates ?? []) : [];
    const identity = leaf && keyIdentity(leaf.publicKey.key);
    const same = identity === undefined ? undefined : found.get(identity);
    if (same) same.push(svid);
    else if (identity !== undefined) found.set(identity, [svid]);
  }
  return found;
}

/** Certificates by their file, and by folder and stem. */
function leavesByName(svids: readonly FoundSvid[]): ReadonlyMap<string, readonly FoundSvid[]> {
  const found = new Map<string, FoundSvid[]>();
  for (const svid of svids) {
    if (svid.part.type !== 'chain') continue;
    const stems = stemsOfCertificate(svid.name).map((stem) => `${svid.name.folder}/${stem}`);
    for (const name of [`=${svid.file}`, ...stems]) {
      const alike = found.get(name);
      if (alike) alike.push(svid);
      else found.set(name, [svid]);
    }
  }
  return found;
}

/** In words, whose signing key it would be. */
function authoritiesByKey(
  svids: readonly FoundSvid[],
  bundles: readonly FoundBundle[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (certificate: Certificate) => {
    const identity = keyIdentity(certificate.publicKey.key);
    const whose = namedDomain(certificate) ?? (certificate.subject.text || 'an unnamed authority');
    if (identity !== undefined) found.set(identity, `the X.509 authority ${quote(whose, 255)}`);
  };
  for (const { part } of svids) if (part.type === 'chain') part.certificates?.slice(1).forEach(add);
  for (const { part } of bundles) {
    part.certificates?.forEach(add);
    for (const { certificate } of part.bundle?.entries ?? []) if (certificate) add(certificate);
    for (const use of ['jwt-svid', 'wit-svid'] as const) {
      for (const { key, keyId } of part.bundle ? usable(part.bundle, use) : []) {
        const identity = key && keyIdentity(key);
        if (identity !== undefined) found.set(identity, `the JWT authority ${quote(keyId ?? '', 120)}`);
      }
    }
  }
  return found;
}
