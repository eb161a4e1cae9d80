import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../base64.ts';
import { type Bytes, concatBytes, ownBytes, toLatin1, utf8Encode } from '../bytes.ts';
import type { JudgeInput } from '../judge-types.ts';
import { mutateDer } from './fuzz-der.ts';
import { mutateJson } from './fuzz-json.ts';
import type { Random } from './fuzz-random.ts';

/** One document changed somewhere: in itself, in its bundle, key or predecessor, in its kind, or in what it is judged for. */
export function mutateInput(input: JudgeInput, random: Random, other: JudgeInput): JudgeInput {
  switch (random(16)) {
    case 0:
      return { ...input, kind: other.kind };
    case 1:
    case 2:
      return {
        ...input,
        bundles: new Map(
          [...input.bundles].map(([name, bytes]) => [name, mutate(bytes, random, other.input)]),
        ),
      };
    case 3:
      return { ...input, key: mutate(input.key ?? input.input, random, other.input) };
    case 4:
      return { ...input, previous: mutate(input.previous ?? input.input, random, other.input) };
    case 5:
      return { ...input, at: new Date(input.at.getTime() + (random(2001) - 1000) * 10 ** random(10)) };
    case 6:
      return { ...input, input: other.input };
    default:
      return { ...input, input: mutate(input.input, random, other.input) };
  }
}

/** One to four changes; mostly inside the base64 of tokens and PEM, where changes to the outside never reach. */
function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Bytes {
  let out = ownBytes(bytes);
  for (let left = 1 + random(4); left > 0; left--) {
    const next = (random(4) > 0 ? mutateInside(out, random, other) : undefined) ?? change(out, random, other);
    if (next.length <= LARGEST) out = next;
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
  '\r\n',
  '\0',
  '\u202e',
  '\ufeff',
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
  '-----BEGIN CERTIFICATE-----\n',
  '-----END CERTIFICATE-----\n',
  'spiffe://',
];
/** Mutants stay below this, so that an hour of them is not an hour of copying. */
const LARGEST = 400 * 1024;

function change(bytes: Bytes, random: Random, other: Uint8Array): Bytes {
  const at = random(bytes.length + 1);
  const size = random(Math.min(64, bytes.length - at + 1));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random(9)) {
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
    case 7: {
      // A long run of one piece: what takes time that grows faster than the input shows here.
      const piece = after.subarray(0, 1 + random(64));
      if (piece.length === 0 || random(200) > 0) return concatBytes(before, piece, piece, after);
      const times = random(Math.max(1, Math.floor((LARGEST - bytes.length) / piece.length)));
      return concatBytes(before, ...Array.from({ length: Math.min(times, 50_000) }, () => piece), after);
    }
    default:
      return concatBytes(bytes, random(2) === 0 ? other.subarray(0, 4096) : bytes.subarray(0, 4096));
  }
}

/** Changes what the document says rather than how it is written: DER, JSON, or what is inside base64. */
function mutateInside(bytes: Bytes, random: Random, other: Uint8Array): Bytes | undefined {
  if (bytes.length > LARGEST / 4) return undefined;
  if (bytes[0] === 0x30) return mutateDer(bytes, random);
  if (bytes[0] === 0x7b && random(2) === 0) return mutateJson(bytes, random);
  const text = toLatin1(bytes);
  const parts = text.split('.');
  if (parts.length === 3) {
    const index = random(3);
    const part = decodeBase64Url(parts[index] ?? '');
    if (!part) return undefined;
    const changed = (random(3) > 0 ? mutateJson(part, random) : undefined) ?? change(part, random, other);
    parts[index] = encodeBase64Url(changed);
    return utf8Encode(parts.join('.'));
  }
  // A run of base64: the body of a PEM block, or an x5c value of a bundle.
  const runs = [...text.matchAll(/[A-Za-z0-9+/]{100,}={0,2}/gu)];
  const run = runs[random(runs.length)];
  const body = run && decodeBase64(run[0]);
  if (!run || !body) return undefined;
  const changed = (random(4) > 0 ? mutateDer(body, random) : undefined) ?? change(body, random, other);
  return utf8Encode(text.slice(0, run.index) + encodeBase64(changed) + text.slice(run.index + run[0].length));
}
