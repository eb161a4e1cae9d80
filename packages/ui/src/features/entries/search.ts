import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  EntrySort,
  EntryState,
  ExpiryFilter,
  type ListEntriesRequest,
  type ListEntriesRequestSchema,
} from '@muster/api';

/** What the URL says of the list. */
export interface EntriesSearch {
  q?: string;
  td?: string;
  parent?: string;
  seltype?: string;
  fed?: string;
  expiry?: string;
  state?: string;
  sort?: string;
  desc?: string;
  id?: string;
}

export const EXPIRIES = [
  { value: 'expired', label: 'Expired', filter: ExpiryFilter.EXPIRED },
  { value: 'day', label: 'Within a day', filter: ExpiryFilter.WITHIN_DAY },
  { value: 'week', label: 'Within a week', filter: ExpiryFilter.WITHIN_WEEK },
  { value: 'never', label: 'Never', filter: ExpiryFilter.NEVER },
] as const;

export const STATES = [
  { value: 'served', label: 'Served', filter: EntryState.SERVED },
  { value: 'no-agent', label: 'No agent', filter: EntryState.NO_AGENT },
  { value: 'agent-expired', label: 'Agent expired', filter: EntryState.AGENT_EXPIRED },
  { value: 'agent-banned', label: 'Agent banned', filter: EntryState.AGENT_BANNED },
  { value: 'expired', label: 'Expired', filter: EntryState.EXPIRED },
  { value: 'node-alias', label: 'Node alias', filter: EntryState.NODE_ALIAS },
  { value: 'unknown', label: 'Unknown', filter: EntryState.UNKNOWN },
] as const;

const SORTS: Record<string, EntrySort> = {
  id: EntrySort.SPIFFE_ID,
  parent: EntrySort.PARENT_ID,
  selectors: EntrySort.SELECTORS,
  created: EntrySort.CREATED_AT,
  expires: EntrySort.EXPIRES_AT,
  state: EntrySort.STATE,
};

type Choice = { value: string; filter: number };
const chosen = (choices: readonly Choice[], value: string | undefined) =>
  choices.find((choice) => choice.value === value)?.filter ?? 0;

/** The request of the list that the URL describes, without its page. */
export function toRequest(search: EntriesSearch) {
  return {
    search: search.q ?? '',
    trustDomains: search.td ? [search.td] : [],
    parentId: search.parent ?? '',
    selectorType: search.seltype ?? '',
    federatesWith: search.fed ?? '',
    expiry: chosen(EXPIRIES, search.expiry) satisfies ListEntriesRequest['expiry'],
    state: chosen(STATES, search.state) satisfies ListEntriesRequest['state'],
    sort: SORTS[search.sort ?? 'id'] ?? EntrySort.SPIFFE_ID,
    descending: search.desc === '1',
  } satisfies MessageInitShape<typeof ListEntriesRequestSchema>;
}

export const isFiltered = ({ q, td, parent, seltype, fed, expiry, state }: EntriesSearch): boolean =>
  [q, td, parent, seltype, fed, expiry, state].some(Boolean);
