import type { Store } from '../inventory/store/client.ts';
import type { KeptRoster, RosterLine } from '../inventory/store/roster.ts';
import { compare, keyOf } from './compare.ts';
import type { Compared, Look, Roster } from './compare.ts';
import type { Doings, FailedInvite } from './doings.ts';

export interface WatchedSource {
  name: string;
  /** It tells by itself when something changed, and restores its channels after a restart of this gateway. */
  ours: boolean;
  look: () => Promise<Look | undefined>;
}

export interface RosterWatchOptions {
  store: Pick<Store, 'keptRoster' | 'writeRoster'>;
  doings: Pick<Doings, 'of'>;
  now: () => Date;
  onChange: (connection: string) => void;
  /** Shortest pause between two looks, ms. */
  pause?: number;
}

const shortest = 5000;
const longest = 60_000;
/** Looking takes at most this part of the time. */
const share = 5;
/** Several changes at once are one look, ms. */
const gather = 150;
/** So long after its server came up, ms: who opens a channel right then is answered first. */
const firstLook = 2000;
/** Not watched for longer than this is a gap, ms: while this gateway runs, and from one run to the next. */
const gapMs = 90_000;
const restartMs = 30_000;
/** That it is watched is written down this often, ms. */
const noteMs = 15_000;
/** How long sessions restored after a restart of the gateway may take to show who is there, ms. */
const restoreMs = 60_000;

/** Looks at the channels of one connection again and again, and keeps what changed: SLIM itself keeps no history. */
export class RosterWatch {
  readonly #source: WatchedSource;
  readonly #options: RosterWatchOptions;
  readonly #deleted = new Set<string>();
  #roster: Roster | undefined;
  /** ms */
  #since = 0;
  #until = 0;
  #noted = 0;
  #restoreUntil = 0;
  #first = true;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(source: WatchedSource, options: RosterWatchOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Something may have changed; `deleted` is a channel that was deleted on purpose. */
  noticed(deleted?: string): void {
    if (deleted !== undefined) this.#deleted.add(deleted);
    if (this.#closed) return;
    if (this.#running) this.#again = true;
    else this.#schedule(this.#first && !this.#source.ours ? firstLook : gather);
  }

  /** An invitation that came to nothing. */
  async failed({ channel, member, record, title, by, reason }: FailedInvite): Promise<void> {
    const at = this.#options.now().getTime();
    const [name, instance] = [member.split('/').slice(0, 3).join('/'), member.split('/')[3] ?? ''];
    const line: RosterLine = {
      ...{ at, notBefore: at, channel, kind: 'invite-failed', member: name, instance },
      ...{ record, title, by, note: reason },
    };
    try {
      await this.#options.store.writeRoster(this.#source.name, { ...nothing(), events: [line] });
      this.#options.onChange(this.#source.name);
    } catch {
      // The record of the action says it too.
    }
  }

  /** Looks now, and right after the look under way when there is one. */
  look(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#timer);
    const began = performance.now();
    this.#running = this.#look()
      .catch(() => {
        // What could not be written is compared with what is kept, at the next look.
        this.#roster = undefined;
      })
      .finally(() => {
        this.#running = undefined;
        const { pause = shortest } = this.#options;
        const wait = Math.min(longest, Math.max(pause, (performance.now() - began) * share));
        this.#schedule(this.#again ? gather : wait);
        this.#again = false;
      });
    return this.#running;
  }

  /** A look under way is not waited for: its server may not answer. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(wait: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), wait);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { store, now, onChange } = this.#options;
    const { name, ours, look } = this.#source;
    // A connection that is down is not watched; the link says why.
    const seen = await look().catch(() => undefined);
    if (seen === undefined || this.#closed) return;
    const at = now().getTime();
    this.#roster ??= this.#take(await store.keptRoster(name));
    const baseline = this.#since === 0;
    if (this.#first && ours && this.#roster.size > 0) this.#restoreUntil = at + restoreMs;
    const away = at - this.#until;
    const gapFrom = this.#until > 0 && away > (this.#first ? restartMs : gapMs) ? this.#until : 0;
    const out = compare(this.#roster, seen, {
      restoring: at < this.#restoreUntil,
      deleted: this.#deleted,
    });
    for (const channel of seen.keys()) this.#deleted.delete(channel);
    // What there was at the very first look is where the history begins.
    const events = baseline ? [] : this.#lines(out, at, gapFrom);
    const news = out.put.length + out.drop.length + out.channelsPut.length + out.channelsDrop.length > 0;
    if (news || baseline || gapFrom > 0 || at - this.#noted >= noteMs) {
      const { put, drop, channelsPut, channelsDrop } = out;
      await store.writeRoster(name, { events, put, drop, channelsPut, channelsDrop, until: at, gapFrom });
      this.#noted = at;
    }
    this.#first = false;
    if (baseline) this.#since = at;
    this.#until = at;
    if (news) onChange(name);
  }

  #take({ since, until, channels, members }: KeptRoster): Roster {
    this.#since = since;
    this.#until = Math.max(this.#until, until);
    const roster: Roster = new Map(channels.map((channel) => [channel, new Map<string, string>()]));
    for (const { channel, member, instance, presence } of members)
      roster.get(channel)?.set(keyOf({ name: member, instance }), presence);
    return roster;
  }

  #lines({ differences }: Compared, at: number, gapFrom: number): RosterLine[] {
    const connection = this.#source.name;
    const notBefore = this.#until;
    return differences.map((one) => {
      const doing = this.#options.doings.of({ connection, ...one, notBefore, at });
      return {
        ...one,
        at,
        notBefore,
        record: doing?.record ?? '',
        title: doing?.title ?? '',
        by: doing?.by ?? '',
        note: gapFrom > 0 ? 'While nobody watched.' : '',
      };
    });
  }
}

const nothing = () => ({
  events: [],
  put: [],
  drop: [],
  channelsPut: [],
  channelsDrop: [],
  until: 0,
  gapFrom: 0,
});
