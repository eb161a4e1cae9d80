import { TrustDomainService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

const SECOND = 1000;

/** Read again now and then: a server does not tell when it prepares or activates by itself. */
export const useAuthorities = () =>
  useQuery(TrustDomainService.method.listAuthorities, {}, { refetchInterval: 15 * SECOND });
