import { History } from './history.ts';
import type { Seen } from './protocol.ts';
import type { KeptChannel } from './record.ts';
import { compareRoster, unwatched } from './roster.ts';
import type { RosterChange, Self } from './roster.ts';
import type { Member, ModeratedChannel, SessionSettings, SessionState } from './types.ts';

/** After a restart the others show Offline until their heartbeats arrive, which come every 10 s; 25–30 s are a crash. */
const GRACE_MS = 30_000;

export type Role = ModeratedChannel['role'];

/** What the gateway keeps of one channel, so that it outlives the worker's process. */
export class Channel {
  readonly name: string;
  readonly role: Role;
  settings: SessionSettings;
  readonly createdAt: string;
  readonly history = new History();
  #members: Member[] = [];
  #closed = false;
  #lost = '';
  #graceUntil = 0;
  #interrupted = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(name: string, role: Role, settings: SessionSettings, createdAt = new Date().toISOString()) {
    this.name = name;
    this.role = role;
    this.settings = settings;
    this.createdAt = createdAt;
  }

  /** From the record, nobody watched since. */
  static kept({ name, role, closed, createdAt, members, mls, maxRetries, intervalMs }: KeptChannel): Channel {
    const channel = new Channel(name, role, { mls, maxRetries, intervalMs }, createdAt);
    channel.#closed = closed;
    channel.#members = members.map((member) => ({
      ...member,
      status: 'unknown',
      since: new Date(),
      isModerator: false,
    }));
    return channel;
  }

  get members(): Member[] {
    return this.#members;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get lost(): boolean {
    return this.#lost !== '';
  }

  /** Those to invite again after a restart. */
  invited(self: string): string[] {
    return [...new Set(this.#members.map((one) => one.name).filter((name) => name !== self))];
  }

  keep(self: string): KeptChannel {
    const { name, role, settings, createdAt } = this;
    const members = this.#members.flatMap((one) =>
      one.name === self ? [] : [{ name: one.name, instance: one.instance }],
    );
    return { name, role, ...settings, closed: this.#closed, createdAt, members };
  }

  /** Its session is an older one that was brought back: an invitation may have been cut off half-way. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  get session(): SessionState {
    if (this.lost) return 'lost';
    if (this.#closed) return 'closed';
    const waiting = performance.now() < this.#graceUntil;
    return waiting && this.#members.some((one) => one.status === 'unknown') ? 'restoring' : 'open';
  }

  summary(): ModeratedChannel {
    return {
      name: this.name,
      ...this.settings,
      role: this.role,
      session: this.session,
      sessionReason: this.#lost,
      createdAt: this.createdAt,
      memberCount: this.#members.length,
      online: this.#members.filter((one) => one.status === 'online').length,
    };
  }

  /** One change after the other, so that the deadline of each counts from its own beginning. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#work.then(change);
    this.#work = turn.catch(() => {});
    return turn;
  }

  /** Takes over what a poll saw. */
  see(seen: readonly Seen[], self: Self, keepUnknown: boolean): RosterChange[] {
    // SLIM does not list the moderator before the first member has joined, and not as online after a restart.
    const others = seen.filter((one) => one.name !== self.name || one.instance !== self.instance);
    const all = [{ ...self, online: true }, ...others];
    const grace = performance.now() < this.#graceUntil;
    const { members, changes } = compareRoster(
      this.#members,
      all,
      { ...self, moderates: this.role === 'moderator' },
      new Date(),
      { keepUnknown, grace },
    );
    this.#members = members;
    return changes;
  }

  /** The worker is away: nobody watches. */
  unwatch(self: string): void {
    this.#members = unwatched(this.#members, self, new Date());
  }

  /** It is back with the members it had: who is there is known when they are heard of. */
  isBack(): void {
    this.#lost = '';
    this.#interrupted = true;
    this.#graceUntil = performance.now() + GRACE_MS;
  }

  close(): void {
    this.#closed = true;
    this.#members = this.#members.map((one) => ({ ...one, status: 'unknown', since: new Date() }));
  }

  open(): void {
    this.#closed = false;
    this.#lost = '';
  }

  lose(reason: string, self: string): void {
    this.#lost = reason;
    this.unwatch(self);
  }

  /** Those a restore did not bring back are no members any more. */
  dropUnknown(): RosterChange[] {
    const lost = this.#members.filter((one) => one.status === 'unknown');
    this.#members = this.#members.filter((one) => one.status !== 'unknown');
    return lost.map((member) => ({ type: 'member-left', member }));
  }
}
