import type { NetworkCopy } from '../network/copy.ts';
import type { NodeSays } from '../network/node-truth.ts';
import type { RouteTable } from '../network/route-table.ts';
import type { NodeRouteRow, NodeRow, RouteRow } from '../upstream/control-plane/port.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';

/** Nodes that one question asks now, at most; the others as they were asked last. */
const mostAsked = 16;
const answerMs = 5000;

/** An application as a node has it: one of its own connections has the name. */
interface Held {
  node: string;
  instance: string;
}

/** Where a name is, by whose word. */
export interface Host {
  node: string;
  /** The control plane's database says so. */
  listed: boolean;
  /** The node has it; undefined: it was not asked, or did not answer. */
  held: boolean | undefined;
}

type ByName = ReadonlyMap<string, readonly RouteRow[]>;

const routeIndexes = new WeakMap<RouteTable, { version: number; byName: ByName }>();
const heldIndexes = new WeakMap<NetworkCopy, { version: string; byName: ReadonlyMap<string, Held[]> }>();

/** Rows by their name, made anew when one of them changed: a channel asks for ten thousand names. */
function routesByName(table: RouteTable): ByName {
  const kept = routeIndexes.get(table);
  if (kept?.version === table.version) return kept.byName;
  const byName = new Map<string, RouteRow[]>();
  for (const row of table.rows) {
    const rows = byName.get(row.name);
    if (rows) rows.push(row);
    else byName.set(row.name, [row]);
  }
  routeIndexes.set(table, { version: table.version, byName });
  return byName;
}

/** One network as its control plane tells it, and what its nodes say when they are asked now. */
export class Net {
  readonly copy: NetworkCopy;
  readonly nodes: ReadonlyMap<string, NodeRow>;
  readonly #linkIds: ReadonlySet<string>;
  readonly #asked = new Map<string, NodeSays>();
  readonly #names = new Map<NodeSays, ReadonlyMap<string, readonly NodeRouteRow[]>>();

  constructor(copy: NetworkCopy) {
    this.copy = copy;
    this.nodes = new Map(copy.nodes.map((node) => [node.id, node]));
    this.#linkIds = new Set(copy.links.flatMap(({ linkId }) => (linkId === '' ? [] : [linkId])));
  }

  get name(): string {
    return this.copy.connection.link.name;
  }

  get asOf(): Date | undefined {
    return this.copy.state.asOf;
  }

  /** Its database tells names; 0.7 tells its routes as text, and before 0.7 only nodes tell theirs. */
  get listsNames(): boolean {
    return this.copy.listsRoutes && !routesByName(this.copy.routes).has('');
  }

  domainOf(node: string): string {
    return this.nodes.get(node)?.domain ?? '';
  }

  /** Rows of the database for a name that were not deleted; of one instance where one is meant. */
  rows(name: string, instance = ''): readonly RouteRow[] {
    const all = routesByName(this.copy.routes).get(name) ?? [];
    return all.filter((row) => row.status !== 'deleted' && fits(row.instance, instance));
  }

