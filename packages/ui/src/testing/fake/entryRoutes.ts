import {
  EntryFlag,
  EntryService,
  EntrySort,
  EntryState,
  ExpiryFilter,
  type Entry,
  type ListEntriesRequest,
  type Page,
} from '@muster/api';
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { entryTreeRoutes } from './entryTreeRoutes.ts';
import type { World } from './world.ts';

/** Searching for one of these fails as it says. */
const SENTINELS: Record<string, Code> = {
  'fail:unavailable': Code.Unavailable,
  'fail:internal': Code.Internal,
  'fail:denied': Code.PermissionDenied,
};

export function entryRoutes(router: ConnectRouter, world: World): void {
  const freshness = () => ({ asOf: timestampFromMs(world.readAt), refreshing: false });
  const find = (request: ListEntriesRequest) =>
    world.entries.filter((entry) => matches(entry, request)).toSorted(order(request));
  router.service(EntryService, {
    ...entryTreeRoutes(world, find),
    listEntries: (request) => {
      failAsAsked(request.search);
      const matching = find(request);
      return {
        entries: slice(matching, request.page),
        total: BigInt(matching.length),
        all: BigInt(world.entries.length),
        freshness: freshness(),
        selectorTypes: facets(
          world.entries.flatMap((entry) => [...new Set(entry.selectors.map(({ type }) => type))]),
        ),
        federated: facets(world.entries.flatMap((entry) => entry.federatesWith)),
        trustDomains: facets(world.entries.map(domainOf)),
        command: {
          tool: 'spire-server',
          line: 'spire-server entry show -socketPath /run/muster/org-a/server.sock',
        },
      };
    },
    getEntry: ({ id }) => {
      const entry = world.entries.find((one) => one.id === id);
      if (!entry)
        throw new ConnectError(
          `There is no registration entry ${id}. It may have been deleted.`,
          Code.NotFound,
        );
      const agent = world.agents.find((one) => one.id === entry.parentId);
      const parent = world.entries.find((one) => one.spiffeId === entry.parentId);
      return {
        entry,
        ...(agent && { agent }),
        ...(parent && { parent }),
        children: entry.state === EntryState.NODE_ALIAS ? 4n : 0n,
        warnings: entry.admin
          ? [
              {
                code: 'admin',
                text: 'This identity may call the server’s own APIs: whoever holds it has power over the whole trust domain.',
                severity: 3,
              },
            ]
          : [],
        command: {
          tool: 'spire-server',
          line: `spire-server entry show -socketPath /run/muster/org-a/server.sock -entryID ${entry.id}`,
        },
        freshness: freshness(),
      };
    },
  });
}

export function failAsAsked(text: string): void {
  const code = SENTINELS[text];
  if (code !== undefined) throw new ConnectError('Asked for by a sentinel.', code);
}

const domainOf = (entry: Entry) => entry.spiffeId.split('/')[2] ?? '';

function matches(entry: Entry, request: ListEntriesRequest): boolean {
  const text = [
    entry.spiffeId,
    entry.parentId,
    entry.hint,
    ...entry.dnsNames,
    ...entry.selectors.map(({ type, value }) => `${type}:${value}`),
  ]
    .join(' ')
    .toLowerCase();
  return (
    text.includes(request.search.toLowerCase()) &&
    (request.trustDomains.length === 0 || request.trustDomains.includes(domainOf(entry))) &&
    (!request.parentId || entry.parentId === request.parentId) &&
    (!request.selectorType || entry.selectors.some(({ type }) => type === request.selectorType)) &&
    (!request.federatesWith || entry.federatesWith.includes(request.federatesWith)) &&
    (!request.state || entry.state === request.state) &&
    request.flags.every((flag) => hasFlag(entry, flag)) &&
    (!request.path || new URL(entry.spiffeId).pathname.startsWith(request.path)) &&
    expires(entry, request.expiry)
  );
}

function hasFlag(entry: Entry, flag: EntryFlag): boolean {
  if (flag === EntryFlag.ADMIN) return entry.admin;
  if (flag === EntryFlag.DOWNSTREAM) return entry.downstream;
  if (flag === EntryFlag.STORE_SVID) return entry.storeSvid;
  return flag === EntryFlag.HINT ? entry.hint !== '' : entry.dnsNames.length > 0;
}

function expires(entry: Entry, filter: ExpiryFilter): boolean {
  if (filter === ExpiryFilter.UNSPECIFIED) return true;
  if (!entry.expiresAt) return filter === ExpiryFilter.NEVER;
  const left = timestampDate(entry.expiresAt).getTime() - Date.now();
  if (filter === ExpiryFilter.EXPIRED) return left < 0;
  return left >= 0 && left < (filter === ExpiryFilter.WITHIN_DAY ? 1 : 7) * 86_400_000;
}

function order({ sort, descending }: ListEntriesRequest): (a: Entry, b: Entry) => number {
  const key = (entry: Entry): string => {
    if (sort === EntrySort.PARENT_ID) return entry.parentId;
    if (sort === EntrySort.STATE) return String(entry.state);
    if (sort === EntrySort.SELECTORS) return entry.selectors.map(({ type, value }) => type + value).join();
    if (sort === EntrySort.EXPIRES_AT) return String(entry.expiresAt?.seconds ?? '~');
    return entry.spiffeId;
  };
  return (a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }) * (descending ? -1 : 1);
}

function facets(values: readonly string[]): { value: string; count: bigint }[] {
  return [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({
    value,
    count: BigInt(all.length),
  }));
}

const slice = <T>(rows: readonly T[], page: Page | undefined): T[] => {
  const from = Number(page?.offset ?? 0n);
  return rows.slice(from, from + (page?.limit || 100));
};
