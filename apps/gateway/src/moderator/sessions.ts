import { randomUUID } from 'node:crypto';
import type { Child } from '@muster/practice/slim/child';
import { Channel } from './channel.ts';
import { moderatorError } from './errors.ts';
import { nextPlace } from './history.ts';
import type { WorkerCalls, WorkerNote } from './protocol.ts';
import { ChannelRecord } from './record.ts';
import { bringBack, restoreMembers } from './restore.ts';
import type { RosterChange, Self } from './roster.ts';
import type { ChannelMessage, ModeratedChannel, ModeratorEvent, ModeratorOptions } from './types.ts';

type Told = Extract<WorkerNote, { channel: string }>;

/** Unexpected invitations of this many channels are told of; more would be somebody's flood. */
const DECLINED_KEPT = 20;

interface Waiting {
  since: Date;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** The channels of one moderator, across its workers and, where they are kept, across gateways. */
export class Sessions {
  readonly channels = new Map<string, Channel>();
  readonly self: Self;
  readonly #emit: (event: ModeratorEvent) => void;
  readonly #record: ChannelRecord | undefined;
  readonly #declined = new Map<string, { count: number; at: Date }>();
  readonly #waiting = new Map<string, Waiting>();
  /** Made anew by this worker, their members being invited again. */
  #anew: Channel[] = [];
  #adoptUnknown: boolean;

