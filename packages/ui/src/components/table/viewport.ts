import {
  baseOf,
  follow,
  type Place,
  placeAt,
  ROW,
  type Space,
  stuck,
  topToShow,
  windowOf,
} from './geometry.ts';

/** Rows to draw, first to last, and the row that their positions count from. */
export interface Drawn {
  first: number;
  last: number;
  base: number;
}

// A scroll that rests this long is over: the scrollbar goes where it belongs.
const SETTLED_MS = 160;
// Where there is no layout (a hidden window, tests) a window's worth of rows is drawn all the same.
const ASSUMED = 900;

const drawnOf = (space: Space, top: number): Drawn => {
  const { first, last } = windowOf(space, top);
  return { first, last, base: baseOf(first) };
};

/** Where a list is scrolled to, and so what is drawn of it. Moves the layer of rows by itself, in step with a scroll. */
export class Viewport {
  #space: Space = { count: 0, view: ASSUMED };
  #place: Place = { top: 0, real: 0 };
  #drawn: Drawn = drawnOf(this.#space, 0);
  #scroller: HTMLElement | null = null;
  #layer: HTMLElement | null = null;
  readonly #listeners = new Set<() => void>();

  readonly getDrawn = (): Drawn => this.#drawn;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @returns what lets go of the elements again */
  attach(scroller: HTMLElement, layer: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#layer = layer;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      this.#scrolled(scroller.scrollTop);
      clearTimeout(timer);
      timer = setTimeout(() => this.#goTo(this.#place.top), SETTLED_MS);
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      scroller.removeEventListener('scroll', onScroll);
      this.#scroller = null;
      this.#layer = null;
    };
  }

  /** Another number of rows, or another height (0: unknown): the list keeps its place. */
  resize(count: number, height: number): void {
    const view = viewOf(height);
    if (this.#space.count === count && this.#space.view === view) return;
    this.#space = { count, view };
    this.#goTo(this.#place.top);
  }

  /** Brings a row in sight; the list moves no more than it must. */
  readonly show = (index: number): void => {
    const top = topToShow(this.#space, this.#place.top, index);
    if (top !== this.#place.top) this.#goTo(top);
  };

  toTop(): void {
    this.#goTo(0);
  }

  /** Positions count from another row now: to be called once it is drawn so. */
  shift(): void {
    if (this.#layer)
      this.#layer.style.transform = `translateY(${this.#drawn.base * ROW - this.#place.top}px)`;
  }

  #scrolled(real: number): void {
    // Set by ourselves.
    if (Math.abs(real - this.#place.real) < 0.01) return;
    this.#place = follow(this.#space, this.#place, real);
    if (stuck(this.#space, this.#place)) this.#goTo(this.#place.top);
    else this.#moved();
  }

  #goTo(top: number): void {
    this.#place = placeAt(this.#space, top);
    const scroller = this.#scroller;
    if (scroller) {
      if (Math.abs(scroller.scrollTop - this.#place.real) > 0.5) scroller.scrollTop = this.#place.real;
      // The browser rounds; what it says next is told from what it made of it.
      this.#place.real = scroller.scrollTop;
    }
    this.#moved();
  }

  #moved(): void {
    const next = drawnOf(this.#space, this.#place.top);
    const { first, last } = this.#drawn;
    if (next.first === first && next.last === last) return this.shift();
    this.#drawn = next;
    // React draws it before the next frame; `shift` follows it, so that rows and their places change together.
    for (const listener of this.#listeners) listener();
  }
}

/** Height of the hole that rows are seen through, of the table's inner height. */
export const viewOf = (height: number): number => Math.max(ROW, (height || ASSUMED) - ROW);
