import type { RouteRow } from '../upstream/control-plane/port.ts';

/** A route, and what a search of it looks at: lower case, a line a field. */
export interface KeptRoute extends RouteRow {
  readonly text: string;
}

/** One reading; what was there before stays until it is finished. Where nothing was, it shows while it is read. */
export interface Filling {
  readonly size: number;
  /** True when there is more to show now: at the first rows, and at each doubling, so that they are copied twice at most. */
  add: (rows: readonly RouteRow[]) => boolean;
  /** True when something is not as it was. */
  finish: () => boolean;
}

/** The routes of one control plane as read last. Rows that did not change stay the same objects. */
export class RouteTable {
  #rows: readonly KeptRoute[] = [];
  #byKey = new Map<string, KeptRoute>();
  #version = 0;

  get rows(): readonly KeptRoute[] {
    return this.#rows;
  }
  get size(): number {
    return this.#rows.length;
  }
  /** Goes up with every change. */
  get version(): number {
    return this.#version;
  }

  begin(): Filling {
    const rows: KeptRoute[] = [];
    const byKey = new Map<string, KeptRoute>();
    let changed = false;
    const fromNothing = this.#rows.length === 0;
    let shown = 0;
    return {
      get size() {
        return rows.length;
      },
      add: (some) => {
        for (const row of some) {
          const key = keyOf(row, byKey);
          const before = this.#byKey.get(key);
          const kept = before && same(before, row) ? before : { ...row, text: textOf(row) };
          if (kept !== before) changed = true;
          rows.push(kept);
          byKey.set(key, kept);
        }
        if (!fromNothing || rows.length <= 2 * shown) return false;
        shown = rows.length;
        this.#rows = rows.slice();
        this.#version += 1;
        return true;
      },
      finish: () => {
        if (!changed && rows.length === this.#rows.length) return false;
        this.#rows = rows;
        this.#byKey = byKey;
        this.#version += 1;
        return true;
      },
    };
  }
}

/** Ids are not unique over all generations, and 0.7 has none. */
function keyOf(
  { id, source, destination, name, instance, statusMessage }: RouteRow,
  taken: ReadonlyMap<string, unknown>,
): string {
  const key = id === '' ? `${source}\n${destination}\n${name}\n${instance}\n${statusMessage}` : id;
  let unique = key;
  for (let n = 1; taken.has(unique); n += 1) unique = `${key}\n${n}`;
  return unique;
}

function same(a: KeptRoute, b: RouteRow): boolean {
  return (
    a.status === b.status &&
    a.statusMessage === b.statusMessage &&
    a.lastUpdated?.getTime() === b.lastUpdated?.getTime() &&
    a.linkId === b.linkId &&
    a.source === b.source &&
    a.destination === b.destination &&
    a.name === b.name &&
    a.instance === b.instance &&
    a.destinationEndpoint === b.destinationEndpoint
  );
}

const textOf = ({
  name,
  instance,
  source,
  destination,
  destinationEndpoint,
  statusMessage,
  linkId,
}: RouteRow): string =>
  [name, instance, source, destination, destinationEndpoint, statusMessage, linkId].join('\n').toLowerCase();
