import { uint32s } from '../room.ts';

/** As SQLite compares text: by code points, where JavaScript compares UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Halves of pairs stand for code points above all single units. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Puts slots into an order at places counted in the old order; both ascending. */
export function spread(
  order: Uint32Array,
  put: readonly (readonly [place: number, slot: number])[],
): Uint32Array<ArrayBuffer> {
  const made = uint32s(order.length + put.length);
  let from = 0;
  let to = 0;
  for (const [place, slot] of put) {
    made.set(order.subarray(from, place), to);
    to += place - from;
    from = place;
    made[to] = slot;
    to += 1;
  }
  made.set(order.subarray(from), to);
  return made;
}

/** Places looked at between two pauses. */
const stretch = 65_536;

/** Slots by a number each has; those with the same number stay in the order given, which is given back when all have. */
export function* rankSort(
  order: Uint32Array<ArrayBuffer>,
  keyOf: (slot: number) => number,
): Generator<undefined, Uint32Array<ArrayBuffer>> {
  const n = order.length;
  let keys = uint32s(n);
  for (let at = 0; at < n; at += 1) {
    if (at % stretch === stretch - 1) yield;
    const key = keyOf(order[at] ?? 0);
    // Nearly all are whole numbers of four bytes, and those without an end come last.
    if (key === Number.POSITIVE_INFINITY) keys[at] = 0xffffffff;
    else if (key >= 0 && key < 0xffffffff && Number.isInteger(key)) keys[at] = key;
    else return floatSort(order, keyOf);
  }
  let slots = order;
  let spare: [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] | undefined;
  const counts = new Uint32Array(65_536);
  for (const shift of [0, 16]) {
    counts.fill(0);
    for (let at = 0; at < n; at += 1) {
      const digit = ((keys[at] ?? 0) >>> shift) & 0xffff;
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    yield;
    // All the same: nothing to do.
    if (n === 0 || counts[((keys[0] ?? 0) >>> shift) & 0xffff] === n) continue;
    toPlaces(counts);
    const [toKeys, toSlots] = spare ?? [uint32s(n), uint32s(n)];
    for (let at = 0; at < n; at += 1) {
      if (at % stretch === stretch - 1) yield;
      const key = keys[at] ?? 0;
      const digit = (key >>> shift) & 0xffff;
      const place = counts[digit] ?? 0;
      counts[digit] = place + 1;
      toKeys[place] = key;
      toSlots[place] = slots[at] ?? 0;
    }
    // What was given is not ours to write over.
    spare = [keys, slots === order ? uint32s(n) : slots];
    [keys, slots] = [toKeys, toSlots];
  }
  return slots;
}

/** Makes of how often each digit occurs the place of its first. */
function toPlaces(counts: Uint32Array): void {
  let sum = 0;
  for (let digit = 0; digit < counts.length; digit += 1) {
    const count = counts[digit] ?? 0;
    counts[digit] = sum;
    sum += count;
  }
}

/** The same for any numbers, and slower. */
function floatSort(
  order: Uint32Array<ArrayBuffer>,
  keyOf: (slot: number) => number,
): Uint32Array<ArrayBuffer> {
  const n = order.length;
  const float = new Float64Array(1);
  const bits = new Uint32Array(float.buffer);
  /** 16 bits of a slot's number. The bits of a float sort as whole numbers once the sign is turned about. */
  const digitOf = (slot: number, word: 0 | 1, shift: 0 | 16): number => {
    // Zero has two signs.
    float[0] = keyOf(slot) + 0;
    const high = bits[1] ?? 0;
    const own = bits[word] ?? 0;
    const turned = high >>> 31 === 1 ? ~own : word === 1 ? own ^ 0x80000000 : own;
    return (turned >>> shift) & 0xffff;
  };
  let from = uint32s(n);
  from.set(order);
  let to = uint32s(n);
  const counts = new Uint32Array(65_536);
  for (const [word, shift] of [
    [0, 0],
    [0, 16],
    [1, 0],
    [1, 16],
  ] as const) {
    counts.fill(0);
    for (let at = 0; at < n; at += 1) {
      const digit = digitOf(from[at] ?? 0, word, shift);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    // All the same: nothing to do.
    if (n === 0 || counts[digitOf(from[0] ?? 0, word, shift)] === n) continue;
    toPlaces(counts);
    for (let at = 0; at < n; at += 1) {
      const slot = from[at] ?? 0;
      const digit = digitOf(slot, word, shift);
      const place = counts[digit] ?? 0;
      counts[digit] = place + 1;
      to[place] = slot;
    }
    [from, to] = [to, from];
  }
  return from;
}
