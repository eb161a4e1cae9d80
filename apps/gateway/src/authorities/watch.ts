import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { LocalKind, SlotsRow } from '../upstream/spire/authority-calls.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';

/** What was seen last of one server's authorities of one kind. */
export interface Look {
  slots: SlotsRow;
  at: Date;
  /** The last look at which what is active now was not yet; undefined: it was from the first look on. */
  activatedAfter: Date | undefined;
  /** The first look at which it was. */
  activatedBefore: Date;
}

export const localKinds: readonly LocalKind[] = ['x509', 'jwt'];

/** Between two looks, ms. Activating changes no bundle, so that nothing else would notice it. */
const pause = 15_000;

interface Options {
  connections: () => readonly SpireConnection[];
  now: () => Date;
  /** A server's slots are others than before. */
  onChange: (connection: string) => void;
}

/** Looks at the authorities of every SPIRE server now and then: the server does not tell when one took over. */
export class AuthorityWatch {
  readonly #options: Options;
  readonly #looks = new Map<string, Look>();
  readonly #problems = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    const round = async (): Promise<void> => {
      const up = this.#options.connections().filter(({ link }) => link.up);
      await Promise.all(up.map((connection) => this.look(connection)));
      this.#timer = setTimeout(() => void round(), pause);
      this.#timer.unref();
    };
    this.#timer = setTimeout(() => void round(), 1000);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** What was seen last; undefined: nothing yet. */
  last(connection: string, kind: LocalKind): Look | undefined {
    return this.#looks.get(key(connection, kind));
  }

  /** Why they could not be read at the last look; empty when they could. */
  problem(connection: string, kind: LocalKind): string {
    return this.#problems.get(key(connection, kind)) ?? '';
  }

  /** Looks now, at both kinds; never fails. */
  async look(connection: SpireConnection): Promise<void> {
    await Promise.all(localKinds.map((kind) => this.read(connection, kind).catch(() => {})));
  }

  /** Reads the slots now. Throws `Fault`. */
  async read(connection: SpireConnection, kind: LocalKind): Promise<Look> {
    const { name } = connection.link;
    const id = key(name, kind);
    try {
      const slots = await connection.client.authorities.slots(kind, { timeoutMs: 10_000 });
      this.#problems.delete(id);
      const { look, changed } = next(this.#looks.get(id), slots, this.#options.now());
      this.#looks.set(id, look);
      if (changed) this.#options.onChange(name);
      return look;
    } catch (error) {
      this.#problems.set(id, sentence(classify(error)));
      throw error;
    }
  }
}

const key = (connection: string, kind: LocalKind): string => `${kind} ${connection}`;

/** The look after `before`; exported for its spec. */
export function next(before: Look | undefined, slots: SlotsRow, at: Date): { look: Look; changed: boolean } {
  if (!before) return { look: { slots, at, activatedAfter: undefined, activatedBefore: at }, changed: false };
  const same = before.slots.active?.id === slots.active?.id;
  const look: Look = same
    ? { ...before, slots, at }
    : { slots, at, activatedAfter: before.at, activatedBefore: at };
  const print = ({ active, prepared, old }: SlotsRow): string =>
    JSON.stringify([active?.id, prepared?.id, old?.id]);
  return { look, changed: print(before.slots) !== print(slots) };
}