  /** Names that the database or some node has. */
  knows(name: string): boolean {
    return this.rows(name).length > 0 || (this.#held().get(name)?.length ?? 0) > 0;
  }

  /** Names that end as this one does, for a hint at a slip. */
  near(name: string): string[] {
    const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
    const all = new Set([...routesByName(this.copy.routes).keys(), ...this.#held().keys()]);
    return [...all]
      .filter((one) => one !== name && one.slice(one.lastIndexOf('/') + 1).toLowerCase() === last)
      .toSorted()
      .slice(0, 3);
  }

  /** Nodes that a name is on, by the database or by what they say themselves. */
  hosts(name: string, instance = ''): Host[] {
    const listed = new Set(
      this.rows(name, instance).flatMap(({ destination }) => (destination === '' ? [] : [destination])),
    );
    const held = new Set(
      (this.#held().get(name) ?? []).filter((one) => fits(one.instance, instance)).map(({ node }) => node),
    );
    for (const [node, says] of this.#asked) {
      if (says.reason !== '') continue;
      const rows = this.#namesOf(says).get(name);
      const here = rows?.some(
        (row) => fits(row.instance, instance) && row.connections.some((one) => this.local(one)),
      );
      if (here === true) held.add(node);
      else held.delete(node);
    }
    return [...new Set([...listed, ...held])]
      .toSorted()
      .map((node) => ({ node, listed: listed.has(node), held: this.#isHeld(node, held) }));
  }

  /** What a node has for a name, of those it answered with; undefined: it was not asked, or did not answer. */
  on(node: string, name: string, instance = ''): readonly NodeRouteRow[] | undefined {
    const says = this.says(node);
    if (!says || says.reason !== '') return undefined;
    return this.#rowsOf(says, name, instance);
  }

  says(node: string): NodeSays | undefined {
    return this.#asked.get(node) ?? this.copy.truth.says(node);
  }

  /** A connection of a node to an application, and not to another node: nodes of 2.0–3.4 count those as edges. */
  local({ local, peerNode, linkId }: NodeRouteRow['connections'][number]): boolean {
    return local || (!this.nodes.has(peerNode) && !this.#linkIds.has(linkId));
  }

  /** Asks these nodes now, as many as one question may. */
  async ask(nodes: readonly string[]): Promise<void> {
    const { connection } = this.copy;
    const next = [...new Set(nodes)]
      .filter((node) => !this.#asked.has(node))
      .slice(0, Math.max(0, mostAsked - this.#asked.size));
    await Promise.all(
      next.map(async (node) => {
        if (this.nodes.get(node)?.status === 'not-connected') {
          this.#asked.set(node, { routes: [], reason: 'It is not connected to its control plane.' });
          return;
        }
        try {
          const routes = await connection.plane.nodeRoutes(node, AbortSignal.timeout(answerMs));
          this.#asked.set(node, { routes, reason: '' });
        } catch (error) {
          this.#asked.set(node, { routes: [], reason: sentence(classify(error)) });
        }
      }),
    );
  }

  #isHeld(node: string, held: ReadonlySet<string>): boolean | undefined {
    if (held.has(node)) return true;
    const says = this.says(node);
    return says && says.reason === '' ? false : undefined;
  }

  #rowsOf(says: NodeSays, name: string, instance: string): readonly NodeRouteRow[] {
    return (this.#namesOf(says).get(name) ?? []).filter((row) => fits(row.instance, instance));
  }

  /** A node may have a hundred thousand names, and be asked about ten thousand of them. */
  #namesOf(says: NodeSays): ReadonlyMap<string, readonly NodeRouteRow[]> {
    const known = this.#names.get(says);
    if (known) return known;
    const names = new Map<string, NodeRouteRow[]>();
    for (const row of says.routes) {
      const rows = names.get(row.name);
      if (rows) rows.push(row);
      else names.set(row.name, [row]);
    }
    this.#names.set(says, names);
    return names;
  }

  #held(): ReadonlyMap<string, Held[]> {
    const { copy } = this;
    const version = `${copy.truth.version} ${copy.nodes.length} ${this.#linkIds.size}`;
    const kept = heldIndexes.get(copy);
    if (kept?.version === version) return kept.byName;
    const byName = new Map<string, Held[]>();
    for (const { id } of copy.nodes) {
      for (const { name, instance, connections } of copy.truth.says(id)?.routes ?? []) {
        if (!connections.some((connection) => this.local(connection))) continue;
        const rows = byName.get(name);
        if (rows) rows.push({ node: id, instance });
        else byName.set(name, [{ node: id, instance }]);
      }
    }
    heldIndexes.set(copy, { version, byName });
    return byName;
  }
}

/** A row of no instance stands for all of them; a question without one means any. */
const fits = (has: string, wanted: string): boolean => wanted === '' || has === '' || has === wanted;
