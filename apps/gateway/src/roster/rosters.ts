import type { ItemResult } from '@muster/api';
import type { Planned } from '../actions/action.ts';
import type { Caller } from '../caller.ts';
import type { Store } from '../inventory/store/client.ts';
import type { Connections } from '../upstream/connections.ts';
import { Doings } from './doings.ts';
import { look, rosterConnections } from './source.ts';
import { RosterWatch } from './watch.ts';

export interface RostersOptions {
  connections: Connections;
  store: Store;
  now: () => Date;
  onChange: (connection: string) => void;
  pause?: number;
}

/** Watches the channels of every connection that has any. */
export class Rosters {
  readonly #doings: Doings;
  readonly #watches: ReadonlyMap<string, RosterWatch>;

  constructor({ connections, store, now, onChange, pause }: RostersOptions) {
    this.#doings = new Doings(now);
    this.#watches = new Map(
      rosterConnections(connections).map((connection) => {
        const { name } = connection.link;
        const source = { name, ours: connection.kind === 'slim-node', look: () => look(connection) };
        const options = {
          store,
          doings: this.#doings,
          now,
          onChange,
          ...(pause === undefined ? {} : { pause }),
        };
        return [name, new RosterWatch(source, options)];
      }),
    );
  }

  /** Something of this connection may have changed. */
  noticed(connection: string, deleted?: string): void {
    this.#watches.get(connection)?.noticed(deleted);
  }

  /** Follows a run of an action, to tell whose action a change was; call what is returned with each of its results. */
  follow(record: string, planned: Planned, caller: Caller): (item?: ItemResult) => void {
    const tell = this.#doings.began(record, planned, caller);
    return (item) => {
      const failed = tell(item);
      if (failed) void this.#watches.get(failed.connection)?.failed(failed);
    };
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.close();
  }
}
