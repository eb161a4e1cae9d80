import { type Connection, ConnectionKind, ConnectionState } from '@muster/api';

/** A connection that manages channels, and whether one can be made there now. */
export interface Manager {
  readonly name: string;
  readonly kind: 'slim-node' | 'channel-manager' | 'slim-control-plane';
  readonly description: string;
  /** Why no channel can be made there; undefined when it can. */
  readonly problem: string | undefined;
  /** Why its channels have neither owner nor lifetime; undefined when they can. */
  readonly noOwners: string | undefined;
}

/** Capabilities without which no channel can be made. */
const needed = ['moderate', 'channels.write'];

/** Connections where channels are made: nodes that we moderate on, channel managers, control planes up to 1.4. */
export function managersOf(connections: readonly Connection[]): Manager[] {
  return connections.flatMap((connection) => {
    const kind = kindOf(connection);
    if (!kind || (kind === 'slim-control-plane' && !makesChannels(connection))) return [];
    return [
      {
        name: connection.name,
        kind,
        description: connection.description || kind,
        problem: problemOf(connection),
        noOwners: noOwners(connection, kind),
      },
    ];
  });
}

function kindOf(connection: Connection): Manager['kind'] | undefined {
  if (connection.kind === ConnectionKind.SLIM_NODE) return 'slim-node';
  if (connection.kind === ConnectionKind.SLIM_CONTROL_PLANE) return 'slim-control-plane';
  return connection.kind === ConnectionKind.CHANNEL_MANAGER ? 'channel-manager' : undefined;
}

/** From 2.0 on a control plane has no channels, and is no place to make one. */
function makesChannels({ capabilities }: Connection): boolean {
  return capabilities.some(({ name, available }) => name === 'channels.write' && available);
}

function noOwners(connection: Connection, kind: Manager['kind']): string | undefined {
  if (kind !== 'channel-manager') return 'Only a channel manager has owners and lifetimes.';
  const found = connection.capabilities.find(({ name }) => name === 'channels.owners');
  return found?.available === false ? found.reason : undefined;
}

function problemOf(connection: Connection): string | undefined {
  const lacking = connection.capabilities.find(
    (capability) => !capability.available && needed.includes(capability.name),
  );
  if (lacking) return lacking.reason || `It does not offer ${lacking.name}.`;
  if (connection.state === ConnectionState.FAILED) return connection.reason || 'It cannot be reached.';
  if (connection.state === ConnectionState.CONNECTING) return 'It is still being connected.';
  return undefined;
}
