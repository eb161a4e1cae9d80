import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { Plan } from './company.ts';
import type { Random } from './random.ts';

type Optional =
  | 'admin'
  | 'dnsNames'
  | 'downstream'
  | 'expiresAt'
  | 'federatesWith'
  | 'hint'
  | 'jwtSvidTtl'
  | 'storeSvid'
  | 'x509SvidTtl';

/** An entry as the seed writes it: paths for IDs, `type:value` for selectors. */
export interface Sketch {
  path: string;
  parent: string;
  selectors: string[];
  /** Of the entry ID, as a controller that marks its own entries gives it; a dot and a UUID follow. */
  idPrefix?: string;
  more?: Partial<Pick<Entry, Optional>> & {
    additionalAttributes?: { disableX509SvidPrefetch: boolean; jwtSvidIncludeJti: boolean };
  };
}

export interface Grounds {
  plan: Plan;
  random: Random;
  agents: Agent[];
  /** Another trust domain of the network. */
  peer: string;
  /** Unix seconds. */
  now: number;
}

/** The ID that stands for all nodes of a cluster. */
export const aliasPath = (cluster: string): string => `/node/${cluster}`;
