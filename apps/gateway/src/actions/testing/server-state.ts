import { createClient } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { openChannel } from '../../upstream/transport.ts';

/** What a SPIRE server has, asked of itself: each thing that an action could change is one line. */
export interface ServerState {
  lines: readonly string[];
  loggerLevel: number;
}

/** Reads a server at `address` by its own API, past everything of ours. */
export async function readServer(address: string): Promise<ServerState> {
  const channel = openChannel({ address });
  try {
    const [entries, agents, bundles, relationships, x509, jwt, logger] = await Promise.all([
      createClient(Entry, channel.transport).listEntries({}),
      createClient(Agent, channel.transport).listAgents({}),
      createClient(Bundle, channel.transport).listFederatedBundles({}),
      createClient(TrustDomain, channel.transport).listFederationRelationships({}),
      createClient(LocalAuthority, channel.transport).getX509AuthorityState({}),
      createClient(LocalAuthority, channel.transport).getJWTAuthorityState({}),
      createClient(Logger, channel.transport).getLogger({}),
    ]);
    const lines = [
      ...entries.entries.map(
        ({ id, spiffeId, revisionNumber }) => `entry ${id} ${spiffeId?.path} at ${revisionNumber}`,
      ),
      // Not its expiry and its serial number: agents renew by themselves.
      ...agents.agents.map(({ id, banned }) => `agent ${id?.path}${banned ? ' banned' : ''}`),
      ...bundles.bundles.map(({ trustDomain }) => `bundle of ${trustDomain}`),
      ...relationships.federationRelationships.map(
        ({ trustDomain, bundleEndpointUrl }) => `relationship with ${trustDomain} at ${bundleEndpointUrl}`,
      ),
      ...[x509, jwt].flatMap(({ active, prepared, old }, kind) =>
        Object.entries({ active, prepared, old }).map(
          ([slot, one]) => `${kind === 0 ? 'X.509' : 'JWT'} ${slot} ${one?.authorityId ?? 'none'}`,
        ),
      ),
      `log level ${logger.currentLevel}`,
    ];
    return { lines: lines.toSorted(), loggerLevel: logger.currentLevel };
  } finally {
    channel.close();
  }
}

/** The state once nothing moves any more: what arrived before a break may still be under way. */
export async function readRest(address: string): Promise<ServerState> {
  let last = await readServer(address);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const now = await readServer(address);
    if (now.lines.join('\n') === last.lines.join('\n')) return now;
    last = now;
  }
}
