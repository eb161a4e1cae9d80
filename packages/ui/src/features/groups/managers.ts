import { type Connection, ConnectionKind, ConnectionState } from '@muster/api';

/** A connection that manages channels, and whether one can be made there now. */
export interface Manager {
  readonly name: string;
  readonly kind: 'slim-node' | 'channel-manager';
  readonly description: string;
  /** Why no channel can be made there; undefined when it can. */
  readonly problem: string | undefined;
}

/** Capabilities without which no channel can be made. */
const needed = ['moderate', 'channels.write'];

/** Connections where channels are made: nodes that we moderate on, and channel managers. */
export function managersOf(connections: readonly Connection[]): Manager[] {
  return connections.flatMap((connection) => {
    const kind = kindOf(connection);
    if (!kind) return [];
    return [
      {
        name: connection.name,
        kind,
        description: connection.description || kind,
        problem: problemOf(connection),
      },
    ];
  });
}

function kindOf(connection: Connection): Manager['kind'] | undefined {
  if (connection.kind === ConnectionKind.SLIM_NODE) return 'slim-node';
  return connection.kind === ConnectionKind.CHANNEL_MANAGER ? 'channel-manager' : undefined;
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
