import { renameSync } from 'node:fs';
import { readPrivate, writePrivate } from '../home.ts';

const mostBytes = 16 * 1024 * 1024;

/** A channel that this gateway made at a control plane up to 1.4, which makes its name itself. */
export interface BookedChannel {
  /** Connection of the control plane. */
  plane: string;
  /** The name it gave. */
  channel: string;
  /** Nothing lists them again. */
  moderators: string[];
  /** Channel of the group that it stands for; empty: it was made for itself. */
  group: string;
}

/**
 * What no control plane tells again: which of its channels stands for which group, and who moderates it. A file of the
 * home, or memory where there is none.
 */
export class GroupBook {
  readonly #file: string | undefined;
  #rows: BookedChannel[];

  constructor(file: string | undefined, onUnreadable: (keptAs: string) => void = () => {}) {
    this.#file = file;
    this.#rows = file === undefined ? [] : read(file, onUnreadable);
  }

  get(plane: string, channel: string): BookedChannel | undefined {
    return this.#rows.find((row) => row.plane === plane && row.channel === channel);
  }

  /** Channels at this control plane that stand for a group. */
  ofGroup(plane: string, group: string): BookedChannel[] {
    return this.#rows.filter((row) => row.plane === plane && row.group === group);
  }

  add(row: BookedChannel): void {
    this.#rows = [...this.#rows.filter((one) => !same(one, row)), row];
    this.#write();
  }

  remove(plane: string, channel: string): void {
    const left = this.#rows.filter((one) => !same(one, { plane, channel }));
    if (left.length === this.#rows.length) return;
    this.#rows = left;
    this.#write();
  }

  #write(): void {
    if (this.#file === undefined) return;
    try {
      writePrivate(this.#file, `${JSON.stringify({ version: 1, channels: this.#rows })}\n`);
    } catch {
      // What it notes is done already: that a restart may forget it must not make that a failure.
    }
  }
}

const same = (a: { plane: string; channel: string }, b: { plane: string; channel: string }): boolean =>
  a.plane === b.plane && a.channel === b.channel;

/** One that cannot be read is kept aside: what it held can be put right by hand, and nothing is written over it. */
function read(file: string, onUnreadable: (keptAs: string) => void): BookedChannel[] {
  try {
    const text = readPrivate(file, mostBytes);
    if (text === undefined) return [];
    const { channels } = JSON.parse(text) as { channels: unknown };
    if (!Array.isArray(channels) || !channels.every(isRow)) throw new Error('not a book');
    return channels;
  } catch {
    const keptAs = `${file}.unreadable`;
    renameSync(file, keptAs);
    onUnreadable(keptAs);
    return [];
  }
}

function isRow(value: unknown): value is BookedChannel {
  if (typeof value !== 'object' || value === null) return false;
  const { plane, channel, moderators, group } = value as Partial<BookedChannel>;
  return (
    typeof plane === 'string' &&
    typeof channel === 'string' &&
    typeof group === 'string' &&
    Array.isArray(moderators) &&
    moderators.every((one) => typeof one === 'string')
  );
}
