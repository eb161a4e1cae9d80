import type { Inventory } from '../inventory/inventory.ts';
import type { LintFacts } from './rules.ts';
import { lintConnection } from './runner.ts';
import type { LintProgress, LintResult } from './runner.ts';
import { within } from '../within.ts';

interface Slot {
  result: LintResult | undefined;
  running: Promise<void> | undefined;
  progress: LintProgress;
  /** What the last run took, ms. */
  took: number;
}

export interface LintState {
  result: LintResult | undefined;
  running: boolean;
  progress: LintProgress;
  outdated: boolean;
}

/** Entries change all the time at a large server: after a long run the next waits so many times what it took. */
const rest = 10;
const long = 3000;
const longestWait = 1500;

/** Findings of each connection, worked out anew after entries have changed and somebody asks. */
export class LintCache {
  readonly #inventory: Inventory;
  readonly #now: () => Date;
  readonly #slots = new Map<string, Slot>();

  constructor(inventory: Inventory, now: () => Date) {
    this.#inventory = inventory;
    this.#now = now;
  }

  /** What is known now. Waits a moment for a run that is quick. */
  async ask(connection: string, facts: LintFacts, entries: number): Promise<LintState> {
    const slot: Slot = this.#slots.get(connection) ?? {
      result: undefined,
      running: undefined,
      progress: { examined: 0, of: entries },
      took: 0,
    };
    this.#slots.set(connection, slot);
    const changes = await this.#inventory.store.lintChanges();
    const outdated = (): boolean =>
      slot.result === undefined || slot.result.changes !== changes || differ(slot.result.facts, facts);
    const since = slot.result
      ? this.#now().getTime() - slot.result.finishedAt.getTime()
      : Number.POSITIVE_INFINITY;
    if (outdated() && !slot.running && since >= (slot.took < long ? 0 : slot.took * rest))
      this.#start(connection, slot, facts, entries);
    if (slot.running) await within(longestWait, slot.running);
    return {
      result: slot.result,
      running: slot.running !== undefined,
      progress: slot.progress,
      outdated: outdated(),
    };
  }

  #start(connection: string, slot: Slot, facts: LintFacts, entries: number): void {
    const began = performance.now();
    slot.progress = { examined: 0, of: entries };
    slot.running = lintConnection(
      this.#inventory.store,
      connection,
      facts,
      entries,
      this.#now,
      (progress) => {
        slot.progress = progress;
      },
    )
      .then((result) => {
        slot.result = result;
        slot.took = performance.now() - began;
      })
      // The store was closed, or lost: the next who asks finds out.
      .catch(() => {})
      .finally(() => {
        slot.running = undefined;
      });
  }
}

/** Time alone changes little: expiry is told anew once a minute. */
function differ(a: LintFacts, b: LintFacts): boolean {
  return (
    Math.abs(a.now - b.now) > 60 ||
    a.authorityLife !== b.authorityLife ||
    (a.bundles ?? []).join() !== (b.bundles ?? []).join()
  );
}
