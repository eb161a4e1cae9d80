import { SvidService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

/** More than a page shows at once; the search narrows it down. */
const EVENTS = 2000;

/** What came over the sockets of the Workload API. Told of changes by the topic of SVIDs. */
export function useTimeline() {
  return useQuery(
    SvidService.method.getWorkloadTimeline,
    { limit: EVENTS },
    { placeholderData: keepPreviousData },
  );
}
