import type { OwnerKey } from '../upstream/channel-manager/signing.ts';

/** One key that can own channels, without its private half. */
export interface OwnerKeyRow {
  /** did:key of an Ed25519 key. */
  did: string;
  /** Name that people here know it by. */
  alias: string;
  /** kept: by this gateway, encrypted; configured: ownerKeyFile of a connection. */
  source: 'kept' | 'configured';
  /** Undefined for configured ones. */
  createdAt: Date | undefined;
  /** Who made or imported it; empty: the configuration. */
  createdBy: string;
  /** Channel managers that use it when none other is chosen. */
  connections: readonly string[];
  /** Why it cannot sign now; empty: it can. */
  lockedReason: string;
}

/** The keys this gateway signs channel requests with, whoever asks: actions, views, the approval inbox. */
export interface OwnerKeys {
  /** By alias. */
  list: () => OwnerKeyRow[];
  /** Signs as this owner. @throws Fault with the reason when it is locked or not held */
  signer: (did: string) => OwnerKey;
  /** It is one of ours, whether it can sign now or not. */
  holds: (did: string) => boolean;
  /** Empty: it is not ours. */
  aliasOf: (did: string) => string;
}

/** What is asked of a key to be kept. */
export interface NewOwnerKey {
  key: OwnerKey;
  alias: string;
  /** Who makes or imports it. */
  by: string;
}

/** The same keys, as those who keep them see them: the actions, and the page of keys. */
export interface KeptOwnerKeys extends OwnerKeys {
  /** How the keys are kept at rest, in a sentence. */
  protection: () => string;
  /** Why none can be added, renamed or removed now; empty: they can. */
  changeProblem: () => string;
  /** Looks again at what kept them locked, or at what another gateway of this home wrote. */
  refresh: () => Promise<void>;
  /** On the disk when it resolves. @throws Fault: held already, or it cannot be written; nothing is kept then */
  add: (wanted: NewOwnerKey) => Promise<void>;
  rename: (did: string, alias: string) => Promise<void>;
  remove: (did: string) => Promise<void>;
  /** PKCS#8 PEM, encrypted by the passphrase. @throws Fault where `signer` does */
  exported: (did: string, passphrase: string) => Promise<string>;
  close: () => void;
}
