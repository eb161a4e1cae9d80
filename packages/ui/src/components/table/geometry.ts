/** Height of a row and of the head, in pixels; `--row` of the tokens. */
export const ROW = 34;

/** Chromium draws nothing beyond some 33.5 million pixels and Firefox beyond 17.8: a canvas stays below both. */
export const TALLEST = 12_000_000;

/** A list of rows and the hole that it is seen through, in pixels. */
export interface Space {
  count: number;
  /** Height of the hole, without the head. */
  view: number;
}

/** Where the list is: `top` in pixels of the list, `real` in pixels of the scrollbar's canvas. */
export interface Place {
  top: number;
  real: number;
}

/** Height of the rows' canvas. Up to TALLEST it is the list itself. */
export const canvasOf = ({ count }: Space): number => Math.min(count * ROW, TALLEST);
export const lastTop = ({ count, view }: Space): number => Math.max(0, count * ROW - view);
const lastReal = (space: Space): number => Math.max(0, canvasOf(space) - space.view);

/** Whether the canvas is the list itself, pixel by pixel. */
const whole = (space: Space): boolean => space.count * ROW <= TALLEST;

// At both ends a pixel is a pixel: the scrollbar arrives with the list, whatever it was moved by.
const EVEN = 200_000;

/** Where the scrollbar belongs when the list is at `top`. */
function realOf(space: Space, top: number): number {
  if (whole(space)) return top;
  const [last, end] = [lastTop(space), lastReal(space)];
  if (top <= EVEN) return top;
  if (last - top <= EVEN) return end - (last - top);
  return EVEN + ((top - EVEN) * (end - 2 * EVEN)) / (last - 2 * EVEN);
}

/** Where the list is when the scrollbar was dragged to `real`. */
function topOf(space: Space, real: number): number {
  if (whole(space)) return real;
  const [last, end] = [lastTop(space), lastReal(space)];
  if (real <= EVEN) return real;
  if (end - real <= EVEN) return last - (end - real);
  return EVEN + ((real - EVEN) * (last - 2 * EVEN)) / (end - 2 * EVEN);
}

const within = (value: number, most: number): number => Math.max(0, Math.min(most, value));

/** The place of a top, with the scrollbar where it belongs. */
export function placeAt(space: Space, top: number): Place {
  const at = within(top, lastTop(space));
  return { top: at, real: realOf(space, at) };
}

/**
 * The place after the browser scrolled to `real`. Where the canvas is shorter than the list, a wheel, a finger and a
 * key still move by exactly their pixels; only a drag of the scrollbar, whose one pixel is many screens, moves by share.
 */
export function follow(space: Space, from: Place, real: number): Place {
  const last = lastTop(space);
  if (whole(space)) return { top: within(real, last), real };
  const moved = real - from.real;
  // A pixel of the scrollbar's own.
  const share = lastReal(space) / Math.max(1, space.view);
  const byDrag = Math.abs(moved) > Math.min(3 * space.view, share / 2);
  if (!byDrag) return { top: within(from.top + moved, last), real };
  // Rounded by the browser: its end is the list's end.
  const end = real >= lastReal(space) - 1;
  return { top: end ? last : within(topOf(space, real), last), real };
}

/** Whether the scrollbar must be put back at once: near an end of its canvas, and not as near to that of the list. */
export function stuck(space: Space, { top, real }: Place): boolean {
  if (whole(space) || (real > EVEN / 2 && lastReal(space) - real > EVEN / 2)) return false;
  return Math.abs(real - realOf(space, top)) > 0.5;
}

/** The top at which row `index` is in sight, as near as can be to where the list is. */
export function topToShow({ view }: Space, top: number, index: number): number {
  const start = index * ROW;
  if (start < top) return start;
  return start + ROW > top + view ? start + ROW - view : top;
}

// A window moves in steps, so that a pixel of scrolling seldom renders anything. Nothing is drawn beyond: the rows move
// with the window (viewport.ts), so that what is not drawn yet is never in sight, and each row more costs every jump.
const STEP = 4;

/** First and last row to draw, and the row that their positions count from. */
export function windowOf({ count, view }: Space, top: number): { first: number; last: number } {
  const at = Math.floor(top / ROW / STEP) * STEP;
  const shown = Math.ceil(view / ROW) + STEP;
  return { first: Math.max(0, at), last: Math.min(count - 1, at + shown) };
}

/** Positions count from here: far down, a float of the compositor no longer tells one pixel from the next. */
export const baseOf = (first: number): number => Math.floor(first / 10_000) * 10_000;
