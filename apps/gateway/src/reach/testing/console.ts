import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, createRouterTransport } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { ReachService } from '@muster/api';
import type { ConnectionConfig } from '../../config/types.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Moderator } from '../../moderator/types.ts';
import { Networks } from '../../network/networks.ts';
import { closedErrors } from '../../upstream/closed-errors.ts';
import { testConnections } from '../../upstream/testing/connections.ts';
import { temporaryDirectory, until } from '../../upstream/testing/wait.ts';
import { reachService } from '../../views/reach.ts';
import type { IdentitiesOf } from '../identity-steps.ts';
import { ada, stage } from './network.ts';
import type { Staged } from './network.ts';

/** No rule of the configuration says who is behind a name. */
const nobodyKnows: IdentitiesOf = () => Promise.resolve(new Map());

/** Connections to a staged network, by the names that specs use. */
function connectionsTo(address: string, moderated: boolean): ConnectionConfig[] {
  const plane: ConnectionConfig = { name: 'plane', kind: 'slim-control-plane', address };
  if (!moderated) return [plane];
  const sharedSecretFile = join(temporaryDirectory(), 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  return [
    plane,
    {
      name: 'node',
      kind: 'slim-node',
      address: 'http://127.0.0.1:1',
      moderator: { name: ada, sharedSecretFile },
    },
  ];
}

/** What answers the question, without the rest of the console: its store takes a second to start. */
export async function reachOn(
  config: ConnectionConfig[],
  moderator?: Moderator,
  identitiesOf: IdentitiesOf = nobodyKnows,
): Promise<{ reach: Client<typeof ReachService>; networks: Networks; close: () => Promise<void> }> {
  const now = () => new Date();
  let networks: Networks | undefined;
  const connections = testConnections(config, {
    now,
    ...(moderator ? { startModerator: () => moderator } : {}),
    onState: (_connection, source) => networks?.changed(source),
  });
  networks = new Networks(connections.planes, now, () => {});
  connections.start();
  await connections.settled();
  const service = reachService({
    connections,
    networks,
    // No identity is known of two trust domains here.
    inventory: {} as Inventory,
    identitiesOf,
    now,
  });
  const transport = createRouterTransport((router) => router.service(ReachService, closedErrors(service)));
  const close = async (): Promise<void> => {
    networks.close();
    await connections.close();
  };
  for (const copy of networks.all)
    await until(
      () => copy.state.asOf,
      (asOf) => asOf !== undefined,
    );
  return { reach: createClient(ReachService, transport), networks, close };
}

/** The staged network, and what answers questions about it. */
export async function staged(
  change?: (staged: Staged) => void,
  moderator?: Moderator,
  identitiesOf?: IdentitiesOf,
) {
  const { plane, staged: world } = await stage(change);
  const { reach, networks, close } = await reachOn(
    connectionsTo(plane.address, moderator !== undefined),
    moderator,
    identitiesOf,
  );
  return {
    plane,
    world,
    reach,
    networks,
    close: async () => {
      await close();
      await plane.close();
    },
  };
}
