import { ConnectionKind, ConnectionService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { useMemo } from 'react';
import { proseText } from '../text.ts';

/** A SPIRE server that is configured. */
export interface SpireServer {
  /** Of its connection. */
  name: string;
  trustDomain: string;
  /** Why the capability asked for cannot be used there, safe to show; undefined when it can. */
  problem: string | undefined;
}

/**
 * The SPIRE servers that are configured; undefined until they are read.
 * @param capability what one wants of them, e.g. `entries.write`
 */
export function useSpireServers(capability?: string): readonly SpireServer[] | undefined {
  const { data } = useQuery(ConnectionService.method.listConnections, {});
  return useMemo(
    () =>
      data?.connections
        .filter(({ kind }) => kind === ConnectionKind.SPIRE_SERVER)
        .map(({ name, trustDomain, capabilities, reason }) => {
          if (capability === undefined) return { name, trustDomain, problem: undefined };
          const found = capabilities.find((one) => one.name === capability);
          if (found?.available) return { name, trustDomain, problem: undefined };
          const why =
            found?.reason ||
            reason ||
            (found ? 'This server does not allow it.' : 'It is not connected yet.');
          return { name, trustDomain, problem: proseText(why) };
        }),
    [data, capability],
  );
}

/** Why one of the servers cannot be changed; undefined when it can. */
export function serverProblem(
  servers: readonly SpireServer[] | undefined,
  connection: string,
): string | undefined {
  if (!servers) return 'The connections are being read.';
  const found = servers.find(({ name }) => name === connection);
  return found ? found.problem : proseText(`The connection ${connection} is not configured any more.`);
}
