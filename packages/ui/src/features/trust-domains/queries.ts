import { TrustDomainService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

export const useBundles = () => useQuery(TrustDomainService.method.listBundles, {});
