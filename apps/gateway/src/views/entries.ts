import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  EntryService,
  EntrySort,
  EntryState,
  ExpiryFilter,
  GetEntryResponseSchema,
  ListAgentsResponseSchema,
  ListBundlesResponseSchema,
  ListEntriesResponseSchema,
} from '@muster/api';
import type { ListEntriesRequest } from '@muster/api';
import type { EntryOrder, EntryQuery } from '../inventory/store/query.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import {
  listAgentsCommand,
  listEntriesCommand,
  showBundleCommand,
  showCommand,
} from '../upstream/spire/commands.ts';
import { toBundle } from './bundle-facts.ts';
import { bounded, noSuchConnection, pageOf, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { toAgent, toEntry, toFreshness } from './convert.ts';
import { entryWarnings } from './entry-warnings.ts';

const orders = new Map<EntrySort, EntryOrder>([
  [EntrySort.PARENT_ID, 'parent_id'],
  [EntrySort.CREATED_AT, 'created_at'],
  [EntrySort.EXPIRES_AT, 'expires_at'],
  [EntrySort.SELECTORS, 'selectors'],
  [EntrySort.STATE, 'state'],
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
  const freshness = (connections: readonly SpireConnection[]) =>
    toFreshness(
      connections.flatMap(({ link: { name } }) => {
        const state = inventory.feedState(name);
        return state ? [{ name, state }] : [];
      }),
    );
  return {
    async listEntries(request) {
      const connections = spireOf(context, request.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      const allNames = context.connections.spire.map(({ link }) => link.name);
      const [page, facets] = await Promise.all([
        inventory.store.entries(queryOf(request, names, now())),
        inventory.store.facets(allNames),
      ]);
      const facet = ({ value, count }: { value: string; count: number }) => ({ value, count: BigInt(count) });
      const [first] = connections;
      return create(ListEntriesResponseSchema, {
        entries: page.entries.map(toEntry),
        total: BigInt(page.total),
        all: BigInt(page.all),
        freshness: freshness(connections),
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
      const [agent, parents, children, warnings] = await Promise.all([
        store.agentById(stored.connection, stored.row.parentId),
        store.entriesBySpiffeId(stored.connection, stored.row.parentId, now()),
        store.childCount(stored.connection, stored.row.spiffeId),
        entryWarnings(inventory, stored, now()),
      ]);
      const source = connections.find(({ link }) => link.name === stored.connection);
      return create(GetEntryResponseSchema, {
        entry: toEntry(stored),
        ...(agent ? { agent: toAgent(agent) } : {}),
        ...(parents[0] ? { parent: toEntry(parents[0]) } : {}),
        children: BigInt(children),
        warnings,
        ...(source
          ? { command: showCommand(source.config.address, id), freshness: freshness([source]) }
          : {}),
      });

      /** The copy may be younger than the entry's creation elsewhere: the server itself is asked before "none". */
      async function readThrough(among: readonly SpireConnection[], wanted: string) {
        for (const { link, client } of among.filter((one) => one.link.up)) {
          const row = await client.entry(wanted).catch((error: unknown) => {
            throw refuse('Reading the entry', link.name, error);
          });
          if (!row) continue;
          await inventory.put(link.name, [row]);
          return inventory.store.entryById([link.name], wanted, now());
        }
        return [];
      }
    },

    async listAgents({ page, search, trustDomains }) {
      const connections = spireOf(context, trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      const { agents, total } = await inventory.store.agentPage({
        connections: names,
        search: bounded('search', search),
        ...pageOf(page),
      });
      const [first] = connections;
      return create(ListAgentsResponseSchema, {
        agents: agents.map(toAgent),
        total: BigInt(total),
        freshness: freshness(connections),
        ...(first
          ? { command: listAgentsCommand(first.config.address, serversNote(connections.length)) }
          : {}),
      });
    },

    async listBundles({ connection }) {
      const all = context.connections.spire;
      const wanted =
        connection === ''
          ? all.filter(({ link }) => link.up)
          : all.filter(({ link }) => link.name === connection);
      if (connection !== '' && wanted.length === 0) throw noSuchConnection(connection, all);
      const lists = await Promise.all(
        wanted.map(async (source) => {
          try {
            // Before anything is under way: the getter throws when there is no client.
            const { client } = source;
            const [own, federated] = await Promise.all([source.readOwnBundle(), client.federatedBundles()]);
            return [own, ...federated].map((row) => toBundle(source.link.name, row));
          } catch (error) {
            // Asked for by name it is an answer; among others it must not hide them.
            if (connection !== '') throw refuse('Reading bundles', source.link.name, error);
            return [];
          }
        }),
      );
      const [first] = wanted;
      return create(ListBundlesResponseSchema, {
        bundles: lists.flat(),
        ...(first ? { command: showBundleCommand(first.config.address) } : {}),
      });
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
    state: request.state === EntryState.UNKNOWN ? 0 : request.state,
    order: orders.get(request.sort) ?? 'spiffe_id',
    descending: request.descending,
    ...pageOf(request.page),
    now,
  };
}

/** What the tool cannot do of this list. */
function listNote(request: ListEntriesRequest, servers: number): string {
  const beyond = [
    request.search === '' ? '' : 'search text',
    request.selectorType === '' ? '' : 'filter by selector type',
    request.expiry === ExpiryFilter.UNSPECIFIED ? '' : 'filter by expiry',
    request.state === EntryState.UNSPECIFIED ? '' : 'tell states',
    request.sort === EntrySort.UNSPECIFIED ? '' : 'sort',
  ].filter((word) => word !== '');
  const cannot = beyond.length === 0 ? '' : `spire-server cannot ${beyond.join(', ')}.`;
  return [cannot, serversNote(servers)].filter((text) => text !== '').join(' ');
}

function serversNote(servers: number): string {
  return servers > 1 ? `For the first of ${servers} servers; each is asked by its own socket.` : '';
}
