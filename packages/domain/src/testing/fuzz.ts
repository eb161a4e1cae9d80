import { toLatin1 } from '../bytes.ts';
import { detectKind } from '../detect.ts';
import { INTERNAL_ERROR, judge } from '../judge.ts';
import type { JudgeInput, Judgement, Kind } from '../judge-types.ts';
import { mutateInput } from './fuzz-mutate.ts';
import { type Random, randomNumbers } from './fuzz-random.ts';

/** A document to mutate, with what it is judged against. */
export interface FuzzSeed {
  readonly input: JudgeInput;
}

export interface FuzzCase {
  readonly iteration: number;
  readonly input: JudgeInput;
  readonly judgement: Judgement;
  readonly milliseconds: number;
  /** The mutant is judged valid although its bytes differ from every seed. Not wrong as such; worth a look. */
  readonly validMutant: boolean;
}

export interface FuzzOptions {
  readonly iterations: number;
  /** Seed of the random numbers: without `guide` and `until`, the same seed makes the same mutants of the same documents. */
  readonly seed: number;
  readonly seeds: readonly FuzzSeed[];
  readonly onCase?: (fuzzCase: FuzzCase) => void;
  /** Milliseconds that the work has taken; by default a clock on the wall. Processor time is fairer on a busy machine. */
  readonly clock?: () => number;
  /** Stops before the next mutant. */
  readonly until?: () => boolean;
  /**
   * Whether code has run, since it was asked last, that had never run when it was last told to remember. Mutants that
   * reach new code are kept and mutated further.
   */
  readonly guide?: (remember: boolean) => boolean;
}

export interface FuzzReport {
  readonly iterations: number;
  readonly perKind: ReadonlyMap<Kind, number>;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly validMutants: number;
  readonly slowest: number;
  /** Mutants kept because they reached something new, and different sets of broken clauses seen. */
  readonly kept: number;
  readonly outcomes: number;
  /** Sentences about cases that threw, had no proper answer or took more than a second. Must be empty. */
  readonly defects: readonly string[];
  /** The first documents that made defects, to make tests of. */
  readonly culprits: readonly JudgeInput[];
}

/** Mutants kept to be mutated further; beyond it a random one gives way. */
const CORPUS = 4000;
/** Mutants between two questions to the guide, which cost more than a judgement; when the answer is yes, they are run again. */
const BATCH = 64;
/** Sets of broken clauses remembered: bounded, as everything here is. */
const OUTCOMES = 200_000;
/** What is kept is small: a large mutant is slow and teaches no more. */
const KEEP_BYTES = 32 * 1024;

/** Judges mutants of the seeds, and checks that every one gets an answer in time and without an exception. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { iterations, seed, until, guide } = options;
  const random = randomNumbers(seed);
  const corpus = new Corpus(options.seeds, random);
  const run = new Run(options);
  let batch: JudgeInput[] = [];
  guide?.(true);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (until?.() === true) break;
    const input = mutateInput(corpus.parent(iteration), random, corpus.any());
    const novel = await run.judge(iteration, input);
    if (!guide) continue;
    if (novel) corpus.keep(input);
    batch.push(input);
    if (batch.length < BATCH) continue;
    if (guide(false)) await keepNovel(batch, guide, corpus);
    batch = [];
  }
  return { ...run.report(), kept: corpus.kept };
}

/** Which of a batch it was, found by halves: to ask the guide costs more than to judge again. */
async function keepNovel(
  batch: readonly JudgeInput[],
  guide: (remember: boolean) => boolean,
  corpus: Corpus,
): Promise<void> {
  for (const input of batch) await judge(input);
  const [only] = batch;
  if (batch.length === 1 && only) {
    if (guide(true)) corpus.keep(only);
  } else if (guide(false)) {
    const middle = Math.ceil(batch.length / 2);
    await keepNovel(batch.slice(0, middle), guide, corpus);
    await keepNovel(batch.slice(middle), guide, corpus);
  }
}

/** The seeds, and the mutants that reached something new. */
class Corpus {
  kept = 0;
  readonly #seeds: readonly FuzzSeed[];
  readonly #random: Random;
  readonly #found: JudgeInput[] = [];

  constructor(seeds: readonly FuzzSeed[], random: Random) {
    if (seeds.length === 0) throw new Error('There is nothing to mutate.');
    this.#seeds = seeds;
    this.#random = random;
  }

  /** The seeds in turn, so that none is forgotten; mostly what was found, once something is. */
  parent(iteration: number): JudgeInput {
    return this.#foundOne() ?? this.#seed(iteration % this.#seeds.length);
  }

