import type { AnyConnection } from '../upstream/connections.ts';
import { within } from '../within.ts';
import { NetworkCopy } from './copy.ts';
import type { NetworkSource } from './copy.ts';
import { RouteList } from './route-list.ts';

/** At most this long does a list wait for a control plane's first answer, ms. */
const firstMs = 1500;

/** The gateway's copies of all control planes it is connected to, and of nodes that it reads directly. */
export class Networks {
  readonly routes = new RouteList();
  readonly #copies: ReadonlyMap<string, NetworkCopy>;

  constructor(
    connections: readonly NetworkSource[],
    now: () => Date,
    onChange: (connection: string) => void,
  ) {
    this.#copies = new Map(
      connections.map((connection) => {
        const { name } = connection.link;
        return [name, new NetworkCopy(connection, now, () => onChange(name))];
      }),
    );
  }

  /** Of control planes. */
  get all(): readonly NetworkCopy[] {
    return this.listed.filter(({ direct }) => !direct);
  }

  /** And of single nodes: what a node tells may be in its control plane's copy too. */
  get listed(): readonly NetworkCopy[] {
    return [...this.#copies.values()];
  }

  get(connection: string): NetworkCopy | undefined {
    return this.#copies.get(connection);
  }

  changed({ link }: Pick<AnyConnection, 'link'>): void {
    this.changedNamed(link.name);
  }

  /** The link that a copy reads over came, went or changed. */
  changedNamed(connection: string): void {
    this.#copies.get(connection)?.changed();
  }

  /** Waits for something to show, but not for a control plane that does not answer. */
  async first(copies: readonly NetworkCopy[]): Promise<void> {
    await within(firstMs, Promise.all(copies.map(({ first }) => first)));
  }

  close(): void {
    for (const copy of this.#copies.values()) copy.close();
  }
}
