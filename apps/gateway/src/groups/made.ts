import { readPrivate, writePrivate } from '../home.ts';

/** A channel that was made here at a channel manager, which tells neither its MLS nor its callback again. */
export interface MadeChannel {
  connection: string;
  channel: string;
  /** did:key as read back; empty: nobody's. */
  owner: string;
  mls: boolean;
  /** Where its owner is asked; empty: nowhere. */
  callback: string;
  /** Milliseconds. */
  at: number;
}

const most = 10_000;
const mostBytes = 16 * 1024 * 1024;

/** What channel managers do not tell again, of channels made here. A file of the home, or memory where there is none. */
export class MadeChannels {
  readonly #file: string | undefined;
  #rows: MadeChannel[];

  constructor(file: string | undefined) {
    this.#file = file;
    this.#rows = file === undefined ? [] : read(file);
  }

  /** Undefined too where another owner's has taken its name since. */
  get(connection: string, channel: string, owner: string): MadeChannel | undefined {
    return this.#rows.find(
      (row) => row.connection === connection && row.channel === channel && row.owner === owner,
    );
  }

  add(row: MadeChannel): void {
    this.#rows = [...this.#others(row), row].slice(-most);
    this.#write();
  }

  remove(connection: string, channel: string): void {
    const left = this.#others({ connection, channel });
    if (left.length === this.#rows.length) return;
    this.#rows = left;
    this.#write();
  }

  #others({ connection, channel }: Pick<MadeChannel, 'connection' | 'channel'>): MadeChannel[] {
    return this.#rows.filter((row) => row.connection !== connection || row.channel !== channel);
  }

  #write(): void {
    if (this.#file === undefined) return;
    try {
      writePrivate(this.#file, `${JSON.stringify({ version: 1, channels: this.#rows })}\n`);
    } catch {
      // The channel is made: that its MLS is not known after a restart must not make that a failure.
    }
  }
}

/** A note for people, made again with each channel: one that cannot be read is no reason to stop. */
function read(file: string): MadeChannel[] {
  try {
    const { channels } = JSON.parse(readPrivate(file, mostBytes) ?? '{}') as { channels?: unknown };
    return Array.isArray(channels) ? channels.filter(isRow) : [];
  } catch {
    return [];
  }
}

function isRow(value: unknown): value is MadeChannel {
  if (typeof value !== 'object' || value === null) return false;
  const { connection, channel, owner, mls, callback, at } = value as Partial<MadeChannel>;
  return (
    [connection, channel, owner, callback].every((one) => typeof one === 'string') &&
    typeof mls === 'boolean' &&
    typeof at === 'number'
  );
}
