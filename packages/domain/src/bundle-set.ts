import { type Bundle, readBundle } from './bundle.ts';
import type { Bytes } from './bytes.ts';
import { limits } from './limits.ts';
import { Recent } from './recent.ts';
import { type TrustDomain, trustDomainOfName } from './spiffe-id.ts';

/** The bundles given to one judgement, each only ever asked for by its own trust domain (X-14, J-14, F-08). */
export interface BundleSet {
  /** True when the caller gave any bundle at all. */
  readonly given: boolean;
  /** The bundle of this trust domain, the reason why it cannot be read, or undefined when there is none. */
  find(trustDomain: string): BundleLookup | undefined;
  /** Bundles of every other trust domain, for saying whose key it was when a check fails; never for passing one. */
  others(trustDomain: string): ReadonlyMap<string, Bundle>;
}

export type BundleLookup =
  { readonly ok: true; readonly bundle: Bundle } | { readonly ok: false; readonly why: string };

/** `input` maps a trust domain name, or its SPIFFE ID, to bundle bytes. Other names are left out. */
export function bundleSet(input: ReadonlyMap<string, Uint8Array>): BundleSet {
  const bytes = new Map<TrustDomain, Uint8Array>();
  const twice = new Set<TrustDomain>();
  for (const [name, value] of input) {
    const trustDomain = trustDomainOfName(name);
    if (!trustDomain.ok) continue;
    if (bytes.has(trustDomain.value)) twice.add(trustDomain.value);
    bytes.set(trustDomain.value, value);
  }
  const read = new Map<string, BundleLookup>();
  const find = (trustDomain: string): BundleLookup | undefined => {
    const known = read.get(trustDomain);
    if (known) return known;
    const value = bytes.get(trustDomain as TrustDomain);
    if (!value) return undefined;
    const lookup = twice.has(trustDomain as TrustDomain)
      ? { ok: false as const, why: 'It was given twice.' }
      : recent.get(value);
    read.set(trustDomain, lookup);
    return lookup;
  };
  return {
    given: input.size > 0,
    find,
    others: (trustDomain) => {
      const found = new Map<string, Bundle>();
      // Only for a better sentence, so it must not cost more than reading one more bundle.
      let left: number = limits.bundleBytes;
      for (const [name, value] of bytes) {
        left -= value.length;
        const lookup = name === trustDomain || left < 0 ? undefined : find(name);
        if (lookup?.ok) found.set(name, lookup.bundle);
      }
      return found;
    },
  };
}

const recent = new Recent(32, 1024 * 1024, open);

function open(value: Bytes): BundleLookup {
  const bundle = readBundle(value);
  if (!bundle.ok) return { ok: false, why: bundle.problem.message };
  // With a member twice, two readers may see two different sets of keys.
  if (bundle.value.duplicates.length > 0) return { ok: false, why: 'A member occurs twice in it.' };
  return { ok: true, bundle: bundle.value };
}
