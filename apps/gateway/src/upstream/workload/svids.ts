import { createHash, X509Certificate } from 'node:crypto';
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
}

/** A full state of the stream, its keys already gone. */
export interface SvidState {
  svids: Map<string, Received>;
  bundles: Map<string, string>;
}

/**
 * Takes what is shown out of a message and wipes the private keys in place (S-13): after this call no copy of
 * a key is left for anything to answer with.
 */
export function strip(message: X509SVIDResponse): SvidState {
  for (const svid of message.svids) {
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
    svids.set(JSON.stringify([svid.spiffeId, svid.hint]), {
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
  readonly #onChange: () => void;
  readonly #holdMs: number;
  #state: SvidState = { svids: new Map(), bundles: new Map() };
  readonly #seen = new Map<string, { leaf: string; rotations: number; receivedAt: Date }>();
  #held: NodeJS.Timeout | undefined;

  constructor(now: () => Date, onChange: () => void, holdMs = 1000) {
    this.#now = now;
    this.#onChange = onChange;
    this.#holdMs = holdMs;
  }

  /**
   * A list that lacks an identity is held for a moment: SPIRE sends a transient short one when a tainted
   * authority is rotated out.
   */
  receive(state: SvidState): void {
    clearTimeout(this.#held);
    const shorter = [...this.#state.svids.keys()].some((key) => !state.svids.has(key));
    if (!shorter) return this.#apply(state);
    this.#held = setTimeout(() => this.#apply(state), this.#holdMs);
    this.#held.unref();
  }

  /** No identity is issued any more: there is no empty message for that. */
  clear(): void {
    if (this.#state.svids.size > 0) this.receive({ svids: new Map(), bundles: new Map() });
  }

  get rows(): SvidRow[] {
    return [...this.#state.svids].map(([key, { svid }]) => {
      const seen = this.#seen.get(key);
      return { ...svid, receivedAt: seen?.receivedAt ?? this.#now(), rotations: seen?.rotations ?? 0 };
    });
  }

  get bundles(): ReadonlyMap<string, string> {
    return this.#state.bundles;
  }

  close(): void {
    clearTimeout(this.#held);
  }

  #apply(state: SvidState): void {
    let changed =
      state.svids.size !== this.#state.svids.size || state.bundles.size !== this.#state.bundles.size;
    for (const [key, { leaf }] of state.svids) {
      const before = this.#seen.get(key);
      // The same state is sent again without a change at times.
      if (before?.leaf === leaf) continue;
      changed = true;
      this.#seen.set(key, { leaf, rotations: before ? before.rotations + 1 : 0, receivedAt: this.#now() });
    }
    for (const [name, pem] of state.bundles) changed ||= this.#state.bundles.get(name) !== pem;
    this.#state = state;
    if (changed) this.#onChange();
  }
}
