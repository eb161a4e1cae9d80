import type { RouteRow } from '../upstream/control-plane/port.ts';
import type { NetworkCopy } from './copy.ts';
import { nameKey } from './node-truth.ts';

/** A row and whose it is; `extra`: its node told it, and no database has it. */
export interface HeldRoute {
  readonly copy: NetworkCopy;
  readonly row: RouteRow;
  /** What a search looks at, in lower case. */
  readonly text: string;
  readonly extra?: boolean;
}

/** What a person is needed for comes first. */
const worst: readonly RouteRow['status'][] = [
  'failed',
  'stale',
  'pending',
  'unspecified',
  'applied',
  'deleted',
];

const keys = {
  name: ({ name, instance }: RouteRow) => `${name}\n${instance}`,
  source: ({ source }: RouteRow) => source,
  destination: ({ destination, destinationEndpoint }: RouteRow) => destination || destinationEndpoint,
  status: ({ status }: RouteRow) => worst.indexOf(status),
  updated: ({ lastUpdated }: RouteRow) => lastUpdated?.getTime() ?? 0,
} as const satisfies Record<string, (row: RouteRow) => string | number>;

/** Applied in the database and gone from the node: right after what failed. */
const lostRank = 0.5;
const isLost = ({ copy, row, extra }: HeldRoute): boolean =>
  extra !== true && row.status === 'applied' && copy.truth.of(row).kind === 'not-on-node';

export type RouteOrder = keyof typeof keys;
export const routeOrders = Object.keys(keys);

export function isRouteOrder(text: string): text is RouteOrder {
  return routeOrders.includes(text);
}

/** Routes of control planes in an order; kept until one of them changes, so that a search need not sort. */
export class RouteList {
  readonly #kept = new Map<string, { version: string; rows: readonly HeldRoute[] }>();

  sorted(copies: readonly NetworkCopy[], order: RouteOrder): readonly HeldRoute[] {
    const key = JSON.stringify([order, copies.map(({ connection }) => connection.link.name)]);
    const version = copies.map(({ routes, truth }) => `${routes.version}.${truth.version}`).join(' ');
    const kept = this.#kept.get(key);
    if (kept?.version === version) return kept.rows;
    const rows = copies
      .flatMap((copy) => [...rowsOf(copy)])
      .map((held) => ({
        held,
        key: order === 'status' && isLost(held) ? lostRank : keys[order](held.row),
        tie: `${held.row.name}\n${held.row.source}\n${held.row.id}`,
      }))
      .toSorted((a, b) => compare(a.key, b.key) || compare(a.tie, b.tie))
      .map(({ held }) => held);
    this.#kept.set(key, { version, rows });
    return rows;
  }
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Rows of the database, and what nodes have beyond it. Where there is no database, what nodes have. */
function* rowsOf(copy: NetworkCopy): Generator<HeldRoute> {
  const wanted = new Map<string, Set<string>>();
  const templates = new Set<string>();
  for (const row of copy.routes.rows) {
    yield { copy, row, text: row.text };
    if (row.source === '*') templates.add(nameKey(row));
    else {
      const names = wanted.get(row.source);
      if (names) names.add(nameKey(row));
      else wanted.set(row.source, new Set([nameKey(row)]));
    }
  }
  for (const node of copy.nodes) {
    const told = copy.truth.says(node.id)?.routes ?? [];
    const extra = copy.listsRoutes
      ? copy.truth.leftovers(node.id, new Set([...templates, ...(wanted.get(node.id) ?? [])]))
      : told;
    for (const { name, instance, connections } of extra) {
      const row: RouteRow = {
        name,
        instance,
        id: '',
        source: node.id,
        destination: connections.find(({ peerNode }) => peerNode !== '')?.peerNode ?? '',
        destinationEndpoint: '',
        status: 'unspecified',
        statusMessage: '',
        lastUpdated: undefined,
        linkId: connections.find(({ linkId }) => linkId !== '')?.linkId ?? '',
      };
      yield {
        copy,
        row,
        text: `${name}\n${instance}\n${row.source}\n${row.destination}`.toLowerCase(),
        extra: true,
      };
    }
  }
}
