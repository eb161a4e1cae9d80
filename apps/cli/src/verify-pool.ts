import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { judgeLines, skipped } from './verify-line.ts';

/** A few lines are answered before a thread has started. */
const WORTH_THREADS = 2000;

/** Lines of a stream as they stand there: each ended by a line feed, in memory that nobody else uses. */
export interface Batch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lines: number;
}

interface Seat {
  readonly worker: Worker;
  finish: ((answers: string | undefined) => void) | undefined;
}

/** Judges batches of lines, on as many threads as there are processors once the input turns out to be long. */
export class JudgePool {
  readonly size = Math.min(availableParallelism(), 16);
  #seen = 0;
  readonly #seats: Seat[] = [];
  readonly #waiting: (() => void)[] = [];

  /** The answers, a line for each. The batch is given away: its bytes may be gone afterwards. */
  async judge({ bytes, lines }: Batch): Promise<string> {
    this.#seen += lines;
    if (this.#seen < WORTH_THREADS || this.size === 1) return judgeLines(bytes);
    const seat = await this.#seat();
    const answers = await new Promise<string | undefined>((resolve) => {
      seat.finish = resolve;
      seat.worker.postMessage(bytes, [bytes.buffer]);
    });
    seat.finish = undefined;
    this.#waiting.shift()?.();
    return answers ?? `${skipped}\n`.repeat(lines);
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()));
  }

  async #seat(): Promise<Seat> {
    for (;;) {
      const free = this.#seats.find(({ finish }) => finish === undefined);
      const seat = free ?? (this.#seats.length < this.size ? this.#start() : undefined);
      if (seat) {
        // Taken at once: another batch may ask before this one is sent.
        seat.finish = () => undefined;
        return seat;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): Seat {
    const seat: Seat = {
      worker: new Worker(new URL('./verify-worker.ts', import.meta.url), {
        // A batch is garbage once it is answered: with room for many, less of it is ever copied.
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      }),
      finish: undefined,
    };
    seat.worker.on('message', (answers: string) => seat.finish?.(answers));
    // A thread that dies, of memory say, takes its batch with it and nothing else.
    seat.worker.on('error', () => {
      this.#seats.splice(this.#seats.indexOf(seat), 1);
      seat.finish?.(undefined);
    });
    this.#seats.push(seat);
    return seat;
  }
}