  constructor({ name, store }: ModeratorOptions, emit: (event: ModeratorEvent) => void) {
    this.self = { name, instance: '' };
    this.#emit = emit;
    this.#record = store && new ChannelRecord(store);
    this.#adoptUnknown = this.#record?.unreadable === true;
    for (const kept of this.#record?.channels ?? []) this.channels.set(kept.name, Channel.kept(kept));
  }

  get restoring(): boolean {
    return this.#anew.length > 0;
  }

  of(name: string): Channel {
    const channel = this.channels.get(name);
    if (!channel) throw moderatorError('no-channel', name);
    return channel;
  }

  /** One whose session can be used now. */
  openOf(name: string): Channel {
    const channel = this.of(name);
    if (channel.lost) throw moderatorError('session-lost', name);
    if (channel.closed) throw moderatorError('session-closed', name);
    return channel;
  }

  list(): ModeratedChannel[] {
    const waiting = [...this.#waiting].filter(([name]) => !this.channels.has(name));
    return [
      ...[...this.channels.values()].map((channel) => channel.summary()),
      ...waiting.map(([name, { since }]) => ({
        name,
        // Not known before we are in.
        mls: true,
        maxRetries: 0,
        intervalMs: 0,
        role: 'participant' as const,
        session: 'waiting' as const,
        sessionReason: '',
        createdAt: since.toISOString(),
        memberCount: 0,
        online: 0,
      })),
    ];
  }

  /** True when an invitation was waited for. */
  stopWaiting(name: string): boolean {
    const waiting = this.#waiting.get(name);
    waiting?.reject(moderatorError('not-awaited', name));
    return waiting !== undefined;
  }

  notices(): string[] {
    const declined = [...this.#declined].map(
      ([channel, { count, at }]) =>
        `${count === 1 ? 'An invitation' : `${count} invitations`} to ${channel} that nobody here asked for ${count === 1 ? 'was' : 'were'} declined, last at ${at.toISOString()}. To take part there, open a session in it.`,
    );
    return [...(this.#record?.notices() ?? []), ...declined];
  }

  save(): void {
    this.#record?.save([...this.channels.values()].map((channel) => channel.keep(this.self.name)));
  }

  tell(channel: string, changes: RosterChange[]): void {
    for (const { type, member } of changes) this.#emit({ type, channel, member });
    if (changes.length > 0) this.save();
  }

  keep(channel: Channel, message: Omit<ChannelMessage, 'id'>): void {
    const kept = { id: randomUUID(), ...message };
    channel.history.add(kept);
    this.#emit({
      type: 'message',
      channel: channel.name,
      message: kept,
      earlier: channel.history.heard().earlier,
    });
  }

  changed(channel: Channel): void {
    this.save();
    this.#emit({ type: 'session', channel: channel.name, session: channel.session });
  }

  /** Takes up what the worker tells of a channel; answers why the worker has to start over, if it has. */
  note(note: Told, watched: boolean): string | undefined {
    if (note.kind === 'joined') return this.#joined(note);
    if (note.kind === 'declined') return this.#decline(note.channel);
    const channel = this.channels.get(note.channel);
    if (!channel) return undefined;
    if (note.kind === 'participants') {
      const before = channel.session;
      this.tell(channel.name, channel.see(note.seen, this.self, !watched || this.#anew.includes(channel)));
      if (channel.session !== before) this.changed(channel);
      return undefined;
    }
    if (note.kind === 'channel-lost') {
      // Starting over is the one way of recovery there is; a second one for this case would be tried by nobody.
      if (channel.role === 'moderator')
        return `the session of ${note.channel} ended unexpectedly (${note.reason})`;
      channel.lose('its moderator ended it, or removed us from it', this.self.name);
      this.changed(channel);
      return undefined;
    }
    const { from, fromInstance, text, payloadType, bytes, identity, cut } = note;
    const own = from === this.self.name && fromInstance === this.self.instance;
    const place = { at: new Date(), sequence: nextPlace() };
    this.keep(channel, { ...place, from, fromInstance, text, payloadType, bytes, identity, cut, own });
    return undefined;
  }

  #joined({ channel: name, mls, maxRetries, intervalMs }: Extract<Told, { kind: 'joined' }>): undefined {
    const settings = { mls, maxRetries, intervalMs };
    const channel = this.channels.get(name) ?? new Channel(name, 'participant', settings);
    const isNew = !this.channels.has(name);
    this.channels.set(name, channel);
    channel.settings = settings;
    channel.open();
    channel.see([], this.self, false);
    if (isNew) this.#emit({ type: 'channel-created', channel: name });
    this.changed(channel);
    this.#waiting.get(name)?.resolve();
    // Those before it are dealt with.
    this.#declined.delete(name);
  }

  #decline(channel: string): undefined {
    const before = this.#declined.get(channel);
    this.#declined.delete(channel);
    this.#declined.set(channel, { count: (before?.count ?? 0) + 1, at: new Date() });
    for (const oldest of this.#declined.keys()) {
      if (this.#declined.size <= DECLINED_KEPT) break;
      this.#declined.delete(oldest);
    }
    this.#emit({ type: 'declined', channel });
  }

  /** Waits for the invitation that `expect` makes the worker accept; the worker may be another by then. */
  async invited(name: string, waitMs: number, expect: (accept: boolean) => Promise<unknown>): Promise<void> {
    if (this.#waiting.has(name)) throw moderatorError('already-waiting', name);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.set(name, { since: new Date(), resolve, reject });
    this.#emit({ type: 'session', channel: name, session: 'waiting' });
    const timer = setTimeout(() => reject(moderatorError('not-invited', name)), waitMs);
    try {
      await expect(true);
      await promise;
    } catch (error) {
      // One that is lost stays expected: its moderator may invite us again.
      if (!this.channels.has(name)) await expect(false).catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(name);
      this.#emit({ type: 'session', channel: name, session: this.channels.get(name)?.session ?? 'lost' });
    }
  }

  /** Brings what there is back to a new worker. */
  async start(child: Child<WorkerCalls>, started: Awaited<ReturnType<WorkerCalls['start']>>): Promise<void> {
    this.self.instance = started.instance;
    for (const channel of this.#waiting.keys()) await child.call('expect', { channel, accept: true }, 5000);
    const { anew, found } = await bringBack(child, [...this.channels.values()], started.restored, {
      self: this.self.name,
      adoptUnknown: this.#adoptUnknown,
    });
    for (const channel of found) this.channels.set(channel.name, channel);
    this.#adoptUnknown = false;
    this.#anew = anew;
    for (const channel of this.channels.values())
      if (!channel.closed && !channel.lost) channel.see([], this.self, true);
    this.save();
  }

  /** Invites those of the channels made anew; undefined when another worker has come meanwhile. */
  async restore(child: Child<WorkerCalls>, current: () => boolean): Promise<void> {
    const notRestored = await restoreMembers(child, this.#anew, this.self.name);
    if (!current()) return;
    const channels = this.#anew;
    this.#anew = [];
    for (const channel of channels) this.tell(channel.name, channel.dropUnknown());
    this.#emit({ type: 'restored', channels: [...this.channels.keys()], notRestored });
  }

  unwatch(): void {
    this.#anew = [];
    for (const channel of this.channels.values()) channel.unwatch(this.self.name);
  }
}
