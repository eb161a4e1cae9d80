import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { FacetSchema, RouteSchema, RouteStatus, RouteTruth } from '@muster/api';
import type { Facet, ListRoutesRequest, Route } from '@muster/api';
import { Code, ConnectError } from '@connectrpc/connect';
import type { NetworkCopy } from '../network/copy.ts';
import { isRouteOrder, routeOrders } from '../network/route-list.ts';
import type { HeldRoute, RouteList } from '../network/route-list.ts';
import type { RouteRow } from '../upstream/control-plane/port.ts';
import { bounded, pageOf } from './context.ts';

export const routeStatuses = {
  unspecified: RouteStatus.UNSPECIFIED,
  applied: RouteStatus.APPLIED,
  failed: RouteStatus.FAILED,
  pending: RouteStatus.PENDING,
  stale: RouteStatus.STALE,
  deleted: RouteStatus.DELETED,
} as const satisfies Record<RouteRow['status'], RouteStatus>;

const truths = {
  same: RouteTruth.SAME,
  'not-on-node': RouteTruth.NOT_ON_NODE,
  unknown: RouteTruth.UNKNOWN,
} as const;

/** A reconciliation comes every 60 s: what is pending for longer waits for something else. */
const stuckMs = 60_000;

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
  const statuses = new Set(query.statuses);
  const wanted = new Set(query.truths);
  const order = query.order.replace(/^-/u, '') || 'status';
  if (!isRouteOrder(order))
    throw new ConnectError(`order: one of ${routeOrders.join(', ')} is needed.`, Code.InvalidArgument);
  const rows = routes.sorted(copies, order);
  const counts = new Map<RouteStatus, number>();
  const hits: HeldRoute[] = [];
  for (const held of rows) {
    const { row, text } = held;
    if (search !== '' && !text.includes(search)) continue;
    if (query.source !== '' && row.source !== query.source) continue;
    if (query.destination !== '' && row.destination !== query.destination) continue;
    if (query.wildcard !== undefined && (row.source === '*') !== query.wildcard) continue;
    if (wanted.size > 0 && !wanted.has(truthOf(held).truth)) continue;
    const status = routeStatuses[row.status];
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (statuses.size === 0 || statuses.has(status)) hits.push(held);
  }
  if (query.order.startsWith('-')) hits.reverse();
  const { offset, limit } = pageOf(query.page);
  return {
    routes: hits.slice(offset, offset + limit).map((held) => toRoute(held, now)),
    total: hits.length,
    statuses: [...counts]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) =>
        create(FacetSchema, { value: (RouteStatus[status] ?? '').toLowerCase(), count: BigInt(count) }),
      ),
  };
}

function truthOf({ copy, row, extra }: HeldRoute): { truth: RouteTruth; reason: string } {
  if (extra === true)
    return !copy.listsRoutes
      ? {
          truth: RouteTruth.UNKNOWN,
          reason: copy.direct
            ? 'The node tells it, and nothing here says what it should have: only a control plane does.'
            : 'This control plane keeps no list to compare with: the node tells it.',
        }
      : { truth: RouteTruth.NOT_IN_DATABASE, reason: '' };
  const { kind, reason } = copy.truth.of(row);
  return { truth: truths[kind], reason };
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
