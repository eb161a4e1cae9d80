import { ConnectionKind, ConnectionService, TrustDomainService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { toPem } from '@muster/domain';

/** A SPIRE server that an SVID may be minted on. */
export interface MintServer {
  name: string;
  trustDomain: string;
  /** Why it cannot be done there; empty when it can. */
  problem: string;
}

export function useMintServers(): { servers: MintServer[] | undefined; error: unknown } {
  const { data, error } = useQuery(ConnectionService.method.listConnections, {});
  return {
    error,
    servers: data?.connections
      .filter(({ kind }) => kind === ConnectionKind.SPIRE_SERVER)
      .map(({ name, trustDomain, reason, capabilities }) => {
        const mint = capabilities.find((one) => one.name === 'svids.mint');
        const problem = mint ? mint.reason : reason || 'It is not connected yet.';
        return { name, trustDomain, problem };
      }),
  };
}

/** The server's own X.509 authorities, PEM: what the SVID is judged by. Undefined until they are read. */
export function useOwnBundle(connection: string): string | undefined {
  const { data } = useQuery(TrustDomainService.method.listBundles, { connection });
  const own = data?.bundles.find((bundle) => bundle.own && bundle.connection === connection);
  return own?.x509Authorities.map(({ der }) => toPem('CERTIFICATE', der)).join('');
}
