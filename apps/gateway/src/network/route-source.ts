import type { NodeRouteRow, RouteRow } from '../upstream/control-plane/port.ts';
import type { NetworkCopy } from './copy.ts';
import { nameKey } from './node-truth.ts';
import { byNumber, compareRoutes, grouped, ranked } from './route-sorting.ts';
import type { RouteTable } from './route-table.ts';

/** What a person is needed for comes first. */
const worst: readonly RouteRow['status'][] = [
  'failed',
  'stale',
  'pending',
  'unspecified',
  'applied',
  'deleted',
];
export const statusesByRank = worst;
const rankOfStatus = new Map(worst.map((status, rank) => [status, rank]));
/** Where it stands in the order of statuses: applied in the database and gone from its node comes right after failed. */
const urgencies = worst.length + 1;
const lostUrgency = 1;

export const truthKinds = ['same', 'not-on-node', 'not-in-database', 'unknown'] as const;
export type TruthKind = (typeof truthKinds)[number];
const truthCodes = { same: 0, 'not-on-node': 1, 'not-in-database': 2, unknown: 3 } as const;

const keys = {
  name: () => '',
  source: ({ source }: RouteRow) => source,
  destination: ({ destination, destinationEndpoint }: RouteRow) => destination || destinationEndpoint,
  updated: ({ lastUpdated }: RouteRow) => lastUpdated?.getTime() ?? 0,
} as const satisfies Record<string, (row: RouteRow) => string | number>;

export type RouteOrder = keyof typeof keys | 'status';
export const routeOrders: readonly RouteOrder[] = ['name', 'source', 'destination', 'status', 'updated'];

export function isRouteOrder(text: string): text is RouteOrder {
  return routeOrders.some((order) => order === text);
}

/** Rows of one table, with what is known of each, and their orders; made anew when a row or a node's word changes. */
export class RouteSource {
  readonly copy: NetworkCopy;
  readonly table: RouteTable;
  /** Nodes told these rows, and no database has them. */
  readonly extra: boolean;
  /** Of each row its place in `statusesByRank`. */
  readonly statuses: Uint8Array;
  /** Of each row its place in `truthKinds`. */
  readonly truths: Uint8Array;
  readonly #orders = new Map<RouteOrder, Uint32Array>();

  constructor(copy: NetworkCopy, table: RouteTable, truths: Uint8Array, extra: boolean) {
    this.copy = copy;
    this.table = table;
    this.truths = truths;
    this.extra = extra;
    const { rows } = table;
    this.statuses = new Uint8Array(rows.length);
    for (let place = 0; place < rows.length; place += 1)
      this.statuses[place] = rankOfStatus.get(rows[place]?.status ?? 'unspecified') ?? 0;
  }

  /** Places of all rows. */
  order(by: RouteOrder): Uint32Array {
    const known = this.#orders.get(by);
    if (known) return known;
    const { sorted, rows } = this.table;
    let places = sorted;
    if (by === 'status') {
      const urgent = new Uint32Array(rows.length);
      for (let place = 0; place < rows.length; place += 1) urgent[place] = this.urgency(place);
      places = ranked(sorted, urgent, urgencies);
    } else if (by === 'updated') {
      const times = new Float64Array(rows.length);
      for (let place = 0; place < rows.length; place += 1)
        times[place] = rows[place]?.lastUpdated?.getTime() ?? 0;
      places = byNumber(sorted, times);
    } else if (by !== 'name') places = grouped(sorted, rows.map(keys[by]));
    this.#orders.set(by, places);
    return places;
  }

  urgency(place: number): number {
    if (this.truths[place] === truthCodes['not-on-node']) return lostUrgency;
    const rank = this.statuses[place] ?? 0;
    return rank < lostUrgency ? rank : rank + 1;
  }
}

/** Which of two rows comes first, of one source each. */
export function compareHeld(
  order: RouteOrder,
  a: { source: RouteSource; place: number },
  b: { source: RouteSource; place: number },
): number {
  const [one, other] = [a.source.table.rows[a.place], b.source.table.rows[b.place]];
  if (!one || !other) return 0;
  if (order === 'status')
    return a.source.urgency(a.place) - b.source.urgency(b.place) || compareRoutes(one, other);
  const [x, y] = [keys[order](one), keys[order](other)];
  return x === y ? compareRoutes(one, other) : x < y ? -1 : 1;
}

/** Rows of the database and what nodes have beyond it, compared with each other. Without a database, what nodes have. */
export function compared(copy: NetworkCopy, extras: RouteTable): readonly RouteSource[] {
  const { routes, truth, listsRoutes } = copy;
  const told = copy.nodes.flatMap(({ id }) => {
    const places = truth.placesOn(id);
    const rows = truth.says(id)?.routes ?? [];
    return places ? [{ id, places, rows, wanted: new Uint8Array(rows.length) }] : [];
  });
  const byNode = new Map(told.map((one) => [one.id, one]));
  const templates = new Set<string>();
  const { rows, keys: names } = routes;
  const truths = new Uint8Array(rows.length).fill(truthCodes.unknown);
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place];
    const key = names[place] ?? '';
    // What was deleted is not wanted: a node that still has it has it beyond the database.
    if (!row || row.status === 'deleted') continue;
    if (row.source === '*') {
      templates.add(key);
      continue;
    }
    const node = byNode.get(row.source);
    if (!node) continue;
    const there = node.places.get(key);
    if (there !== undefined) node.wanted[there] = 1;
    if (row.status === 'applied' && row.name !== '')
      truths[place] = there === undefined ? truthCodes['not-on-node'] : truthCodes.same;
  }
  const filling = extras.begin();
  for (const { id, rows: has, wanted } of told)
    filling.add(
      has
        .filter(
          (row, place) =>
            !listsRoutes || (wanted[place] === 0 && isRemote(row) && !templates.has(nameKey(row))),
        )
        .map((row) => asRoute(id, row)),
    );
  filling.finish();
  const kind = new Uint8Array(extras.size).fill(
    listsRoutes ? truthCodes['not-in-database'] : truthCodes.unknown,
  );
  return [new RouteSource(copy, routes, truths, false), new RouteSource(copy, extras, kind, true)];
}

/** By way of another node: what has its own application is nobody's to write down. */
const isRemote = ({ connections }: NodeRouteRow): boolean =>
  connections.length > 0 && !connections.some(({ local }) => local);

const asRoute = (node: string, { name, instance, connections }: NodeRouteRow): RouteRow => ({
  name,
  instance,
  id: '',
  source: node,
  destination: connections.find(({ peerNode }) => peerNode !== '')?.peerNode ?? '',
  destinationEndpoint: '',
  status: 'unspecified',
  statusMessage: '',
  lastUpdated: undefined,
  linkId: connections.find(({ linkId }) => linkId !== '')?.linkId ?? '',
});
