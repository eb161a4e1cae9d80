import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type {
  ControlPlane,
  NameRow,
  NodeRouteRow,
  NodeRow,
  RouteRow,
} from '../upstream/control-plane/port.ts';

/** What one node said it has, or why it said nothing. */
export interface NodeSays {
  routes: readonly NodeRouteRow[];
  /** Empty: it answered, and that is kept. */
  reason: string;
  /** It answered, and there is no room for that. */
  leftOut?: boolean;
}

/** Whether a row of the control plane's database is true on its node. */
export interface Truth {
  kind: 'same' | 'not-on-node' | 'unknown';
  /** Why it is unknown, or where it is missing; empty otherwise. */
  reason: string;
}

/** Nodes are asked this often at most, ms, and so many at once: each question goes on to the node itself. */
const every = 10_000;
const atOnce = 4;
const answerMs = 8000;

/** What a row and each of its connections take beside their letters, about, in bytes. */
const rowSize = 200;
const connectionSize = 100;
/** What all nodes of one network may take (S-18): an answer has a limit, the number of nodes has none. A million usual rows. */
const mostSize = 1_000_000 * 400;
const leftOut =
  'The nodes of this network tell more routes than are compared at once, about a million in all: those of this one are left out.';

/** Equal for equal names. */
export const nameKey = ({ name, instance }: NameRow): string => `${name}\n${instance}`;

/** What the nodes really have: a control plane can say "applied" of what its node has lost. */
export class NodeTruth {
  readonly #connection: { readonly plane: Pick<ControlPlane, 'nodeRoutes'> };
  readonly #onChange: () => void;
  readonly #pauseMs: number;
  readonly #mostSize: number;
  readonly #abort = new AbortController();
  #says = new Map<string, NodeSays>();
  /** Of each node where in its rows a name is, by `nameKey`. */
  #keys = new Map<string, ReadonlyMap<string, number>>();
  /** Of each node what is kept of it takes. */
  #sizes = new Map<string, number>();
  #version = 0;
  #running = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    connection: { readonly plane: Pick<ControlPlane, 'nodeRoutes'> },
    onChange: () => void,
    pauseMs = every,
    most = mostSize,
  ) {
    this.#connection = connection;
    this.#onChange = onChange;
    this.#pauseMs = pauseMs;
    this.#mostSize = most;
  }

  /** Goes up with every change. */
  get version(): number {
    return this.#version;
  }

  says(node: string): NodeSays | undefined {
    return this.#says.get(node);
  }

  /** Asks the nodes, unless they were asked a moment ago. */
  async refresh(nodes: readonly NodeRow[]): Promise<void> {
    if (this.#running || performance.now() - this.#last < this.#pauseMs) return;
    this.#running = true;
    const waiting = [...nodes];
    const next = new Map<string, NodeSays>();
    const keys = new Map<string, ReadonlyMap<string, number>>();
    const sizes = new Map<string, number>();
    // Who is kept has its room first: else it would be another node each time that is left out.
    let taken = nodes.reduce((sum, { id }) => sum + (this.#sizes.get(id) ?? 0), 0);
    let changed = false;
    const worker = async (): Promise<void> => {
      for (let node = waiting.pop(); node; node = waiting.pop()) {
        const answer = await this.#ask(node);
        const size = sizeOf(answer.routes);
        taken -= this.#sizes.get(node.id) ?? 0;
        const fits = taken + size <= this.#mostSize;
        const says = fits ? answer : { routes: [], reason: leftOut, leftOut: true };
        if (fits) {
          taken += size;
          sizes.set(node.id, size);
        }
        // What did not change is kept, so that the one before need not be thrown away.
        const before = this.#says.get(node.id);
        const same = before !== undefined && sameSays(says, before);
        if (!same) changed = true;
        next.set(node.id, same ? before : says);
        keys.set(node.id, (same ? this.#keys.get(node.id) : undefined) ?? placesOf(says.routes));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    this.#running = false;
    this.#last = performance.now();
    if (this.#abort.signal.aborted || (!changed && next.size === this.#says.size)) return;
    this.#says = next;
    this.#sizes = sizes;
    this.#keys = keys;
    this.#version += 1;
    this.#onChange();
  }

  close(): void {
    this.#abort.abort();
  }

  /** Of a row that says that it was applied. */
  of(route: RouteRow): Truth {
    if (route.status !== 'applied') return unknown('Only routes that were applied are compared.');
    if (route.name === '') return unknown('Its name is not told.');
    if (route.source === '*')
      return unknown('A template is on no node itself: what it was expanded to is compared.');
    const said = this.#says.get(route.source);
    if (!said) return unknown('Its node has not been asked yet.');
    if (said.leftOut === true) return unknown(said.reason);
    if (said.reason !== '') return unknown(`Its node did not answer. ${said.reason}`);
    return this.#keys.get(route.source)?.has(nameKey(route)) === true
      ? { kind: 'same', reason: '' }
      : { kind: 'not-on-node', reason: `Missing on ${route.source}.` };
  }

  /** Where in a node's rows a name is, by `nameKey`; undefined: it was not asked, or did not answer. */
  placesOn(node: string): ReadonlyMap<string, number> | undefined {
    return this.#says.get(node)?.reason === '' ? this.#keys.get(node) : undefined;
  }

  async #ask({ id, status }: NodeRow): Promise<NodeSays> {
    if (status === 'not-connected')
      return { routes: [], reason: 'It is not connected to its control plane.' };
    try {
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(answerMs)]);
      return { routes: await this.#connection.plane.nodeRoutes(id, signal), reason: '' };
    } catch (error) {
      return { routes: [], reason: sentence(classify(error)) };
    }
  }
}

const unknown = (reason: string): Truth => ({ kind: 'unknown', reason });

const placesOf = (rows: readonly NodeRouteRow[]): ReadonlyMap<string, number> =>
  new Map(rows.map((row, place) => [nameKey(row), place]));

const sizeOf = (rows: readonly NodeRouteRow[]): number =>
  rows.reduce(
    (sum, { name, instance, connections }) =>
      sum +
      rowSize +
      name.length +
      instance.length +
      connections.reduce(
        (size, { peerNode, linkId }) => size + connectionSize + peerNode.length + linkId.length,
        0,
      ),
    0,
  );

/** Servers list what they have in any order. */
function sameSays(a: NodeSays, b: NodeSays): boolean {
  if (a.reason !== b.reason || a.routes.length !== b.routes.length) return false;
  if (a.routes.every((row, index) => sameRow(row, b.routes[index]))) return true;
  const before = new Map(b.routes.map((row) => [nameKey(row), row]));
  return a.routes.every((row) => sameRow(row, before.get(nameKey(row))));
}

function sameRow(a: NodeRouteRow, b: NodeRouteRow | undefined): boolean {
  return (
    a.name === b?.name &&
    a.instance === b.instance &&
    a.connections.length === b.connections.length &&
    a.connections.every((one, index) => {
      const other = b.connections[index];
      return (
        one.id === other?.id &&
        one.local === other.local &&
        one.peerNode === other.peerNode &&
        one.linkId === other.linkId
      );
    })
  );
}
