import type { EntryTreeNode } from '@muster/api';
import type { RowList } from '../../../components/index.ts';
import { PAGE } from '../../../components/index.ts';

export interface TreeServer {
  name: string;
  trustDomain: string;
}

/** One row of the tree: a server, or something below one. */
export interface TreeRow {
  /** The way to it; the same entry may stand at several places. */
  key: string;
  server: TreeServer;
  /** Undefined: the server itself. */
  node: EntryTreeNode | undefined;
  level: number;
  expanded: boolean | undefined;
  /** Key of the level it stands in, and its place there. */
  parent: string;
  child: number;
  position: number;
  siblings: number;
}

/** What is open, by its key: where it stands in its level, and what to ask for. */
export interface Opened {
  parent: string;
  index: number;
  server: string;
  /** As the contract names it; empty for a server. */
  node: string;
}

/** What has been read of a level. */
export interface Level {
  /** Undefined: not said yet. */
  total: number | undefined;
  pages: ReadonlyMap<number, readonly EntryTreeNode[]>;
}

/** A place in a level: the level's key, and which of its children. */
export interface TreeSpot {
  level: string;
  child: number;
  /** Row of the parent; -1 for a server. */
  parent: number;
  depth: number;
}

interface Part {
  key: string;
  total: number;
  /** Rows of it and of all that is open below it. */
  size: number;
  opened: { index: number; part: Part }[];
}

const ROOT = '';
export const keyOf = (parent: string, name: string): string =>
  parent === ROOT ? name : `${parent}\n${name}`;

/** The rows of a tree of any size, of which some levels are open and some pages are here. */
export class TreeRows implements RowList<TreeRow> {
  readonly length: number;
  readonly #servers: readonly TreeServer[];
  readonly #opened: ReadonlyMap<string, Opened>;
  readonly #levels: ReadonlyMap<string, Level>;
  readonly #root: Part;

  constructor(
    servers: readonly TreeServer[],
    opened: ReadonlyMap<string, Opened>,
    levels: ReadonlyMap<string, Level>,
  ) {
    this.#servers = servers;
    this.#opened = opened;
    this.#levels = levels;
    const below = Map.groupBy(opened, ([, { parent }]) => parent);
    const part = (key: string): Part => {
      const level = levels.get(key);
      // One row says that a level is being read.
      const total = key === ROOT ? servers.length : (level?.total ?? 1);
      const children = (below.get(key) ?? [])
        .map(([child, { index, node, server }]) => ({
          index:
            key === ROOT
              ? servers.findIndex(({ name }) => name === server)
              : this.#placeOf(level, node, index),
          key: child,
        }))
        .filter(({ index }) => index >= 0 && index < total)
        .toSorted((a, b) => a.index - b.index)
        .map((child) => ({ index: child.index, part: part(child.key) }));
      return {
        key,
        total,
        size: children.reduce((sum, child) => sum + child.part.size, total),
        opened: children,
      };
    };
    this.#root = part(ROOT);
    this.length = this.#root.size;
  }

  /** Where a node stands now: rows may have come or gone before it. */
  #placeOf(level: Level | undefined, node: string, index: number): number {
    const at = level?.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
    if (!at || at.node === node) return index;
    for (const [page, nodes] of level?.pages ?? []) {
      const found = nodes.findIndex((one) => one.node === node);
      if (found >= 0) return page * PAGE + found;
    }
    return index;
  }

  /** What stands in a row. */
  spot(row: number): TreeSpot | undefined {
    if (row < 0 || row >= this.length) return undefined;
    let part = this.#root;
    let [start, parent, depth] = [0, -1, 0];
    for (;;) {
      let shift = 0;
      let into: { part: Part; at: number } | undefined;
      for (const { index, part: child } of part.opened) {
        const at = start + index + shift;
        if (row <= at) break;
        if (row <= at + child.size) {
          into = { part: child, at };
          break;
        }
        shift += child.size;
      }
      if (!into) return { level: part.key, child: row - start - shift, parent, depth };
      part = into.part;
      parent = into.at;
      start = into.at + 1;
      depth += 1;
    }
  }

  at(row: number): TreeRow | undefined {
    const spot = this.spot(row);
    if (!spot) return undefined;
    const { level, child, depth } = spot;
    const place = { level: depth + 1, parent: level, child, position: child + 1 };
    if (level === ROOT) {
      const server = this.#servers[child];
      if (!server) return undefined;
      const key = keyOf(ROOT, server.name);
      const siblings = this.#servers.length;
      return { ...place, key, server, node: undefined, expanded: this.#opened.has(key), siblings };
    }
    const read = this.#levels.get(level);
    const node = read?.pages.get(Math.floor(child / PAGE))?.[child % PAGE];
    const server = this.#servers.find(({ name }) => name === this.#opened.get(level)?.server);
    if (!node || !server) return undefined;
    // Entries of one ID stand side by side: the place tells them apart where the name does not.
    const key = keyOf(level, node.node || `${child} ${node.entry?.id ?? node.label}`);
    return {
      ...place,
      key,
      server,
      node,
      expanded: node.node === '' ? undefined : this.#opened.has(key),
      siblings: read?.total ?? 0,
    };
  }

  findIndex(test: (row: TreeRow | undefined) => boolean): number {
    // Asked when a row is no longer where it was; beyond this it is not worth a frame.
    for (let row = 0; row < Math.min(this.length, 2000); row++) if (test(this.at(row))) return row;
    return -1;
  }

  /** Pages to read for these rows, by level. */
  wanted(first: number, last: number): ReadonlyMap<string, readonly number[]> {
    const pages = new Map<string, Set<number>>();
    for (let row = first; row <= last; row++) {
      const spot = this.spot(row);
      if (!spot || spot.level === ROOT) continue;
      const of = pages.get(spot.level) ?? new Set();
      pages.set(spot.level, of.add(Math.floor(spot.child / PAGE)));
    }
    return new Map([...pages].map(([level, of]) => [level, [...of]]));
  }
}
