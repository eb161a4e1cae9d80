import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { FederationRelationship } from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import type { Selector } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { Authorities } from './authorities.ts';
import type { Clock } from './clock.ts';
import type { BulkRows } from './entry-store.ts';
import { EntryStore } from './entry-store.ts';
import { text } from './ids.ts';
import { Rows } from './rows.ts';
import type { Seed } from './seed/index.ts';
import { Signal } from './signal.ts';

/** What one server of the practice network knows. Services read and write it; nothing else does. */
export interface TrustDomainState {
  readonly name: string;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly authorities: Authorities;
  readonly entries: EntryStore;
  /** By SPIFFE ID. */
  readonly agents: Rows<Agent>;
  /** By trust domain. */
  readonly federatedBundles: Rows<Bundle>;
  /** By trust domain. */
  readonly relationships: Rows<FederationRelationship>;
  readonly joinTokens: Set<string>;
  /** Emitted when the own bundle or a federated one changes. */
  readonly trustChanges: Signal;
  /** The other servers of the network, by trust domain: where bundle endpoints lead. */
  readonly peers: Map<string, TrustDomainState>;
  /** Where its bundle is served, once it is. */
  readonly endpoint: { url: string };
  /** Called with the row of an agent that was deleted. */
  onEvicted: (agent: Agent) => void;
  /** The agent that serves the Workload API, and what it finds out about whoever calls. */
  readonly workloadAgentId: string;
  readonly callerSelectors: readonly Selector[];
}

export function createState(seed: Seed, bulk: BulkRows, caLifetime: number, clock: Clock): TrustDomainState {
  const trustChanges = new Signal();
  const agents = new Rows<Agent>();
  const authorities = new Authorities(seed.trustDomain, caLifetime, clock, trustChanges);
  // No SVID outlives the authority that signed it.
  const end = BigInt(authorities.x509.active.expiresAt);
  for (const agent of seed.agents)
    agents.set(text(agent.id), agent.x509svidExpiresAt > end ? { ...agent, x509svidExpiresAt: end } : agent);
  return {
    name: seed.trustDomain,
    clock,
    startedAt: clock.seconds(),
    authorities,
    entries: new EntryStore(seed.entries, bulk),
    agents,
    federatedBundles: new Rows(),
    relationships: new Rows(),
    joinTokens: new Set(),
    trustChanges,
    peers: new Map(),
    endpoint: { url: '' },
    onEvicted: () => {},
    workloadAgentId: seed.workloadAgentId,
    callerSelectors: seed.callerSelectors,
  };
}

/** Deletes what has expired, as the server does every five minutes. Until then expired entries go on issuing. */
export function pruneEntries(state: TrustDomainState): void {
  const now = BigInt(state.clock.seconds());
  for (const { id, expiresAt } of state.entries.keptEntries())
    if (expiresAt !== 0n && expiresAt < now) state.entries.delete(id);
}
