/** A small table: items by key, numbered in order of insertion, with numbers never reused. */
export class Rows<T> {
  private readonly byKey = new Map<string, [number, T]>();
  private lastRow = 0;

  get size(): number {
    return this.byKey.size;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  get(key: string): T | undefined {
    return this.byKey.get(key)?.[1];
  }

  /** Adds, or replaces in the same row. */
  set(key: string, item: T): void {
    const row = this.byKey.get(key)?.[0] ?? ++this.lastRow;
    this.byKey.set(key, [row, item]);
  }

  delete(key: string): boolean {
    return this.byKey.delete(key);
  }

  keys(): string[] {
    return [...this.byKey.keys()];
  }

  values(): T[] {
    return [...this.byKey.values()].map(([, item]) => item);
  }

  numbered(): IterableIterator<[number, T]> {
    return this.byKey.values();
  }
}
