import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { AgentRow } from '../upstream/spire/rows.ts';
import type { Store } from './store/client.ts';

/** An evicted agent that can attest again is back after seconds: looked for a few times. */
const againMs = [3000, 7000, 15_000];

/** Reads all agents of a server into the store; a reading that began before another one that is stored is thrown away. */
export class AgentReader {
  readonly #connection: SpireConnection;
  readonly #store: Store;
  readonly #now: () => Date;
  #begun = 0;
  #stored = 0;
  #timers: NodeJS.Timeout[] = [];

  constructor(connection: SpireConnection, store: Store, now: () => Date) {
    this.#connection = connection;
    this.#store = store;
    this.#now = now;
  }

  /** True when rows changed. Throws `Fault` or `StoreError`. */
  async read(options: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<boolean> {
    const number = (this.#begun += 1);
    const { name } = this.#connection.link;
    const agents: AgentRow[] = [];
    for await (const page of this.#connection.client.agentPages(options)) agents.push(...page);
    // One that began later is stored already: this one would bring back what an action has changed since.
    if (number < this.#stored) return false;
    this.#stored = number;
    const changed = await this.#store.agents(name, agents, this.#now().getTime());
    const used = await this.#store.settleJoinTokens(name, Math.floor(this.#now().getTime() / 1000));
    return changed || used;
  }

  /** Looks again in a while, and tells. */
  later(tell: () => Promise<void>): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = againMs.map((ms) => setTimeout(() => void tell(), ms).unref());
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
