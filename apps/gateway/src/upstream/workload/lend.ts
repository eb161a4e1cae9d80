import type { KeyObject } from 'node:crypto';

/** Which of several SVIDs is meant; nothing: the only one there is. */
export interface SvidChoice {
  spiffeId?: string;
  hint?: string;
}

/** An X.509-SVID with its key. It stays inside upstream/: nothing that answers a view may hold one (S-13). */
export interface LentSvid {
  spiffeId: string;
  /** Leaf, then intermediates. */
  certPem: string;
  /** Opaque, so that it cannot be printed or serialised by mistake. */
  key: KeyObject;
  expiresAt: Date;
}

/** A JWT-SVID. A bearer token: it stays inside upstream/, and is never logged (S-14). */
export interface LentToken {
  spiffeId: string;
  token: string;
  issuedAt: Date;
  expiresAt: Date;
}

/** The narrow port by which a Workload API connection lends its SVID to another connection of this process. */
export interface SvidLender {
  /** Of the connection. */
  readonly name: string;
  /** Resolves when the Workload API was asked for the first time, whatever it said. */
  readonly settled: Promise<void>;
  /** The SVID as it is now, perhaps expired. @throws Fault `identity` when there is none, or which is not clear */
  svid(choice: SvidChoice): LentSvid;
  /**
   * A JWT-SVID for the audience, as the agent has it: it keeps one until half of its life.
   * @throws Fault `identity` when there is none, or which is not clear
   */
  token(audience: string, choice: SvidChoice): Promise<LentToken>;
  /** X.509 authorities of a trust domain, PEM; undefined when the Workload API gives none. */
  authorities(trustDomain: string): string | undefined;
  /** Why no renewal comes as things are; empty while the stream is open. */
  readonly stalled: string;
  /** Told whenever SVIDs or bundles changed. Returns what unsubscribes. */
  subscribe(listener: () => void): () => void;
}
