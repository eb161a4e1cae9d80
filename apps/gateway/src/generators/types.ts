import type { EntryRow } from '../upstream/spire/rows.ts';

export interface File {
  name: string;
  mediaType: string;
  text: string;
  /** How it was checked, in words. */
  checked: string;
}

export interface Option {
  name: string;
  title: string;
  value: string;
  help: string;
  choices?: readonly string[];
}

/** What a generator made: options with the values used, and files, or why there are none. */
export interface Generated {
  files: File[];
  notes: string[];
  options: Option[];
  /** Why this kind does not fit the entry; empty when it does. */
  unfit: string;
}

/** Another trust domain that the server knows, as far as it is known. */
export interface Peer {
  trustDomain: string;
  url: string;
  profile: 'https_spiffe' | 'https_web' | '';
  endpointSpiffeId: string;
}

/** What is known of the server and of the entry. */
export interface Facts {
  connection: string;
  trustDomain: string;
  /** Of the connection: unix:///… or https://host:port. */
  address: string;
  entry: EntryRow | undefined;
  peers: readonly Peer[];
  /** X.509 authorities of the server, PEM. */
  bundlePem: string;
  /** Workload API sockets that this gateway is connected to for the same trust domain. */
  sockets: readonly string[];
}

export interface Generator {
  /** It is for an entry, and does nothing without one. */
  needsEntry: boolean;
  make: (facts: Facts, ask: Asked) => Generated;
}

/** Takes an option's value, or its default, and remembers that it was asked for. */
export interface Asked {
  text: (option: Omit<Option, 'value'> & { usual: string; check?: (value: string) => string }) => string;
  options: () => Option[];
}
