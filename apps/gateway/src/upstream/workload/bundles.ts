import { createHash } from 'node:crypto';
import { splitDer } from './der.ts';

/** Bundles as one of the two streams gives them: trust domain → the names of its authorities. */
export type AuthorityNames = Map<string, ReadonlySet<string>>;

/** A bundle that the Workload API gives, counted by kind. */
export interface WorkloadBundleRow {
  trustDomain: string;
  /** Undefined: that stream has not told yet. */
  x509: number | undefined;
  jwt: number | undefined;
  changedAt: Date;
  changes: number;
}

const most = 10_000;

/** Certificates by their fingerprints. */
export function x509Authorities(bundles: { [name: string]: Uint8Array }): AuthorityNames {
  return named(bundles, (bytes) =>
    splitDer(bytes).map((der) => createHash('sha256').update(der).digest('base64url')),
  );
}

/** Keys by their key IDs. What is no JWK Set has none. */
export function jwtAuthorities(bundles: { [name: string]: Uint8Array }): AuthorityNames {
  return named(bundles, (bytes) => {
    try {
      const set: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
      const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : [];
      return Array.isArray(keys) ? keys.map((key: unknown) => keyId(key)) : [];
    } catch {
      return [];
    }
  });
}

function keyId(key: unknown): string {
  if (typeof key !== 'object' || key === null || !('kid' in key)) return '';
  return typeof key.kid === 'string' ? key.kid : '';
}

function named(
  bundles: { [name: string]: Uint8Array },
  read: (bytes: Uint8Array) => string[],
): AuthorityNames {
  return new Map(
    Object.entries(bundles).map(([name, bytes]) => [
      name.replace(/^spiffe:\/\//u, ''),
      new Set(read(bytes).slice(0, most)),
    ]),
  );
}

/** What both streams say of each trust domain, and what changed. */
export class BundleBook {
  readonly #now: () => Date;
  readonly #onChange: (kind: 'x509' | 'jwt', trustDomain: string, text: string) => void;
  readonly #known = new Map<'x509' | 'jwt', AuthorityNames>();
  readonly #changed = new Map<string, { at: Date; changes: number }>();

  constructor(now: () => Date, onChange: (kind: 'x509' | 'jwt', trustDomain: string, text: string) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** Each message is the full state. The first of a stream is what is there, and no change. */
  receive(kind: 'x509' | 'jwt', after: AuthorityNames): void {
    const before = this.#known.get(kind);
    this.#known.set(kind, after);
    for (const name of new Set([...(before?.keys() ?? []), ...after.keys()])) {
      const text = difference(kind, before?.get(name), after.get(name));
      const known = this.#changed.get(name);
      if (!known) this.#changed.set(name, { at: this.#now(), changes: 0 });
      if (!before || text === '') continue;
      this.#changed.set(name, { at: this.#now(), changes: (known?.changes ?? 0) + 1 });
      this.#onChange(kind, name, text);
    }
  }

  get rows(): WorkloadBundleRow[] {
    const [x509, jwt] = [this.#known.get('x509'), this.#known.get('jwt')];
    const names = new Set([...(x509?.keys() ?? []), ...(jwt?.keys() ?? [])]);
    return [...names].toSorted().map((trustDomain) => ({
      trustDomain,
      x509: x509 && (x509.get(trustDomain)?.size ?? 0),
      jwt: jwt && (jwt.get(trustDomain)?.size ?? 0),
      changedAt: this.#changed.get(trustDomain)?.at ?? this.#now(),
      changes: this.#changed.get(trustDomain)?.changes ?? 0,
    }));
  }
}

function difference(
  kind: 'x509' | 'jwt',
  before: ReadonlySet<string> | undefined,
  after: ReadonlySet<string> | undefined,
): string {
  const what = kind === 'x509' ? 'X.509 authorities' : 'JWT authorities';
  if (!before && !after) return '';
  if (!after) return `No ${what} of it are given any more: an entry no longer federates with it.`;
  if (!before) return `Its ${what} are given now: ${after.size}.`;
  const added = [...after].filter((name) => !before.has(name)).length;
  const removed = [...before].filter((name) => !after.has(name)).length;
  if (added === 0 && removed === 0) return '';
  const parts = [...(added > 0 ? [`${added} added`] : []), ...(removed > 0 ? [`${removed} removed`] : [])];
  return `${what}: ${parts.join(', ')}; ${after.size} now.`;
}
