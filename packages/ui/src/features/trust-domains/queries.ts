import { EntryService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

export const useBundles = () => useQuery(EntryService.method.listBundles, {});
