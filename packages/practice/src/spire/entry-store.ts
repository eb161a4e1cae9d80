import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { text } from './ids.ts';
import { sameSet, selectorSet } from './selectors.ts';
import { Signal } from './signal.ts';

/** Rows that are made when somebody looks at them, so that a million cost nothing at start. */
export interface BulkRows {
  count: number;
  /** Always the same for the same index. Never federated, never expiring. */
  at(index: number): Entry;
  indexOfId(id: string): number | undefined;
  indexOfSpiffeId(spiffeId: string): number | undefined;
}

const rowsPerTurn = 2000;

/**
 * Registration entries by row number; rows are in creation order and never reused. Stored entries are replaced,
 * not changed, so what was handed out stays as it was.
 */
export class EntryStore {
  readonly changes = new Signal();
  private readonly kept = new Map<number, Entry>();
  private readonly rowById = new Map<string, number>();
  private readonly rowsBySpiffeId = new Map<string, Set<number>>();
  private readonly bulk: BulkRows;
  private readonly firstBulkRow: number;
  /** Bulk rows that were deleted or replaced. */
  private readonly displaced = new Set<number>();
  private lastRow = 0;

  constructor(initial: Entry[], bulk: BulkRows) {
    this.bulk = bulk;
    for (const entry of initial) this.keep(++this.lastRow, entry);
    this.firstBulkRow = this.lastRow + 1;
    this.lastRow += bulk.count;
  }

  get size(): number {
    return this.kept.size + this.bulk.count - this.displaced.size;
  }

  get(id: string): Entry | undefined {
    const row = this.rowOf(id);
    return row === undefined ? undefined : this.at(row);
  }

  /** The entry with the same SPIFFE ID, parent and set of selectors. */
  similar(entry: Entry): Entry | undefined {
    const wanted = selectorSet(entry.selectors);
    const parent = text(entry.parentId);
    return this.withSpiffeId(text(entry.spiffeId))
      .map(([, candidate]) => candidate)
      .find(
        (candidate) =>
          text(candidate.parentId) === parent && sameSet(selectorSet(candidate.selectors), wanted),
      );
  }

  withSpiffeId(spiffeId: string): [number, Entry][] {
    const rows = [...(this.rowsBySpiffeId.get(spiffeId) ?? [])];
    const index = this.bulk.indexOfSpiffeId(spiffeId);
    if (index !== undefined && !this.displaced.has(this.firstBulkRow + index))
      rows.push(this.firstBulkRow + index);
    return rows
      .sort((a, b) => a - b)
      .flatMap((row): [number, Entry][] => {
        const entry = this.at(row);
        return entry ? [[row, entry]] : [];
      });
  }

  add(entry: Entry): void {
    this.keep(++this.lastRow, entry);
    this.changes.emit();
  }

  /** Puts `entry` in the place of the one with its ID. */
  replace(entry: Entry): void {
    const row = this.rowOf(entry.id);
    if (row === undefined) throw new Error(`no entry ${entry.id}`);
    this.forget(row);
    this.keep(row, entry);
    this.changes.emit();
  }

  delete(id: string): boolean {
    const row = this.rowOf(id);
    if (row === undefined) return false;
    this.forget(row);
    this.changes.emit();
    return true;
  }

  /** Entries that may expire or federate: all that are not untouched bulk rows. */
  keptEntries(): Entry[] {
    return [...this.kept.values()];
  }

  /** Visits rows in order after `after` until told to stop, giving way to other work now and then. */
  async scan(after: number, visit: (row: number, entry: Entry) => boolean): Promise<void> {
    for (let row = after + 1; row <= this.lastRow; row++) {
      if (row % rowsPerTurn === 0) await nextTurn();
      const entry = this.at(row);
      if (entry && !visit(row, entry)) return;
    }
  }

  private at(row: number): Entry | undefined {
    const kept = this.kept.get(row);
    if (kept) return kept;
    const index = row - this.firstBulkRow;
    const isBulk = index >= 0 && index < this.bulk.count && !this.displaced.has(row);
    return isBulk ? this.bulk.at(index) : undefined;
  }

  private rowOf(id: string): number | undefined {
    const row = this.rowById.get(id);
    if (row !== undefined) return row;
    const index = this.bulk.indexOfId(id);
    if (index === undefined || this.displaced.has(this.firstBulkRow + index)) return undefined;
    return this.firstBulkRow + index;
  }

  private keep(row: number, entry: Entry): void {
    this.kept.set(row, entry);
    this.rowById.set(entry.id, row);
    const spiffeId = text(entry.spiffeId);
    const rows = this.rowsBySpiffeId.get(spiffeId) ?? new Set();
    this.rowsBySpiffeId.set(spiffeId, rows.add(row));
  }

  private forget(row: number): void {
    const kept = this.kept.get(row);
    if (!kept) {
      this.displaced.add(row);
      return;
    }
    this.kept.delete(row);
    this.rowById.delete(kept.id);
    this.rowsBySpiffeId.get(text(kept.spiffeId))?.delete(row);
  }
}
