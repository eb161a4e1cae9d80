import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { FacetSchema, RouteSchema, RouteStatus, RouteTruth } from '@muster/api';
import type { Facet, ListRoutesRequest, Route } from '@muster/api';
import { Code, ConnectError } from '@connectrpc/connect';
import type { NetworkCopy } from '../network/copy.ts';
import type { HeldRoute, RouteList } from '../network/route-list.ts';
import { nameKey } from '../network/node-truth.ts';
import { isRouteOrder, routeOrders, truthKinds } from '../network/route-source.ts';
import type { TruthKind } from '../network/route-source.ts';
import type { RouteRow } from '../upstream/control-plane/port.ts';
import { serverWords } from '../upstream/sentences.ts';
import { bounded, pageOf } from './context.ts';

export const routeStatuses = {
  unspecified: RouteStatus.UNSPECIFIED,
  applied: RouteStatus.APPLIED,
  failed: RouteStatus.FAILED,
  pending: RouteStatus.PENDING,
  stale: RouteStatus.STALE,
  deleted: RouteStatus.DELETED,
} as const satisfies Record<RouteRow['status'], RouteStatus>;

const statusNames = Object.keys(routeStatuses) as RouteRow['status'][];

const truths = {
  same: RouteTruth.SAME,
  'not-on-node': RouteTruth.NOT_ON_NODE,
  'not-in-database': RouteTruth.NOT_IN_DATABASE,
  unknown: RouteTruth.UNKNOWN,
} as const satisfies Record<TruthKind, RouteTruth>;

/** A reconciliation comes every 60 s: what is pending for longer waits for something else. */
const stuckMs = 60_000;
/** Of the ways that a node has to one name, so many are named. */
const mostWays = 8;

export interface RoutePage {
  routes: Route[];
  total: number;
  statuses: Facet[];
}

export function routesOf(
  routes: RouteList,
  copies: readonly NetworkCopy[],
  query: ListRoutesRequest,
  now: Date,
): RoutePage {
  const search = bounded('search', query.search).toLowerCase();
  const order = query.order.replace(/^-/u, '') || 'status';
  if (!isRouteOrder(order))
    throw new ConnectError(`order: one of ${routeOrders.join(', ')} is needed.`, Code.InvalidArgument);
  const wanted = new Set(query.statuses);
  const truth = new Set(query.truths);
  // What no row can be is asked for too: nothing fits then.
  const statuses = statusNames.filter((name) => wanted.has(routeStatuses[name]));
  const kinds = truthKinds.filter((kind) => truth.has(truths[kind]));
  const found = routes.find(copies, {
    search,
    source: query.source,
    destination: query.destination,
    wildcard: query.wildcard,
    statuses: wanted.size === 0 ? undefined : new Set(statuses),
    truths: truth.size === 0 ? undefined : new Set(kinds),
    order,
    descending: query.order.startsWith('-'),
    ...pageOf(query.page),
  });
  return {
    routes: found.page.map((held) => toRoute(held, now)),
    total: found.total,
    statuses: [...found.statuses]
      .map(([name, count]) => ({ status: routeStatuses[name], count }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => a.status - b.status)
      .map(({ status, count }) =>
        create(FacetSchema, { value: (RouteStatus[status] ?? '').toLowerCase(), count: BigInt(count) }),
      ),
  };
}

function truthOf(held: HeldRoute): { truth: RouteTruth; reason: string } {
  const { copy, row, extra } = held;
  if (extra) {
    const ways = waysOf(held);
    if (copy.listsRoutes) return { truth: RouteTruth.NOT_IN_DATABASE, reason: ways };
    const told = copy.direct
      ? 'The node tells it, and nothing here says what it should have: only a control plane does.'
      : 'This control plane keeps no list to compare with: the node tells it.';
    return { truth: RouteTruth.UNKNOWN, reason: `${told} ${ways}`.trimEnd() };
  }
  const { kind, reason } = copy.truth.of(row);
  return { truth: truths[kind], reason };
}

/** A node may have a name by several of its connections, and a row has room for one; empty: there is one. */
function waysOf({ copy, row }: HeldRoute): string {
  const place = copy.truth.placesOn(row.source)?.get(nameKey(row));
  const ways = place === undefined ? [] : (copy.truth.says(row.source)?.routes[place]?.connections ?? []);
  if (ways.length < 2) return '';
  const words = ways.slice(0, mostWays).map(({ id, local, peerNode, linkId }) => {
    const by = peerNode === '' ? `connection ${id}` : serverWords(peerNode);
    if (local) return `an application of its own (connection ${id})`;
    return linkId === '' ? by : `${by} over link ${serverWords(linkId)}`;
  });
  const more = ways.length - words.length;
  return `The node has ${ways.length} ways to it: ${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function toRoute(held: HeldRoute, now: Date): Route {
  const { copy, row } = held;
  const { truth, reason } = truthOf(held);
  const age = row.lastUpdated ? now.getTime() - row.lastUpdated.getTime() : 0;
  return create(RouteSchema, {
    connection: copy.connection.link.name,
    id: row.id,
    name: row.name,
    instance: row.instance,
    source: row.source,
    destination: row.destination,
    destinationEndpoint: row.destinationEndpoint,
    status: routeStatuses[row.status],
    statusMessage: row.statusMessage,
    lastUpdated: row.lastUpdated && timestampFromDate(row.lastUpdated),
    linkId: row.linkId,
    wildcard: row.source === '*',
    truth,
    truthReason: reason,
    stuck: row.status === 'pending' && age > stuckMs,
  });
}
