import type { CopyFacts, PairFacts } from '../doctor/facts.ts';
import { keysOf } from '../doctor/keys.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { RelationshipRow } from '../upstream/spire/federation-rows.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { historyOf } from './bundle-history.ts';
import type { ViewContext } from './context.ts';

/** What one server says of its federations, read now. */
export interface ServerFacts {
  connection: SpireConnection;
  name: string;
  trustDomain: string;
  own: BundleRow;
  relationships: readonly RelationshipRow[];
  copies: readonly BundleRow[];
  /** Entries that federate with a trust domain, from the inventory. */
  entries: ReadonlyMap<string, number>;
  allEntries: number;
  /** When the keys of a bundle were last seen to change. */
  changed: ReadonlyMap<string, Date>;
}

/** A server that could not be read, and why. */
export interface Unread {
  connection: string;
  trustDomain: string;
  reason: string;
}

const options = { timeoutMs: 10_000 };

/** Reads every connected server; one that does not answer hides none of the others. */
export async function readServers(
  context: Pick<ViewContext, 'connections' | 'inventory'>,
): Promise<{ servers: ServerFacts[]; unread: Unread[] }> {
  const servers: ServerFacts[] = [];
  const unread: Unread[] = [];
  const all = context.connections.spire;
  const found = await Promise.all(
    all.map((connection) =>
      readServer(context, connection).catch((error: unknown): Unread => unreadOf(connection, error)),
    ),
  );
  for (const one of found) {
    if ('reason' in one) unread.push(one);
    else servers.push(one);
  }
  return { servers, unread };
}

function unreadOf({ link, config }: SpireConnection, error: unknown): Unread {
  const { state } = link;
  return {
    connection: link.name,
    trustDomain: link.trustDomain || (config.trustDomain ?? ''),
    reason: state.state === 'failed' ? state.reason : sentence(classify(error)),
  };
}

async function readServer(
  context: Pick<ViewContext, 'connections' | 'inventory'>,
  connection: SpireConnection,
): Promise<ServerFacts> {
  const { name } = connection.link;
  const { client } = connection;
  const [own, relationships, copies, facets] = await Promise.all([
    connection.readOwnBundle(),
    client.federation.relationships(options),
    client.federatedBundles(options),
    context.inventory.store.facets([name]),
  ]);
  const changed = new Map<string, Date>();
  await Promise.all(
    [own, ...copies].map(async ({ trustDomain }) => {
      const { changedAt } = await historyOf(context, name, trustDomain);
      if (changedAt) changed.set(trustDomain, changedAt);
    }),
  );
  return {
    connection,
    name,
    trustDomain: own.trustDomain,
    own,
    relationships,
    copies,
    entries: new Map(facets.federated.map(({ value, count }) => [value, count])),
    allEntries: facets.connections.reduce((sum, { count }) => sum + count, 0),
    changed,
  };
}

/** Everything known of each pair, without asking an endpoint. */
export function pairsOf(
  servers: readonly ServerFacts[],
  unread: readonly Unread[],
  now: Date,
  of: (server: ServerFacts, peer: string) => boolean = () => true,
): PairFacts[] {
  return servers.flatMap((server) =>
    peersOf(server)
      .filter((peer) => of(server, peer))
      .map((peer) => pairOf(server, peer, servers, unread, now)),
  );
}

function peersOf({ relationships, copies, entries, trustDomain }: ServerFacts): string[] {
  const names = new Set([
    ...relationships.map((row) => row.trustDomain),
    ...copies.map((row) => row.trustDomain),
    ...entries.keys(),
  ]);
  names.delete(trustDomain);
  return [...names].toSorted();
}

function pairOf(
  server: ServerFacts,
  peer: string,
  servers: readonly ServerFacts[],
  unread: readonly Unread[],
  now: Date,
): PairFacts {
  const { trustDomain } = server;
  const there = servers.find((one) => one.trustDomain === peer);
  const lost = there ? undefined : unread.find((one) => one.trustDomain === peer);
  const route = (to: string, besides: string): RelationshipRow | undefined =>
    servers
      .filter(({ name }) => name !== besides)
      .flatMap(({ relationships }) => relationships.find((row) => row.trustDomain === to) ?? [])
      .find(({ profile }) => profile !== '');
  return {
    now,
    connection: server.name,
    trustDomain,
    peer,
    relationship: server.relationships.find((row) => row.trustDomain === peer),
    copy: copyOf(server, peer),
    entries: server.entries.get(peer) ?? 0,
    own: keysOf(server.own),
    copies: new Set(server.copies.map((row) => row.trustDomain)),
    peerServer: there && {
      connection: there.name,
      own: toCopy(there.own, there.changed.get(peer)),
      relationship: there.relationships.find((row) => row.trustDomain === trustDomain),
      copy: copyOf(there, trustDomain),
      entries: there.entries.get(trustDomain) ?? 0,
    },
    peerUnread: lost && { connection: lost.connection, reason: lost.reason },
    knownRoute: route(peer, server.name),
    knownRouteBack: route(trustDomain, there?.name ?? ''),
    probe: undefined,
  };
}

function copyOf(server: ServerFacts, trustDomain: string): CopyFacts | undefined {
  const row = server.copies.find((one) => one.trustDomain === trustDomain);
  return row && toCopy(row, server.changed.get(trustDomain));
}

function toCopy(row: BundleRow, changedAt: Date | undefined): CopyFacts {
  return {
    keys: keysOf(row),
    refreshHint: Number(row.refreshHint),
    sequenceNumber: row.sequenceNumber,
    changedAt,
  };
}
