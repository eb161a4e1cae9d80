import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  EntryFlag,
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
  /** Of `FLAGS`, with commas between. */
  flags?: string;
  path?: string;
  sort?: string;
  desc?: string;
  id?: string;
  /** `parents` or `paths`: the tree; the list without it. */
  view?: string;
  /** What is open of the tree (tree/opened.ts). */
  open?: string;
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

export const FLAGS = [
  { value: 'admin', label: 'Admin', filter: EntryFlag.ADMIN },
  { value: 'downstream', label: 'Downstream', filter: EntryFlag.DOWNSTREAM },
  { value: 'store-svid', label: 'Stored by a plugin', filter: EntryFlag.STORE_SVID },
  { value: 'dns', label: 'Has DNS names', filter: EntryFlag.DNS_NAMES },
  { value: 'hint', label: 'Has a hint', filter: EntryFlag.HINT },
] as const;

const SORTS = new Map<string, EntrySort>([
  ['id', EntrySort.SPIFFE_ID],
  ['parent', EntrySort.PARENT_ID],
  ['selectors', EntrySort.SELECTORS],
  ['created', EntrySort.CREATED_AT],
  ['expires', EntrySort.EXPIRES_AT],
  ['state', EntrySort.STATE],
  ['x509ttl', EntrySort.X509_SVID_TTL],
  ['jwtttl', EntrySort.JWT_SVID_TTL],
  ['hint', EntrySort.HINT],
  ['revision', EntrySort.REVISION_NUMBER],
  ['fed', EntrySort.FEDERATES_WITH],
  ['dns', EntrySort.DNS_NAMES],
]);
export const isSortable = (column: string): boolean => SORTS.has(column);

type Choice = { value: string; filter: number };
const chosen = (choices: readonly Choice[], value: string | undefined) =>
  choices.find((choice) => choice.value === value)?.filter ?? 0;

/** The flags of the URL that there are. */
export function flagsOf(search: EntriesSearch) {
  const named = new Set((search.flags ?? '').split(','));
  return FLAGS.filter(({ value }) => named.has(value));
}

/** With a flag added or taken away. */
export function toggleFlag(search: EntriesSearch, flag: string): string | undefined {
  const named = flagsOf(search).map(({ value }) => value as string);
  const next = named.includes(flag) ? named.filter((one) => one !== flag) : [...named, flag];
  return next.join(',') || undefined;
}

/** What the URL says and nobody knows is left out: a filter that is shown must filter. `_` as the command line has it. */
export function known(search: EntriesSearch): EntriesSearch {
  const word = (choices: readonly Choice[], text: string | undefined) =>
    choices.find(({ value }) => value === text?.replaceAll('_', '-'))?.value;
  return {
    ...search,
    expiry: word(EXPIRIES, search.expiry),
    state: word(STATES, search.state),
    flags:
      flagsOf(search)
        .map(({ value }) => value)
        .join(',') || undefined,
  };
}

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
    flags: flagsOf(search).map(({ filter }) => filter),
    path: search.path ? asFolder(search.path) : '',
    sort: SORTS.get(search.sort ?? 'id') ?? EntrySort.SPIFFE_ID,
    descending: search.desc === '1',
  } satisfies MessageInitShape<typeof ListEntriesRequestSchema>;
}

/** A path with a slash at both ends, as the contract has it: `shop` becomes `/shop/`. */
const asFolder = (path: string): string => `/${path}/`.replaceAll(/\/{2,}/gu, '/');

/** The parameters that choose rows. */
const FILTERS = ['q', 'td', 'parent', 'seltype', 'fed', 'expiry', 'state', 'flags', 'path'] as const;

export const isFiltered = (search: EntriesSearch): boolean => FILTERS.some((name) => search[name]);
/** How many filters are on, the typed search aside. */
export const filterCount = (search: EntriesSearch): number =>
  FILTERS.filter((name) => name !== 'q' && search[name]).length;

export const NO_FILTERS: EntriesSearch = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/** What a saved search keeps: which rows, in which order. Not what is open. */
export function savedPart(search: EntriesSearch): EntriesSearch {
  const kept = [...FILTERS, 'sort', 'desc'] as const;
  return Object.fromEntries(kept.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
}
