import { escapeText } from '@muster/domain/display';
import { border, type Box, centre, type Frame, type Line, type Point, type Wish } from './map-shapes.ts';

/** A name of any length in a box: its beginning goes, never its last part. */
export function fit(name: string, most: number): string {
  const shown = escapeText(name);
  return shown.length <= most ? shown : `…${shown.slice(-(most - 1))}`;
}

export const wishText = ({ segments, count }: Pick<Wish, 'segments' | 'count'>): string =>
  `${fit(segments.join(', '), 22)}${count > 1 ? ` · ${count}` : ''}`;
/** Of the box that holds it, in units of the picture. */
export const pillWidth = (text: string): number => text.length * 6.8 + 18;
export const countWidth = (count: number): number => String(count).length * 7 + 10;
export const PILL_HEIGHT = 22;
export const COUNT_HEIGHT = 17;

/** From the middle of a line outwards. */
const PLACES = [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86];

/**
 * Each label on its own line, as near to the middle as nothing else stands: names of segments first. Without room a name
 * stays in the middle, since it can be pressed, and a number is left out, since the line says it too.
 */
export function placeLabels(
  frames: readonly Frame[],
  lines: readonly Line[],
  wanted: readonly Wish[],
  clustered: boolean,
): { lines: Line[]; wishes: Wish[] } {
  const taken: Box[] = frames.map(({ x, y, width, height }) => ({
    x: x - 8,
    y: y - 8,
    width: width + 16,
    height: height + 16,
  }));
  const byKey = new Map(frames.map((frame) => [frame.key, frame]));
  const place = (keys: readonly [string, string], width: number, height: number): Point | undefined => {
    const [a, b] = [byKey.get(keys[0]), byKey.get(keys[1])];
    if (!a || !b) return undefined;
    const [from, to] = [border(a, centre(b)), border(b, centre(a))];
    for (const t of PLACES) {
      const at = { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
      const box = { x: at.x - width / 2, y: at.y - height / 2, width, height };
      if (taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      return at;
    }
    return undefined;
  };
  const counts = new Map(
    clustered
      ? lines.flatMap((line) => (line.frames ? [[pairOf(line.frames), line.count] as const] : []))
      : [],
  );
  const wishes = wanted.map((wish): Wish => {
    const count = counts.get(pairOf(wish.frames)) ?? 0;
    const at = place(wish.frames, pillWidth(wishText({ ...wish, count })), PILL_HEIGHT);
    return { ...wish, count, at: at ?? wish.at };
  });
  const named = new Set(wanted.map(({ frames: keys }) => pairOf(keys)));
  const counted = lines.map((line): Line => {
    if (!line.frames || named.has(pairOf(line.frames))) return line;
    const at = place(line.frames, countWidth(line.count), COUNT_HEIGHT);
    return at ? { ...line, at } : line;
  });
  return { lines: counted, wishes };
}

const pairOf = (keys: readonly [string, string]): string => keys.toSorted().join('\n');

const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
