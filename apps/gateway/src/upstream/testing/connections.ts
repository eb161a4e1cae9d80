import type { ConnectionConfig } from '../../config/types.ts';
import { Connections } from '../connections.ts';
import type { ConnectionsOptions } from '../connections.ts';

/** Connections without a gateway around them, tried again at once; not started yet. */
export function testConnections(
  connections: ConnectionConfig[],
  more: Partial<ConnectionsOptions> = {},
): Connections {
  return new Connections(
    { connections },
    {
      practice: false,
      now: () => new Date(),
      limits: { first: 20, most: 200, check: 100 },
      startModerator: () => {
        throw new Error('there is no node here');
      },
      onState: () => {},
      onSvids: () => {},
      onModerator: () => {},
      ...more,
    },
  );
}
