import { type BatchQuestion, type BatchTask, judgeBatch } from './judging-batch.ts';
import { timeLimit } from './judging.ts';
import { lendWorker } from './start-worker.ts';
import type { VerdictRow } from './verdict-row.ts';

/** Something that judges batches beside the page. */
export interface BatchHelper {
  ask(question: BatchQuestion): void;
  /** Nothing is asked of it any more; it owes no answer. */
  done(): void;
  /** It owes an answer that nobody waits for. */
  end(): void;
}

export type MakeBatchHelper = (
  onRows: (rows: readonly VerdictRow[]) => void,
  onBroken: () => void,
) => BatchHelper | undefined;

/** Documents in one message: few enough that both cores end at about the same time. */
const BATCH = 20;

export interface Many {
  readonly tasks: readonly BatchTask[];
  readonly bundles: BatchQuestion['bundles'];
  readonly at: number;
  readonly onRow: (row: VerdictRow) => void;
  readonly signal: AbortSignal;
}

/**
 * Judges many documents by a few workers. One that takes longer than the limit is told as unreadable, its worker is ended, and the
 * rest of its batch goes on in another (S-18). Resolves when all are judged or the signal says stop.
 */
export function judgeMany(
  { tasks, bundles, at, onRow, signal }: Many,
  make: MakeBatchHelper = pageBatchWorker,
  limit = timeLimit,
  width = poolWidth(),
): Promise<void> {
  return new Promise((resolve) => {
    const queue: BatchTask[][] = [];
    for (let start = 0; start < tasks.length; start += BATCH) queue.push(tasks.slice(start, start + BATCH));
    const running = new Set<Runner>();
    const over = () => {
      for (const runner of running) runner.end();
      running.clear();
      resolve();
    };
    if (signal.aborted || queue.length === 0) return over();
    signal.addEventListener('abort', over, { once: true });

    const next = (runner: Runner) => {
      const batch = queue.shift();
      if (batch) return runner.run(batch);
      runner.end();
      running.delete(runner);
      if (running.size === 0 && !signal.aborted) over();
    };
    const start = () => {
      const runner: Runner = new Runner(
        { make, limit, bundles, at, onRow },
        () => next(runner),
        (rest) => {
          running.delete(runner);
          queue.unshift(...rest.map((task) => [task]));
          if (!signal.aborted) start();
        },
      );
      running.add(runner);
      next(runner);
    };
    const count = Math.min(width, queue.length);
    for (let index = 0; index < count; index++) start();
  });
}

interface RunnerOptions {
  readonly make: MakeBatchHelper;
  readonly limit: number;
  readonly bundles: BatchQuestion['bundles'];
  readonly at: number;
  readonly onRow: (row: VerdictRow) => void;
}

/** One worker and the batch it is at. */
class Runner {
  readonly #options: RunnerOptions;
  readonly #onDone: () => void;
  readonly #onLost: (rest: readonly BatchTask[]) => void;
  #helper: BatchHelper | undefined;
  #left: BatchTask[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(options: RunnerOptions, onDone: () => void, onLost: (rest: readonly BatchTask[]) => void) {
    this.#options = options;
    this.#onDone = onDone;
    this.#onLost = onLost;
  }

  run(batch: readonly BatchTask[]): void {
    this.#left = [...batch];
    const { make, bundles, at } = this.#options;
    this.#helper ??= make(
      (rows) => this.#take(rows),
      () => this.#here(),
    );
    if (!this.#helper) return this.#here();
    this.#watch();
    const used = [...new Set(batch.map((task) => task.bundles))];
    const places = new Map(used.map((place, index) => [place, index]));
    this.#helper.ask({
      batch: batch.map((task) => ({ ...task, bundles: places.get(task.bundles) ?? 0 })),
      bundles: used.map((place) => bundles[place] ?? new Map<string, Uint8Array>()),
      at,
    });
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.#left.length === 0) this.#helper?.done();
    else this.#helper?.end();
    this.#helper = undefined;
  }

  #take(rows: readonly VerdictRow[]): void {
    if (this.#over) return;
    const judged = new Set(rows.map(({ id }) => id));
    this.#left = this.#left.filter(({ id }) => !judged.has(id));
    for (const row of rows) this.#options.onRow(row);
    this.#watch();
    if (this.#left.length > 0) return;
    clearTimeout(this.#timer);
    this.#onDone();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tooLong(), this.#options.limit);
  }

  #tooLong(): void {
    const left = this.#left;
    const [stuck] = left;
    this.end();
    const { limit, onRow, at } = this.#options;
    // Verdicts are told in groups, so which of several it is stuck at is known when each is by itself.
    if (left.length > 1 || !stuck) return this.#onLost(left);
    onRow({
      id: stuck.id,
      kind: stuck.input.kind,
      verdict: 'unreadable',
      reason: `It took too long to judge: more than ${limit / 1000} s.`,
      fails: [],
      warns: [],
      at,
    });
    this.#onLost([]);
  }

  /** Where a worker breaks or cannot be, the page judges. */
  #here(): void {
    clearTimeout(this.#timer);
    this.#helper?.end();
    const { bundles, at, onRow } = this.#options;
    const batch = this.#left;
    this.#helper = { ask: () => undefined, done: () => undefined, end: () => undefined };
    void judgeBatch({ batch, bundles, at }, (rows) => {
      if (!this.#over) for (const row of rows) onRow(row);
    }).then(() => {
      this.#helper = undefined;
      if (!this.#over) this.#onDone();
    });
  }
}

/** A core is left to the page, where there is one to spare. */
function poolWidth(): number {
  const cores = typeof navigator === 'undefined' ? 1 : navigator.hardwareConcurrency || 2;
  return Math.max(1, Math.min(4, cores <= 2 ? 2 : cores - 1));
}

const pageBatchWorker: MakeBatchHelper = (onRows, onBroken) => {
  const worker = lendWorker<{ readonly rows: readonly VerdictRow[] }>(({ rows }) => onRows(rows), onBroken);
  return worker && { ask: (question) => worker.post(question), done: worker.giveBack, end: worker.end };
};
