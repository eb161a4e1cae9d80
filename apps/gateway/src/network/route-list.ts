import type { RouteRow } from '../upstream/control-plane/port.ts';
import type { NetworkCopy } from './copy.ts';
import { compared, compareHeld, statusesByRank, truthKinds } from './route-source.ts';
import type { RouteOrder, RouteSource, TruthKind } from './route-source.ts';
import { RouteTable } from './route-table.ts';

/** A row and whose it is; `extra`: its node told it, and no database has it. */
export interface HeldRoute {
  readonly copy: NetworkCopy;
  readonly row: RouteRow;
  readonly extra: boolean;
}

export interface RouteQuery {
  /** Lower case; empty: all. */
  search: string;
  source: string;
  destination: string;
  wildcard: boolean | undefined;
  /** Undefined: all. */
  statuses: ReadonlySet<RouteRow['status']> | undefined;
  truths: ReadonlySet<TruthKind> | undefined;
  order: RouteOrder;
  descending: boolean;
  offset: number;
  limit: number;
}

export interface RouteHits {
  page: HeldRoute[];
  total: number;
  /** Of all that fit but for their status. */
  statuses: ReadonlyMap<RouteRow['status'], number>;
}

interface Kept {
  version: string;
  extras: RouteTable;
  sources: readonly RouteSource[];
}

/** Routes of control planes, searched and ordered. What that needs is kept until one of them changes. */
export class RouteList {
  readonly #kept = new WeakMap<NetworkCopy, Kept>();

  find(copies: readonly NetworkCopy[], query: RouteQuery): RouteHits {
    const counts = new Uint32Array(statusesByRank.length);
    const found = copies
      .flatMap((copy) => this.#sourcesOf(copy))
      .map((source) => ({ source, fits: fitting(source, query, counts) }));
    const wanted = statusesByRank.map((status) => query.statuses?.has(status) ?? true);
    return {
      page: pageOf(found, query),
      total: counts.reduce((sum, count, rank) => (wanted[rank] === true ? sum + count : sum), 0),
      statuses: new Map(statusesByRank.map((status, rank) => [status, counts[rank] ?? 0])),
    };
  }

  #sourcesOf(copy: NetworkCopy): readonly RouteSource[] {
    const { routes, truth, nodes, listsRoutes } = copy;
    const version = `${routes.version}.${truth.version}.${nodes.length}.${String(listsRoutes)}`;
    const before = this.#kept.get(copy);
    if (before?.version === version) return before.sources;
    const extras = before?.extras ?? new RouteTable();
    const sources = compared(copy, extras);
    this.#kept.set(copy, { version, extras, sources });
    return sources;
  }
}

/** 1 for each row that fits; what fits but for its status is counted too. */
function fitting(source: RouteSource, query: RouteQuery, counts: Uint32Array): Uint8Array {
  const { table, statuses, truths } = source;
  const { rows } = table;
  const fits = new Uint8Array(rows.length);
  const marks = query.search === '' ? undefined : table.search(query.search);
  const byStatus = statusesByRank.map((status) => query.statuses?.has(status) ?? true);
  const byTruth = truthKinds.map((kind) => query.truths?.has(kind) ?? true);
  const plain = query.source === '' && query.destination === '' && query.wildcard === undefined;
  for (let place = 0; place < fits.length; place += 1) {
    if (marks && marks[place] === 0) continue;
    if (byTruth[truths[place] ?? 0] !== true) continue;
    if (!plain && !inPlace(rows[place], query)) continue;
    const status = statuses[place] ?? 0;
    counts[status] = (counts[status] ?? 0) + 1;
    if (byStatus[status] === true) fits[place] = 1;
  }
  return fits;
}

function inPlace(row: RouteRow | undefined, { source, destination, wildcard }: RouteQuery): boolean {
  return (
    row !== undefined &&
    (source === '' || row.source === source) &&
    (destination === '' || row.destination === destination) &&
    (wildcard === undefined || (row.source === '*') === wildcard)
  );
}

interface Head {
  source: RouteSource;
  place: number;
  rest: Generator<number>;
}

/** Rows of a page: of several sources, the first of their heads at a time. */
function pageOf(
  found: readonly { source: RouteSource; fits: Uint8Array }[],
  { order, descending, offset, limit }: RouteQuery,
): HeldRoute[] {
  const heads = found.flatMap(({ source, fits }): Head[] => {
    const rest = inOrder(source.order(order), fits, descending);
    const first = rest.next();
    return first.done === true ? [] : [{ source, place: first.value, rest }];
  });
  const page: HeldRoute[] = [];
  for (let at = 0; at < offset + limit && heads.length > 0; at += 1) {
    let next = heads[0];
    for (const head of heads.slice(1)) {
      const compared = next ? compareHeld(order, head, next) : 0;
      if (descending ? compared > 0 : compared < 0) next = head;
    }
    if (!next) break;
    const { source, place, rest } = next;
    const row = source.table.rows[place];
    if (at >= offset && row) page.push({ copy: source.copy, row, extra: source.extra });
    const more = rest.next();
    if (more.done === true) heads.splice(heads.indexOf(next), 1);
    else next.place = more.value;
  }
  return page;
}

function* inOrder(places: Uint32Array, fits: Uint8Array, descending: boolean): Generator<number> {
  for (let at = 0; at < places.length; at += 1) {
    const place = places[descending ? places.length - 1 - at : at] ?? 0;
    if (fits[place] === 1) yield place;
  }
}
