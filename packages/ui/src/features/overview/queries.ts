import { ConnectionService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

export const useOverview = () => useQuery(ConnectionService.method.getOverview, {});
