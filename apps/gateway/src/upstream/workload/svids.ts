import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { X509SVIDResponse } from '@muster/wire/gen/workload/workload_pb.js';
import { splitDer, toPem } from './der.ts';

/** An X.509-SVID without its key. */
export interface SvidRow {
  spiffeId: string;
  hint: string;
  chainPem: string;
  notBefore: Date;
  expiresAt: Date;
  receivedAt: Date;
  rotations: number;
}

interface Received {
  svid: Omit<SvidRow, 'receivedAt' | 'rotations'>;
  leaf: string;
  /** Only where the SVID is lent to another connection; opaque, and in no row. */
  key?: KeyObject;
}

/** What one message made different, identity by identity. */
export interface SvidChange {
  kind: 'issued' | 'rotated' | 'withdrawn';
  svid: SvidRow;
  /** Of a rotation: when the SVID before would have expired. */
  beforeExpiresAt?: Date;
}

/** A full state of the stream, without its keys but for those that are lent. */
export interface SvidState {
  svids: Map<string, Received>;
  bundles: Map<string, string>;
}

/**
 * Takes what is shown out of a message and wipes the private keys in place (S-13): after this call no copy of
 * a key is left for anything to answer with. What is lent keeps its key as an opaque object.
 */
export function strip(message: X509SVIDResponse, lent = false): SvidState {
  const keys = new Map<object, KeyObject>();
  for (const svid of message.svids) {
    const key = lent ? readKey(svid.x509SvidKey) : undefined;
    if (key) keys.set(svid, key);
    svid.x509SvidKey.fill(0);
    svid.x509SvidKey = new Uint8Array();
  }
  const svids = new Map<string, Received>();
  const bundles = new Map<string, string>();
  for (const svid of message.svids) {
    const chain = splitDer(svid.x509Svid);
    const [leaf] = chain;
    if (!leaf) continue;
    const dates = validity(leaf);
    // Order is not specified, and the same ID may come twice with other hints.
    const key = keys.get(svid);
    svids.set(JSON.stringify([svid.spiffeId, svid.hint]), {
      ...(key === undefined ? {} : { key }),
      svid: { spiffeId: svid.spiffeId, hint: svid.hint, chainPem: toPem(chain), ...dates },
      leaf: createHash('sha256').update(leaf).digest('base64url'),
    });
    const trustDomain = /^spiffe:\/\/([^/]+)/u.exec(svid.spiffeId)?.[1];
    if (trustDomain !== undefined) bundles.set(trustDomain, toPem(splitDer(svid.bundle)));
  }
  for (const [name, der] of new Map(Object.entries(message.federatedBundles))) {
    bundles.set(name.replace(/^spiffe:\/\//u, ''), toPem(splitDer(der)));
  }
  return { svids, bundles };
}

function readKey(der: Uint8Array): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
}

function validity(leaf: Uint8Array): { notBefore: Date; expiresAt: Date } {
  try {
    const certificate = new X509Certificate(leaf);
    return { notBefore: certificate.validFromDate, expiresAt: certificate.validToDate };
  } catch {
    return { notBefore: new Date(0), expiresAt: new Date(0) };
  }
}

/** What the stream said last, with rotations counted; survives the stream. */
export class SvidBook {
  readonly #now: () => Date;
  readonly #onChange: (changes: readonly SvidChange[]) => void;
  readonly #holdMs: number;
  #state: SvidState = { svids: new Map(), bundles: new Map() };
  readonly #seen = new Map<string, { leaf: string; rotations: number; receivedAt: Date }>();
  #held: NodeJS.Timeout | undefined;
  #pending: SvidState = this.#state;

  /** @param onChange also called, with no changes, when only bundles did */
  constructor(now: () => Date, onChange: (changes: readonly SvidChange[]) => void, holdMs = 1000) {
    this.#now = now;
    this.#onChange = onChange;
    this.#holdMs = holdMs;
  }

  /**
   * A list that lacks an identity is held for a moment: SPIRE sends a transient short one when a tainted
   * authority is rotated out.
   */
  receive(state: SvidState): void {
    const shorter = [...this.#state.svids.keys()].some((key) => !state.svids.has(key));
    this.#pending = state;
    if (!shorter) return this.#apply();
    // From the first short list on: one that is told again must not put it off for ever.
    this.#held ??= setTimeout(() => this.#apply(), this.#holdMs).unref();
  }

  /** No identity is issued any more: there is no empty message for that. */
  clear(): void {
    if (this.#state.svids.size > 0) this.receive({ svids: new Map(), bundles: new Map() });
  }

  get rows(): SvidRow[] {
    return [...this.#state.svids].map(([key, received]) => this.#row(key, received));
  }

  get bundles(): ReadonlyMap<string, string> {
    return this.#state.bundles;
  }

  /** The SVIDs that came with a key to lend. Not for views (S-13). */
  get lent(): { svid: Received['svid']; key: KeyObject }[] {
    return [...this.#state.svids.values()].flatMap(({ svid, key }) => (key ? [{ svid, key }] : []));
  }

  close(): void {
    clearTimeout(this.#held);
  }

  #row(key: string, { svid }: Received): SvidRow {
    const seen = this.#seen.get(key);
    return { ...svid, receivedAt: seen?.receivedAt ?? this.#now(), rotations: seen?.rotations ?? 0 };
  }

  #apply(): void {
    clearTimeout(this.#held);
    this.#held = undefined;
    const state = this.#pending;
    const before = this.#state;
    const changes: SvidChange[] = [];
    for (const [key, received] of state.svids) {
      const { leaf } = received;
      const seen = this.#seen.get(key);
      const old = before.svids.get(key);
      // The same state is sent again without a change at times.
      if (seen?.leaf !== leaf)
        this.#seen.set(key, { leaf, rotations: seen ? seen.rotations + 1 : 0, receivedAt: this.#now() });
      if (!old) changes.push({ kind: 'issued', svid: this.#row(key, received) });
      else if (old.leaf !== leaf)
        changes.push({
          kind: 'rotated',
          svid: this.#row(key, received),
          beforeExpiresAt: old.svid.expiresAt,
        });
    }
    for (const [key, received] of before.svids)
      if (!state.svids.has(key)) changes.push({ kind: 'withdrawn', svid: this.#row(key, received) });
    let changed = changes.length > 0 || state.bundles.size !== before.bundles.size;
    for (const [name, pem] of state.bundles) changed ||= before.bundles.get(name) !== pem;
    this.#state = state;
    if (changed) this.#onChange(changes);
  }
}
