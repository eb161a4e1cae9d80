import { type Profiler, Session } from 'node:inspector';

/** Says whether code has run that had not run before, block by block, as V8 itself counts. */
export class Coverage {
  readonly #session = new Session();
  /** Functions that have run, each with the blocks in it that have not. */
  readonly #unseen = new Map<string, readonly Range[]>();
  readonly #about: string;
  /** Functions and blocks reached so far. */
  reached = 0;

  /** @param about a part of the addresses of the files that count */
  constructor(about: string) {
    this.#about = about;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  /** Whether anything new ran since it was asked last; what is not remembered is new again. */
  anythingNew(remember: boolean): boolean {
    let found = false;
    for (const script of this.#take()) {
      if (!script.url.includes(this.#about)) continue;
      for (const block of script.functions) {
        const [whole, ...inner] = block.ranges;
        if (!whole || whole.count === 0) continue;
        const idle = outermost(inner.filter(({ count }) => count === 0));
        const key = `${script.url}:${whole.startOffset}:${whole.endOffset}`;
        const before = this.#unseen.get(key);
        // A block is still unseen where it lies in one that did not run now.
        const now = before ? before.flatMap((range) => overlap(range, idle)) : idle;
        const size = before ? length(before) - length(now) : 1;
        if (size === 0) continue;
        found = true;
        if (!remember) continue;
        this.#unseen.set(key, now);
        this.reached++;
      }
    }
    return found;
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let result: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (!error) result = answer.result;
    });
    return result;
  }
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
}

/** Blocks come nested, and within one that did not run nothing did. */
function outermost(ranges: readonly Range[]): readonly Range[] {
  let end = -1;
  return ranges
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
    .filter((range) => {
      if (range.endOffset <= end) return false;
      end = range.endOffset;
      return true;
    });
}

function overlap(range: Range, idle: readonly Range[]): readonly Range[] {
  return idle.flatMap(({ startOffset, endOffset }) => {
    const from = Math.max(startOffset, range.startOffset);
    const to = Math.min(endOffset, range.endOffset);
    return from < to ? [{ startOffset: from, endOffset: to }] : [];
  });
}

const length = (ranges: readonly Range[]) =>
  ranges.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0);
