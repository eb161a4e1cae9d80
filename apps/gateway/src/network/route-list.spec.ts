import { describe, expect, it } from 'vitest';
import type { NodeRouteRow, RouteRow } from '../upstream/control-plane/port.ts';
import type { NetworkCopy } from './copy.ts';
import { NodeTruth } from './node-truth.ts';
import { RouteList } from './route-list.ts';
import type { RouteQuery } from './route-list.ts';
import { routeOrders, statusesByRank } from './route-source.ts';
import { RouteTable } from './route-table.ts';

/** The same numbers at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const nodes = Array.from({ length: 7 }, (_, index) => `domain-${index % 3}/node-${index}`);
const at = <T>(all: readonly T[], index: number): T => {
  const one = all[index % all.length];
  if (one === undefined) throw new Error('empty');
  return one;
};

function randomRow(id: string, random: (below: number) => number): RouteRow {
  return {
    id,
    name: `Org/${at(['pay', 'İstanbul', 'ops'], random(3))}/app-${random(40)}`,
    instance: random(3) === 0 ? '' : `0000-${random(50)}`,
    source: random(4) === 0 ? '*' : at(nodes, random(nodes.length)),
    destination: random(9) === 0 ? '' : at(nodes, random(nodes.length)),
    destinationEndpoint: random(9) === 0 ? 'http://10.0.0.1:46357' : '',
    status: at(statusesByRank, random(statusesByRank.length)),
    statusMessage: random(5) === 0 ? 'connection REFUSED' : '',
    lastUpdated: random(6) === 0 ? undefined : new Date(1_790_000_000_000 + random(50) * 1000),
    linkId: `link-${random(20)}`,
  };
}

interface World {
  copy: NetworkCopy;
  read: (rows: readonly RouteRow[]) => void;
  ask: (told: ReadonlyMap<string, NodeRouteRow[]>) => Promise<void>;
}

/** A control plane's copy as far as its routes go. */
function worldOf(listsRoutes = true): World {
  const routes = new RouteTable();
  let told: ReadonlyMap<string, NodeRouteRow[]> = new Map();
  const nodeRoutes = (node: string): Promise<NodeRouteRow[]> =>
    told.has(node)
      ? Promise.resolve(told.get(node) ?? [])
      : Promise.reject(new Error('this node does not answer'));
  const truth = new NodeTruth({ plane: { nodeRoutes } }, () => {}, 0);
  const rows = nodes.map((id) => ({ id, domain: '', status: 'connected' as const, endpoints: [] }));
  return {
    copy: { routes, truth, nodes: rows, listsRoutes } as unknown as NetworkCopy,
    read(some) {
      const filling = routes.begin();
      for (let from = 0; from < some.length; from += 83) filling.add(some.slice(from, from + 83));
      filling.finish();
    },
    async ask(now) {
      told = now;
      await truth.refresh(rows);
    },
  };
}

const everything: RouteQuery = {
  search: '',
  source: '',
  destination: '',
  wildcard: undefined,
  statuses: undefined,
  truths: undefined,
  order: 'status',
  descending: false,
  offset: 0,
  limit: 10_000,
};

/** Which rows a query means, row by row. */
const plain = ({ copy }: World, rows: readonly RouteRow[], query: RouteQuery): RouteRow[] =>
  rows.filter((row) => {
    const { name, instance, source, destination, destinationEndpoint, statusMessage, linkId } = row;
    const text = [name, instance, source, destination, destinationEndpoint, statusMessage, linkId];
    return (
      text.some((field) => field.toLowerCase().includes(query.search)) &&
      (query.source === '' || source === query.source) &&
      (query.destination === '' || destination === query.destination) &&
      (query.wildcard === undefined || (source === '*') === query.wildcard) &&
      (query.statuses?.has(row.status) ?? true) &&
      (query.truths?.has(copy.truth.of(row).kind) ?? true)
    );
  });

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id).toSorted();

const keyOf = (world: World, order: string, row: RouteRow): string | number => {
  switch (order) {
    case 'source':
      return row.source;
    case 'destination':
      return row.destination || row.destinationEndpoint;
    case 'updated':
      return row.lastUpdated?.getTime() ?? 0;
    case 'status':
      return row.status === 'applied' && world.copy.truth.of(row).kind === 'not-on-node'
        ? 0.5
        : statusesByRank.indexOf(row.status);
    default:
      return `${row.name}\n`;
  }
};

const told = (rows: readonly RouteRow[], random: (below: number) => number) =>
  new Map(
    nodes.slice(1).map((node): [string, NodeRouteRow[]] => [
      node,
      [...Map.groupBy(rows, ({ name, instance }) => `${name}\n${instance}`).values()].flatMap(([row]) =>
        row && rows.some((one) => one.source === node && one.name === row.name) && random(4) > 0
          ? {
              name: row.name,
              instance: row.instance,
              connections: [{ id: 1n, local: false, peerNode: at(nodes, random(7)), linkId: '' }],
            }
          : [],
      ),
    ]),
  );

