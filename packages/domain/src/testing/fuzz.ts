import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../base64.ts';
import { type Bytes, concatBytes, ownBytes, toLatin1, utf8Encode } from '../bytes.ts';
import { detectKind } from '../detect.ts';
import { INTERNAL_ERROR, judge } from '../judge.ts';
import type { JudgeInput, Judgement, Kind } from '../judge-types.ts';

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
  /** Seed of the random numbers: the same seed makes the same mutants of the same documents. */
  readonly seed: number;
  readonly seeds: readonly FuzzSeed[];
  readonly onCase?: (fuzzCase: FuzzCase) => void;
}

export interface FuzzReport {
  readonly iterations: number;
  readonly perKind: ReadonlyMap<Kind, number>;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly validMutants: number;
  readonly slowest: number;
  /** Sentences about cases that threw, had no proper answer or took more than a second. Must be empty. */
  readonly defects: readonly string[];
}

/** Judges mutants of the seeds in turn, and checks that every one gets an answer in time and without an exception. */
export async function fuzz({ iterations, seed, seeds, onCase }: FuzzOptions): Promise<FuzzReport> {
  const random = randomNumbers(seed);
  const originals = new Set(seeds.map(({ input }) => fingerprint(input)));
  const perKind = new Map<Kind, number>();
  const verdicts = new Map<string, number>();
  const defects: string[] = [];
  let validMutants = 0;
  let slowest = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const chosen = seeds[iteration % seeds.length];
    if (!chosen) break;
    const input = mutateInput(chosen.input, random, seeds);
    const started = performance.now();
    try {
      detectKind(input.input);
      const judgement = await judge(input);
      const milliseconds = performance.now() - started;
      slowest = Math.max(slowest, milliseconds);
      const validMutant = judgement.verdict === 'valid' && !originals.has(fingerprint(input));
      if (validMutant) validMutants++;
      perKind.set(input.kind, (perKind.get(input.kind) ?? 0) + 1);
      verdicts.set(judgement.verdict, (verdicts.get(judgement.verdict) ?? 0) + 1);
      const complaint = complaintAbout(judgement, milliseconds);
      if (complaint) defects.push(`iteration ${iteration} (${input.kind}): ${complaint}`);
      onCase?.({ iteration, input, judgement, milliseconds, validMutant });
    } catch (error) {
      defects.push(`iteration ${iteration} (${input.kind}) threw: ${String(error)}`);
    }
  }
  return { iterations, perKind, verdicts, validMutants, slowest, defects };
}

function complaintAbout(judgement: Judgement, milliseconds: number): string | undefined {
  if (judgement.reason === INTERNAL_ERROR) return 'an error of our own';
  if (milliseconds > 1000) return `took ${Math.round(milliseconds)} ms`;
  if (judgement.reason === '') return 'no reason';
  if ((judgement.verdict === 'valid') !== (judgement.fails.length === 0)) return 'verdict and fails disagree';
  if ([...JSON.stringify(judgement)].some((char) => char < ' ' || (char > '~' && !'“”…×'.includes(char))))
    return 'an unescaped character';
  return undefined;
}

function fingerprint(input: JudgeInput): string {
  const previous = input.kind === 'bundle-update' && input.previous ? toLatin1(input.previous) : '';
  return `${input.kind}|${toLatin1(input.input)}|${previous}`;
}

type Random = (below: number) => number;

/** mulberry32: small, fast and the same everywhere. */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function mutateInput(input: JudgeInput, random: Random, seeds: readonly FuzzSeed[]): JudgeInput {
  const other = seeds[random(seeds.length)]?.input ?? input;
  switch (random(12)) {
    case 0:
      return { ...input, kind: other.kind };
    case 1:
      return {
        ...input,
        bundles: new Map(
          [...input.bundles].map(([name, bytes]) => [name, mutate(bytes, random, other.input)]),
        ),
      };
    case 2:
      return input.key
        ? { ...input, key: mutate(input.key, random, other.input) }
        : { ...input, key: mutate(input.input, random, other.input) };
    case 3:
      return { ...input, previous: mutate(input.previous ?? input.input, random, other.input) };
    default:
      return { ...input, input: mutate(input.input, random, other.input) };
  }
}

/** One to four changes; inside base64 of tokens and PEM half of the time, where changes to the outside never reach. */
function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Bytes {
  let out = ownBytes(bytes);
  for (let left = 1 + random(4); left > 0; left--) {
    out = (random(2) === 0 ? mutateInside(out, random, other) : undefined) ?? change(out, random, other);
  }
  return out;
}

const PIECES = [
  '..',
  '/',
  '%2f',
  '@',
  ':',
  '?',
  '#',
  '\n',
  '\0',
  '\u202e',
  '"',
  '{',
  '[',
  '__proto__',
  'constructor',
  '1e999',
  '-0',
  '9'.repeat(40),
  'null',
  'A=',
];

function change(bytes: Bytes, random: Random, other: Uint8Array): Bytes {
  const at = random(bytes.length + 1);
  const size = random(Math.min(64, bytes.length - at + 1));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random(8)) {
    case 0: {
      const flipped = ownBytes(bytes);
      if (at < bytes.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
      return flipped;
    }
    case 1: {
      const replaced = ownBytes(bytes);
      if (at < bytes.length) replaced[at] = random(256);
      return replaced;
    }
    case 2:
      return concatBytes(before, after.subarray(size));
    case 3:
      return concatBytes(before, after.subarray(0, size), after);
    case 4:
      return concatBytes(before, utf8Encode(PIECES[random(PIECES.length)] ?? ''), after);
    case 5: {
      const from = random(other.length + 1);
      return concatBytes(before, other.subarray(from, from + random(200)), after.subarray(size));
    }
    case 6:
      return ownBytes(before);
    default:
      return concatBytes(bytes, random(2) === 0 ? other.subarray(0, 4096) : bytes.subarray(0, 4096));
  }
}

function mutateInside(bytes: Bytes, random: Random, other: Uint8Array): Bytes | undefined {
  const text = toLatin1(bytes);
  const parts = text.split('.');
  if (parts.length === 3) {
    const index = random(3);
    const part = decodeBase64Url(parts[index] ?? '');
    if (!part) return undefined;
    parts[index] = encodeBase64Url(change(part, random, other));
    return utf8Encode(parts.join('.'));
  }
  // The longest run of base64: the body of a PEM block, or an x5c value of a bundle.
  const run = /[A-Za-z0-9+/]{100,}={0,2}/u.exec(text);
  const body = run && decodeBase64(run[0]);
  if (!run || !body) return undefined;
  return utf8Encode(
    text.slice(0, run.index) +
      encodeBase64(change(body, random, other)) +
      text.slice(run.index + run[0].length),
  );
}
