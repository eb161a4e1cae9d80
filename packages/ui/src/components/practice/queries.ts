import { ConnectionService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

/** True where what is shown belongs to the practice network. */
export function usePractice(): boolean {
  return useQuery(ConnectionService.method.listConnections, {}).data?.practice ?? false;
}