describe('a list of routes', () => {
  it('finds what a look at each row finds, in every order, over several readings', async () => {
    const random = numbers(7);
    const world = worldOf();
    const list = new RouteList();
    let rows = Array.from({ length: 2500 }, (_, n) => randomRow(`r${n}`, random));
    for (let reading = 0; reading < 4; reading += 1) {
      world.read(rows);
      await world.ask(told(rows, random));
      for (let n = 0; n < 120; n += 1) {
        const query: RouteQuery = {
          ...everything,
          search: at(
            ['', '', 'a', 'app-1', 'refused', 'i̇stanbul', 'node-3', '\n', '\0', '0-4', 'link-19', 'zzz'],
            random(12),
          ),
          source: random(4) === 0 ? at(['*', ...nodes], random(8)) : '',
          destination: random(4) === 0 ? at(nodes, random(7)) : '',
          wildcard: [undefined, undefined, true, false][random(4)],
          statuses: random(3) === 0 ? new Set(statusesByRank.slice(0, random(7))) : undefined,
          truths: random(3) === 0 ? new Set([at(['same', 'not-on-node', 'unknown'], random(3))]) : undefined,
          order: at(routeOrders, random(5)),
          descending: random(2) === 0,
        };
        const found = list.find([world.copy], query);
        const mine = found.page.filter(({ extra }) => !extra).map(({ row }) => row);
        // A line end is in every row's text: nobody can type one.
        if (query.search !== '\n') expect(ids(mine)).toEqual(ids(plain(world, rows, query)));
        expect(found.total).toBe(found.page.length);
        const order = mine.map((row) => keyOf(world, query.order, row));
        const sorted = order.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1));
        expect(order).toEqual(query.descending ? sorted.toReversed() : sorted);
        const [offset, limit] = [random(50), random(50) + 1];
        expect(list.find([world.copy], { ...query, offset, limit }).page).toEqual(
          found.page.slice(offset, offset + limit),
        );
        const all = list.find([world.copy], { ...query, statuses: undefined }).page;
        for (const [status, count] of found.statuses)
          expect(count).toBe(all.filter(({ row }) => row.status === status).length);
      }
      // Some go, some come, some change, and some change places.
      rows = rows
        .filter(() => random(20) > 0)
        .map((row) => (random(30) === 0 ? { ...randomRow(row.id, random) } : { ...row }));
      for (let n = 0; n < 40; n += 1)
        rows.splice(random(rows.length), 0, randomRow(`n${reading}-${n}`, random));
      if (reading === 2) rows.reverse();
    }
  });

  it('tells what nodes have beyond the database, and all that they have where there is none', async () => {
    const row = randomRow('r', numbers(1));
    const [here, other] = [at(nodes, 0), at(nodes, 1)];
    const remote = { id: 1n, local: false, peerNode: other, linkId: '' };
    const has = (name: string, connections: NodeRouteRow['connections']): NodeRouteRow => ({
      name,
      instance: '',
      connections,
    });
    const told_ = new Map([
      [
        here,
        [
          has('org/ns/listed', [remote]),
          has('org/ns/template', [remote]),
          has('org/ns/left', [remote]),
          has('org/ns/own', [{ ...remote, local: true }]),
        ],
      ],
    ]);
    const list = new RouteList();
    for (const [listsRoutes, names] of [
      [true, ['org/ns/left']],
      [false, ['org/ns/left', 'org/ns/listed', 'org/ns/own', 'org/ns/template']],
    ] as const) {
      const world = worldOf(listsRoutes);
      if (listsRoutes)
        world.read([
          { ...row, id: 'a', name: 'org/ns/listed', instance: '', source: here },
          { ...row, id: 'b', name: 'org/ns/template', instance: '', source: '*' },
        ]);
      await world.ask(told_);
      const { page } = list.find([world.copy], { ...everything, order: 'name' });
      expect(page.filter(({ extra }) => extra).map((held) => held.row.name)).toEqual(names);
      expect(page).toHaveLength(listsRoutes ? 3 : 4);
      const kind = listsRoutes ? 'not-in-database' : 'unknown';
      const told = list.find([world.copy], { ...everything, truths: new Set([kind]), search: 'left' });
      expect(told.page.map((held) => held.row.destination)).toEqual([other]);
    }
  });

  it('joins several control planes in one order', () => {
    const random = numbers(3);
    const worlds = [worldOf(), worldOf(), worldOf()];
    const rows = worlds.map((_, index) =>
      Array.from({ length: 30 }, (_none, n) => randomRow(`w${index}-${n}`, random)),
    );
    for (const [index, world] of worlds.entries()) world.read(rows[index] ?? []);
    const list = new RouteList();
    for (const order of ['name', 'updated', 'status'] as const)
      for (const descending of [false, true]) {
        const { page, total } = list.find(
          worlds.map(({ copy }) => copy),
          { ...everything, order, descending },
        );
        expect(total).toBe(90);
        expect(ids(page.map(({ row }) => row))).toEqual(ids(rows.flat()));
        const keys = page.map(({ row }) => keyOf(at(worlds, 0), order, row));
        const sorted = keys.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1));
        expect(keys).toEqual(descending ? sorted.toReversed() : sorted);
      }
  });
});
