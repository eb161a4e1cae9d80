import { type Many, judgeMany } from './judging-many.ts';
import type { Plan } from './verdict-plan.ts';
import { rowOf, type VerdictRow } from './verdict-row.ts';

export interface VerdictState {
  /** One line a document that is judged, by its id; what is missing is not judged yet. */
  readonly rows: ReadonlyMap<string, VerdictRow>;
  /** Undefined when nothing is being judged. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  /** A person stopped it before all were judged. */
  readonly stopped: boolean;
}

/** Lines are drawn at most this often, in milliseconds. */
const drawEvery = 250;

interface Made {
  readonly key: string;
  readonly row: VerdictRow;
}

const empty: VerdictState = { rows: new Map(), progress: undefined, stopped: false };

/** Verdicts on many documents. One is made anew when what it rests on changes, and when time alone may have changed it. */
export class VerdictStore {
  readonly #judge: (many: Many) => Promise<void>;
  readonly #listeners = new Set<() => void>();
  readonly #made = new Map<string, Made>();
  #state = empty;
  #asked: { readonly plan: Plan; readonly at: number; readonly chosen: boolean } | undefined;
  #running: AbortController | undefined;

  constructor(judge: (many: Many) => Promise<void> = judgeMany) {
    this.#judge = judge;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): VerdictState => this.#state;

  /**
   * Judges what of the plan is not judged yet for `at`, milliseconds since 1970; `chosen` when a person chose that moment. Without a
   * plan everything is forgotten.
   */
  update(plan: Plan | undefined, at: number | undefined, chosen: boolean): void {
    this.#running?.abort();
    this.#running = undefined;
    if (!plan || at === undefined) {
      this.#asked = undefined;
      this.#made.clear();
      if (this.#state !== empty) this.#put(empty);
      return;
    }
    this.#asked = { plan, at, chosen };
    this.#tidy(plan);
    if (!this.#state.stopped) this.#run();
  }

  /** Stops judging; what was judged stays. */
  cancel(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#draw(undefined, true);
  }

  /** Goes on after `cancel`. */
  resume(): void {
    this.#put({ ...this.#state, stopped: false });
    this.#run();
  }

  #tidy({ items }: Plan): void {
    const wanted = new Set(items.map(({ document }) => document.id));
    let changed = false;
    for (const id of this.#made.keys()) if (!wanted.has(id)) changed = this.#made.delete(id) || changed;
    for (const { document, key } of items) {
      if (!document.once || this.#made.get(document.id)?.key === key) continue;
      const { judgement, at } = document.once;
      this.#made.set(document.id, { key, row: rowOf(document.id, judgement, at.getTime()) });
      changed = true;
    }
    const stopped = this.#state.stopped && this.#made.size > 0;
    if (changed || stopped !== this.#state.stopped) this.#draw(this.#state.progress, stopped);
  }

  #run(): void {
    if (!this.#asked) return;
    const { plan, at, chosen } = this.#asked;
    const keyOf = (key: string) => (chosen ? `${key} ${at}` : key);
    const due = plan.items.filter(({ document, key }) => {
      const last = this.#made.get(document.id);
      if (document.once || !last) return !document.once;
      const { row } = last;
      return last.key !== keyOf(key) || at < row.at || (row.next !== undefined && row.next <= at);
    });
    if (due.length === 0) {
      if (this.#state.progress) this.#draw(undefined, false);
      return;
    }
    const running = new AbortController();
    this.#running = running;
    const keys = new Map(due.map(({ document, key }) => [document.id, keyOf(key)]));
    let done = 0;
    let drawn = performance.now();
    this.#draw({ done, total: due.length }, false);
    void this.#judge({
      tasks: due.map(({ task }) => task),
      bundles: plan.bundles,
      at,
      signal: running.signal,
      onRow: (row) => {
        if (running.signal.aborted) return;
        this.#made.set(row.id, { key: keys.get(row.id) ?? '', row });
        done++;
        if (performance.now() - drawn < drawEvery) return;
        drawn = performance.now();
        this.#draw({ done, total: due.length }, false);
      },
    }).then(() => {
      if (!running.signal.aborted) this.#draw(undefined, false);
    });
  }

  #draw(progress: VerdictState['progress'], stopped: boolean): void {
    this.#put({ rows: new Map([...this.#made].map(([id, { row }]) => [id, row])), progress, stopped });
  }

  #put(state: VerdictState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
