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
  /** Empty: it answered. */
  reason: string;
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

/** Equal for equal names. */
export const nameKey = ({ name, instance }: NameRow): string => `${name}\n${instance}`;

/** What the nodes really have: a control plane can say "applied" of what its node has lost. */
export class NodeTruth {
  readonly #connection: { readonly plane: Pick<ControlPlane, 'nodeRoutes'> };
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  #says = new Map<string, NodeSays>();
  #keys = new Map<string, ReadonlySet<string>>();
  #version = 0;
  #running = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(connection: { readonly plane: Pick<ControlPlane, 'nodeRoutes'> }, onChange: () => void) {
    this.#connection = connection;
    this.#onChange = onChange;
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
    if (this.#running || performance.now() - this.#last < every) return;
    this.#running = true;
    const waiting = [...nodes];
    const next = new Map<string, NodeSays>();
    const worker = async (): Promise<void> => {
      for (let node = waiting.pop(); node; node = waiting.pop()) next.set(node.id, await this.#ask(node));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    this.#running = false;
    this.#last = performance.now();
    if (this.#abort.signal.aborted) return;
    const keys = new Map([...next].map(([id, { routes }]) => [id, new Set(routes.map(nameKey))]));
    const changed = fingerprint(next) !== fingerprint(this.#says);
    this.#says = next;
    this.#keys = keys;
    if (!changed) return;
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
    if (route.source !== '*') return this.#on(route.source, route);
    return unknown('A template is on no node itself: what it was expanded to is compared.');
  }

  /** What a node has by way of another node and the database does not: leftovers. */
  leftovers(node: string, wanted: ReadonlySet<string>): NodeRouteRow[] {
    return (this.#says.get(node)?.routes ?? []).filter(
      (row) =>
        row.connections.length > 0 &&
        !row.connections.some(({ local }) => local) &&
        !wanted.has(nameKey(row)),
    );
  }

  #on(node: string, route: NameRow): Truth {
    const said = this.#says.get(node);
    if (!said) return unknown('Its node has not been asked yet.');
    if (said.reason !== '') return unknown(`Its node did not answer. ${said.reason}`);
    return this.#keys.get(node)?.has(nameKey(route)) === true
      ? { kind: 'same', reason: '' }
      : { kind: 'not-on-node', reason: `Missing on ${node}.` };
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

function fingerprint(says: ReadonlyMap<string, NodeSays>): string {
  return [...says]
    .map(([id, { routes, reason }]) => `${id}\n${reason}\n${routes.map(nameKey).toSorted().join('\n')}`)
    .toSorted()
    .join('\n\n');
}
