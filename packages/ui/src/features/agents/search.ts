import type { MessageInitShape } from '@bufbuild/protobuf';
import { AgentSort, AgentState, type ListAgentsRequest, type ListAgentsRequestSchema } from '@muster/api';

/** What the URL says of the list. */
export interface AgentsSearch {
  q?: string;
  td?: string;
  state?: string;
  type?: string;
  version?: string;
  sort?: string;
  desc?: string;
  /** SPIFFE ID of the agent that is open, and the connection it is on, where several have it. */
  id?: string;
  on?: string;
  /** `tokens`: the join tokens made here. */
  tab?: string;
}

const STATES = new Map<string, AgentState>([
  ['attested', AgentState.ATTESTED],
  ['overdue', AgentState.OVERDUE],
  ['expired', AgentState.EXPIRED],
  ['banned', AgentState.BANNED],
  ['unknown', AgentState.UNKNOWN],
]);

const SORTS = new Map<string, AgentSort>([
  ['id', AgentSort.ID],
  ['domain', AgentSort.TRUST_DOMAIN],
  ['type', AgentSort.ATTESTATION_TYPE],
  ['version', AgentSort.VERSION],
  ['entries', AgentSort.ENTRIES],
  ['renewed', AgentSort.RENEWED_AT],
  ['expires', AgentSort.EXPIRES_AT],
  ['state', AgentSort.STATE],
]);

/** What the URL says and nobody knows is left out: a filter that is shown must filter. */
export const known = (search: AgentsSearch): AgentsSearch => ({
  ...search,
  state: STATES.has(search.state ?? '') ? search.state : undefined,
});

/** The request of the list that the URL describes, without its page. */
export function toRequest(search: AgentsSearch) {
  return {
    search: search.q ?? '',
    trustDomains: search.td ? [search.td] : [],
    attestationType: search.type ?? '',
    version: search.version ?? '',
    state: (STATES.get(search.state ?? '') ?? AgentState.UNSPECIFIED) satisfies ListAgentsRequest['state'],
    sort: SORTS.get(search.sort ?? 'id') ?? AgentSort.ID,
    descending: search.desc === '1',
  } satisfies MessageInitShape<typeof ListAgentsRequestSchema>;
}

export const isFiltered = ({ q, td, type, state, version }: AgentsSearch): boolean =>
  [q, td, type, state, version].some(Boolean);

export const CLEAR = { q: undefined, td: undefined, type: undefined, state: undefined, version: undefined };
