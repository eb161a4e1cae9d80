import {
  AgentService,
  ApprovalState,
  ConnectionService,
  EntryService,
  GroupService,
  KeyService,
} from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

/** What is connected: the health in the bar, the practice badge. */
export const useConnections = () => useQuery(ConnectionService.method.listConnections, {});

/** The counts of the navigation and the trust domains to choose from. */
export const useOverview = () => useQuery(ConnectionService.method.getOverview, {});

/** Requests to us as the owner of channels that wait: how many is all the frame needs. */
export const useApprovals = () =>
  useQuery(KeyService.method.listApprovals, { states: [ApprovalState.WAITING], page: { limit: 1 } });

/** What the palette finds for a text. */
export function useFound(search: string) {
  const options = { enabled: search.length > 0, placeholderData: keepPreviousData };
  const entries = useQuery(EntryService.method.listEntries, { search, page: { limit: 6 } }, options);
  const agents = useQuery(AgentService.method.listAgents, { search, page: { limit: 4 } }, options);
  const channels = useQuery(GroupService.method.listChannels, {}, { enabled: search.length > 0 });
  return { entries, agents, channels };
}
