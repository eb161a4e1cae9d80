import { ConnectionService, TrustDomainService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { toPem } from '@muster/domain';
import { type SpireServer, useSpireServers } from '../../components/index.ts';

/** SPIRE servers that an SVID may be minted on, and why they could not be read. */
export function useMintServers(): { servers: readonly SpireServer[] | undefined; error: unknown } {
  const { error } = useQuery(ConnectionService.method.listConnections, {});
  return { error, servers: useSpireServers('svids.mint') };
}

/** The server's own X.509 authorities, PEM: what the SVID is judged by. Undefined until they are read. */
export function useOwnBundle(connection: string): string | undefined {
  const { data } = useQuery(TrustDomainService.method.listBundles, { connection });
  const own = data?.bundles.find((bundle) => bundle.own && bundle.connection === connection);
  return own?.x509Authorities.map(({ der }) => toPem('CERTIFICATE', der)).join('');
}