  any(): JudgeInput {
    return this.#foundOne() ?? this.#seed(this.#random(this.#seeds.length));
  }

  keep(input: JudgeInput): void {
    if (sizeOf(input) > KEEP_BYTES) return;
    this.kept++;
    if (this.#found.length < CORPUS) this.#found.push(input);
    else this.#found[this.#random(CORPUS)] = input;
  }

  #foundOne(): JudgeInput | undefined {
    return this.#found.length > 0 && this.#random(4) > 0
      ? this.#found[this.#random(this.#found.length)]
      : undefined;
  }

  #seed(index: number): JudgeInput {
    const seed = this.#seeds[index] ?? this.#seeds[0];
    if (!seed) throw new Error('There is nothing to mutate.');
    return seed.input;
  }
}

/** Everything that a mutant holds: a bundle grows from mutant to mutant as easily as a document. */
function sizeOf({ input, key, previous, bundles }: JudgeInput): number {
  const parts = [input, key, previous, ...bundles.values()];
  return parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
}

class Run {
  readonly #options: FuzzOptions;
  readonly #clock: () => number;
  readonly #originals: ReadonlySet<string>;
  readonly #perKind = new Map<Kind, number>();
  readonly #verdicts = new Map<string, number>();
  readonly #outcomes = new Set<string>();
  readonly #defects: string[] = [];
  readonly #culprits: JudgeInput[] = [];
  #iterations = 0;
  #validMutants = 0;
  #slowest = 0;

  constructor(options: FuzzOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#originals = new Set(options.seeds.map(({ input }) => fingerprint(input)));
  }

  /** Answers whether this set of broken clauses was never seen before. */
  async judge(iteration: number, input: JudgeInput): Promise<boolean> {
    this.#iterations++;
    const started = this.#clock();
    try {
      detectKind(input.input);
      const judgement = await judge(input);
      const milliseconds = this.#clock() - started;
      this.#slowest = Math.max(this.#slowest, milliseconds);
      const validMutant = judgement.verdict === 'valid' && !this.#originals.has(fingerprint(input));
      if (validMutant) this.#validMutants++;
      count(this.#perKind, input.kind);
      count(this.#verdicts, judgement.verdict);
      const complaint = complaintAbout(judgement, milliseconds);
      if (complaint) this.#defect(iteration, input, complaint);
      this.#options.onCase?.({ iteration, input, judgement, milliseconds, validMutant });
      const outcome = [input.kind, judgement.verdict, ...judgement.fails, ...judgement.warns].join();
      const novel = this.#outcomes.size < OUTCOMES && !this.#outcomes.has(outcome);
      if (novel) this.#outcomes.add(outcome);
      return novel;
    } catch (error) {
      this.#defect(iteration, input, `threw: ${String(error)}`);
      return false;
    }
  }

  #defect(iteration: number, input: JudgeInput, complaint: string): void {
    if (this.#defects.length >= 100) return;
    this.#defects.push(`iteration ${iteration} (${input.kind}): ${complaint}`);
    if (this.#culprits.length < 10) this.#culprits.push(input);
  }

  report(): Omit<FuzzReport, 'kept'> {
    return {
      iterations: this.#iterations,
      perKind: this.#perKind,
      verdicts: this.#verdicts,
      validMutants: this.#validMutants,
      slowest: this.#slowest,
      outcomes: this.#outcomes.size,
      defects: this.#defects,
      culprits: this.#culprits,
    };
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function complaintAbout(judgement: Judgement, milliseconds: number): string | undefined {
  if (judgement.reason === INTERNAL_ERROR) return 'an error of our own';
  if (milliseconds > 1000) return `took ${Math.round(milliseconds)} ms`;
  if (judgement.reason === '') return 'no reason';
  if ((judgement.verdict === 'valid') !== (judgement.fails.length === 0)) return 'verdict and fails disagree';
  const shown = JSON.stringify(judgement);
  if (shown.length > 8 * 1024 * 1024) return `an answer of ${shown.length} characters`;
  return UNSAFE.test(shown) ? 'an unescaped character' : undefined;
}

/** Whatever a document holds is shown escaped (S-11, S-12). */
const UNSAFE = /[^ -~“”…×]/u;

function fingerprint(input: JudgeInput): string {
  const previous = input.kind === 'bundle-update' && input.previous ? toLatin1(input.previous) : '';
  return `${input.kind}|${toLatin1(input.input)}|${previous}`;
}
