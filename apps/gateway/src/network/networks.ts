import type { AnyConnection } from '../upstream/connections.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { within } from '../within.ts';
import { NetworkCopy } from './copy.ts';
import { RouteList } from './route-list.ts';

/** At most this long does a list wait for a control plane's first answer, ms. */
const firstMs = 1500;

/** The gateway's copies of all control planes it is connected to. */
export class Networks {
  readonly routes = new RouteList();
  readonly #copies: ReadonlyMap<string, NetworkCopy>;

  constructor(
    connections: readonly ControlPlaneConnection[],
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

  get all(): readonly NetworkCopy[] {
    return [...this.#copies.values()];
  }

  get(connection: string): NetworkCopy | undefined {
    return this.#copies.get(connection);
  }

  changed(source: AnyConnection): void {
    this.#copies.get(source.link.name)?.changed();
  }

  /** Waits for something to show, but not for a control plane that does not answer. */
  async first(copies: readonly NetworkCopy[]): Promise<void> {
    await within(firstMs, Promise.all(copies.map(({ first }) => first)));
  }

  close(): void {
    for (const copy of this.#copies.values()) copy.close();
  }
}
