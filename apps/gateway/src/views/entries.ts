import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  EntryFlag,
  EntryService,
  EntrySort,
  EntryState,
  ExpiryFilter,
  GetEntryResponseSchema,
  ListEntriesResponseSchema,
} from '@muster/api';
import type { ListEntriesRequest } from '@muster/api';
import { badInput } from '../actions/action.ts';
import type { EntryOrder, EntryQuery } from '../inventory/store/query.ts';
import { lintFacts } from '../lint/facts.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { listEntriesCommand, showCommand } from '../upstream/spire/commands.ts';
import { bounded, freshnessOf, noSuchConnection, pageOf, serversNote, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { toAgent } from './agent-facts.ts';
import { toEntry } from './convert.ts';
import { entryExportView } from './entry-export.ts';
import { entryTreeView } from './entry-tree.ts';
import { entryWarnings } from './entry-warnings.ts';
import { managedWarning } from './owner.ts';

const orders = new Map<EntrySort, EntryOrder>([
  [EntrySort.PARENT_ID, 'parent_id'],
  [EntrySort.CREATED_AT, 'created_at'],
  [EntrySort.EXPIRES_AT, 'expires_at'],
  [EntrySort.SELECTORS, 'selectors'],
  [EntrySort.STATE, 'state'],
  [EntrySort.X509_SVID_TTL, 'x509_ttl'],
  [EntrySort.JWT_SVID_TTL, 'jwt_ttl'],
  [EntrySort.HINT, 'hint'],
  [EntrySort.REVISION_NUMBER, 'revision'],
  [EntrySort.FEDERATES_WITH, 'federates'],
  [EntrySort.DNS_NAMES, 'dns_names'],
]);

const flagNames = new Map<EntryFlag, EntryQuery['flags'][number]>([
  [EntryFlag.ADMIN, 'admin'],
  [EntryFlag.DOWNSTREAM, 'downstream'],
  [EntryFlag.STORE_SVID, 'storeSvid'],
  [EntryFlag.DNS_NAMES, 'dnsNames'],
  [EntryFlag.HINT, 'hint'],
]);

const expiries = new Map<ExpiryFilter, EntryQuery['expiry']>([
  [ExpiryFilter.EXPIRED, 'expired'],
  [ExpiryFilter.WITHIN_DAY, 'day'],
  [ExpiryFilter.WITHIN_WEEK, 'week'],
  [ExpiryFilter.NEVER, 'never'],
]);

export function entryService(context: ViewContext): Partial<ServiceImpl<typeof EntryService>> {
  const { inventory } = context;
  const now = (): number => Math.floor(context.now().getTime() / 1000);
  return {
    ...entryTreeView(context),
    ...entryExportView(context, queryOf),
    async listEntries(request) {
      const connections = spireOf(context, request.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      const allNames = context.connections.spire.map(({ link }) => link.name);
      const [page, facets] = await Promise.all([
        inventory.entries(queryOf(request, names, now())),
        inventory.store.facets(allNames),
      ]);
      const facet = ({ value, count }: { value: string; count: number }) => ({ value, count: BigInt(count) });
      const [first] = connections;
      return create(ListEntriesResponseSchema, {
        entries: page.entries.map(toEntry),
        total: BigInt(page.total),
        totalIsEstimate: page.estimate,
        all: BigInt(page.all),
        freshness: freshnessOf(inventory, connections),
        selectorTypes: facets.selectorTypes.map(facet),
        federated: facets.federated.map(facet),
        trustDomains: context.connections.spire.map(({ link, config }) =>
          facet({
            value: link.trustDomain || config.trustDomain || link.name,
            count: facets.connections.find(({ value }) => value === link.name)?.count ?? 0,
          }),
        ),
        ...(first
          ? {
              command: listEntriesCommand(
                first.config.address,
                request,
                listNote(request, connections.length),
              ),
            }
          : {}),
      });
    },

    async getEntry({ connection, id }) {
      bounded('id', id, 255);
      if (id === '')
        throw new ConnectError('id: the id of a registration entry is needed.', Code.InvalidArgument);
      const all = context.connections.spire;
      const connections = connection === '' ? all : all.filter(({ link }) => link.name === connection);
      if (connections.length === 0) throw noSuchConnection(connection, all);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      let found = await inventory.store.entryById(names, id, now());
      if (found.length === 0) found = await readThrough(connections, id);
      const [stored] = found;
      if (!stored)
        throw new ConnectError(
          `No registration entry has this id on ${names.join(', ')}. It may have been deleted.`,
          Code.NotFound,
        );
      if (found.length > 1) {
        const holders = found.map((one) => one.connection).join(', ');
        throw new ConnectError(
          `connection: entries with this id are on ${holders}; name one.`,
          Code.InvalidArgument,
        );
      }
      const { store } = inventory;
      const source = connections.find(({ link }) => link.name === stored.connection);
      const [agent, parents, children, warnings] = await Promise.all([
        store.agentById(stored.connection, stored.row.parentId, now()),
        store.entriesBySpiffeId(stored.connection, stored.row.parentId, now()),
        store.childCount(stored.connection, stored.row.spiffeId),
        entryWarnings(inventory, stored, source && lintFacts(inventory, source, context.now())),
      ]);
      const managed = source && managedWarning(stored.row, source);
      return create(GetEntryResponseSchema, {
        entry: toEntry(stored),
        ...(agent ? { agent: toAgent(agent) } : {}),
        ...(parents[0] ? { parent: toEntry(parents[0]) } : {}),
        children: BigInt(children),
        warnings: [...(managed ? [managed] : []), ...warnings],
        ...(source
          ? { command: showCommand(source.config.address, id), freshness: freshnessOf(inventory, [source]) }
          : {}),
      });

      /** The copy may be younger than the entry's creation elsewhere: the server itself is asked before "none". */
      async function readThrough(among: readonly SpireConnection[], wanted: string) {
        for (const { link, client } of among.filter((one) => one.link.up)) {
          const row = await client.entry(wanted).catch((error: unknown) => {
            throw refuse('Reading the entry', link.name, error);
          });
          if (!row) continue;
          await inventory.found(link.name, [row]);
          return inventory.store.entryById([link.name], wanted, now());
        }
        return [];
      }
    },
  };
}

function queryOf(request: ListEntriesRequest, connections: string[], now: number): EntryQuery {
  return {
    connections,
    search: bounded('search', request.search),
    parentId: bounded('parent_id', request.parentId),
    selectorType: bounded('selector_type', request.selectorType),
    federatesWith: bounded('federates_with', request.federatesWith).replace(/^spiffe:\/\//u, ''),
    expiry: expiries.get(request.expiry) ?? 'any',
    state: request.state,
    flags: request.flags.flatMap((flag) => flagNames.get(flag) ?? []),
    path: pathOf(request.path),
    order: orders.get(request.sort) ?? 'spiffe_id',
    descending: request.descending,
    ...pageOf(request.page),
    now,
  };
}

/** A path below which to look always ends at a segment: /shop is not a part of /shopping. */
function pathOf(path: string): string {
  bounded('path', path);
  if (path === '') return '';
  if (!path.startsWith('/'))
    throw badInput('path', 'a path of a SPIFFE ID begins with a slash, such as /shop/.');
  return path.endsWith('/') ? path : `${path}/`;
}

/** What the tool cannot do of this list. */
function listNote(request: ListEntriesRequest, servers: number): string {
  const beyond = [
    request.search === '' ? '' : 'search text',
    request.selectorType === '' ? '' : 'filter by selector type',
    request.expiry === ExpiryFilter.UNSPECIFIED ? '' : 'filter by expiry',
    request.state === EntryState.UNSPECIFIED ? '' : 'tell states',
    request.flags.length === 0 ? '' : 'filter by flags',
    request.path === '' ? '' : 'filter by path',
    request.sort === EntrySort.UNSPECIFIED ? '' : 'sort',
  ].filter((word) => word !== '');
  const cannot = beyond.length === 0 ? '' : `spire-server cannot ${beyond.join(', ')}.`;
  return [cannot, serversNote(servers)].filter((text) => text !== '').join(' ');
}
