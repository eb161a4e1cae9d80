/** Tells whoever listens that something changed; what, they read themselves. */
export class Signal {
  /** How often it was emitted: the same number means that nothing changed in between. */
  count = 0;
  private readonly listeners = new Set<() => void>();

  /** Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(): void {
    this.count++;
    for (const listener of [...this.listeners]) listener();
  }
}
