import type { Connection, Message, Topic } from '@muster/api';

/** Something changed that windows may be showing. Becomes a `WatchEvent` on each window's stream. */
export type ConsoleEvent =
  | { kind: 'invalidated'; topic: Topic; scope: string }
  | { kind: 'connection'; connection: Connection }
  | { kind: 'message'; connection: string; channel: string; message: Message; earlier: bigint };

/** Subscribing returns the function that unsubscribes. */
export class EventBus {
  readonly #listeners = new Set<(event: ConsoleEvent) => void>();

  on(listener: (event: ConsoleEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: ConsoleEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
