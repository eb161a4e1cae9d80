import { errorText, TIMED_OUT, toName, toText, within } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimSending, SlimSession } from '@muster/practice/slim/bindings';
import { classify, moderatorError } from './errors.ts';
import type { Seen, WorkerNote } from './protocol.ts';
import { subjectOf } from './subject.ts';
import { escapeUnsafe, readable } from './text.ts';
import type { SessionSettings } from './types.ts';

const LIST_MS = 5000;
const END_MS = 5000;
/** What the bindings are given beyond their own patience. */
const SLACK_MS = 9000;
/**
 * Messages under way at once. One after the other they take 50 ms each in a group of five (node 3.4.6 collects small
 * writes, so that confirmations wait for each other), 32 at once 5 ms; a thousand at once are repeated by SLIM.
 */
const MOST_UNCONFIRMED = 32;
/** Announcements come an interval apart; a loaded computer is given half as much again. */
const FAREWELL_INTERVALS = 1.5;

export interface Station {
  slim: SlimBindings;
  app: SlimApp;
  connection: bigint;
  /** `org/ns/app` of the moderator. */
  self: string;
  /** Resolves once it is handed over. */
  note(note: WorkerNote): Promise<void>;
}

/** One channel: its SLIM group session, and the order in which its members are changed. */
export interface Room {
  invite(member: string): Promise<void>;
  remove(member: string): Promise<void>;
  publish(text: string): Promise<void>;
  /** Goes offline without leaving. */
  softClose(): Promise<void>;
  rejoin(): Promise<void>;
  /** Reports who is in the channel. */
  poll(): Promise<void>;
  /** Begins no further change; resolves when the one under way is over. */
  rest(): Promise<void>;
  /** Ends the session; the members are told. */
  end(): Promise<void>;
}

export async function openRoom(station: Station, channel: string, settings: SessionSettings): Promise<Room> {
  const { slim, app } = station;
  const { mls, maxRetries, intervalMs } = settings;
  const session = await app.createSessionAndWaitAsync(
    {
      sessionType: slim.SessionType.Group,
      maxRetries,
      interval: intervalMs,
      metadata: new Map(),
      mlsSettings: mls
        ? { headerIntegrityValidationPercent: 100, maxSeenControlMessageIdsSize: undefined }
        : undefined,
    },
    toName(slim, channel),
  );
  return new SessionRoom(station, channel, session, settings);
}

/** A session that is there already: restored, or joined by an invitation. */
export function adoptRoom(station: Station, channel: string, session: SlimSession): Room {
  return new SessionRoom(station, channel, session, settingsOf(session));
}

/** How a session was made, as the bindings tell it. */
export function settingsOf(session: SlimSession): SessionSettings {
  const { maxRetries, interval, mlsSettings } = session.config();
  return { mls: mlsSettings !== undefined, maxRetries: maxRetries ?? 5, intervalMs: interval ?? 1000 };
}

class SessionRoom implements Room {
  readonly #station: Station;
  readonly #channel: string;
  readonly #session: SlimSession;
  #changes: Promise<unknown> = Promise.resolve();
  #polls: Promise<unknown> = Promise.resolve();
  #sends: Promise<unknown> = Promise.resolve();
  readonly #unconfirmed = new Set<Promise<void>>();
  readonly #farewells = new Map<string, number>();
  /** SLIM gives up on an answer after so long. */
  readonly #patienceMs: number;
  readonly #intervalMs: number;
  #closed = false;
  #resting = false;
  #ended = false;

  constructor(
    station: Station,
    channel: string,
    session: SlimSession,
    { maxRetries, intervalMs }: SessionSettings,
  ) {
    this.#station = station;
    this.#channel = channel;
    this.#session = session;
    this.#intervalMs = intervalMs;
    this.#patienceMs = (maxRetries + 1) * intervalMs;
    void this.#read();
  }

  invite(member: string): Promise<void> {
    return this.#inTurn(async () => {
      const { slim, app, connection, self } = this.#station;
      this.#mustModerate();
      if (member === self) throw moderatorError('own-name', member);
      const name = toName(slim, member);
      await native(LIST_MS, 'setting the route', member, (signal) =>
        app.setRouteAsync(name, connection, { signal }),
      );
      const namesakes = (await this.#list()).filter((one) => one.name === member);
      // SLIM takes a crashed member for present and refuses its successor; an online one it may refuse itself.
      const crashed = namesakes.length > 0 && namesakes.every((one) => !one.online);
      if (crashed) await this.#expel(member).catch(() => {});
      await this.#farewellOver(member);
      try {
        await native(this.#patienceMs + SLACK_MS, `inviting ${member}`, member, (signal) =>
          this.#session.inviteAndWaitAsync(name, { signal }),
        );
      } catch (error) {
        if ((error as { code?: unknown }).code === 'no-confirmation') await this.#settle(member);
        else throw error;
      }
    });
  }

  /** What became of an invitation that SLIM has not confirmed; throws unless the member is in. */
  async #settle(member: string): Promise<void> {
    const listed = await this.#list();
    const joined = listed.find((one) => one.name === member);
    if (!joined?.online) throw moderatorError('not-joined', member);
    const twin = listed.some((one) => one.name !== member && one.instance === joined.instance);
    if (!twin) return;
    // Node 3.4.6 lists it, and waits for ever for it to join the MLS group: half in, it would hold up all that follows.
    await this.#expel(member).catch(() => {});
    throw moderatorError('same-identity', member);
  }

  remove(member: string): Promise<void> {
    return this.#inTurn(() => {
      this.#mustModerate();
      return this.#expel(member);
    });
  }

  /** Sent in the order they are asked for, and confirmed side by side. */
  async publish(text: string): Promise<void> {
    const sending = this.#sends.then(async () => {
      while (this.#unconfirmed.size >= MOST_UNCONFIRMED) await Promise.race(this.#unconfirmed);
      const sent = await this.#send(text);
      const confirming = this.#confirmed(sent).finally(() => this.#unconfirmed.delete(settled));
      const settled = confirming.catch(() => {});
      this.#unconfirmed.add(settled);
      return { confirming };
    });
    this.#sends = sending.catch(() => {});
    await (
      await sending
    ).confirming;
  }

  async #confirmed(sent: SlimSending): Promise<void> {
    // Who crashed a moment ago is listed still, and confirms nothing; the others have it.
    const confirmed = await this.#announce('sending the message', (signal) => sent.waitAsync({ signal }));
    const { self } = this.#station;
    if (!confirmed && (await this.#list()).every((one) => one.name === self || !one.online))
      throw moderatorError('nobody-there', this.#channel);
  }

  async #send(text: string): Promise<SlimSending> {
    if (this.#closed) throw moderatorError('session-closed', this.#channel);
    // Publishing to a group with nobody in it never settles.
    if ((await this.#list()).every((one) => one.name === this.#station.self))
      throw moderatorError('nobody-there', this.#channel);
    const bytes = new TextEncoder().encode(text);
    return native(this.#patienceMs + SLACK_MS, 'sending the message', this.#channel, (signal) =>
      this.#session.publishAsync(bytes.buffer, 'text/plain', undefined, { signal }),
    );
  }

  softClose(): Promise<void> {
    return this.#inTurn(async () => {
      this.#closed = true;
      const { Soft } = this.#station.slim.CloseMode;
      await this.#announce('closing the session', (signal) =>
        this.#session.closeWithModeAndWaitAsync(Soft, { signal }),
      );
    });
  }

  rejoin(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#announce('rejoining', (signal) => this.#session.rejoinAndWaitAsync({ signal }));
      this.#closed = false;
    });
  }

  poll(): Promise<void> {
    // A closed session is told nothing any more.
    if (this.#closed || this.#ended) return Promise.resolve();
    // One after the other, so that an older list never overtakes a newer one.
    const poll = this.#polls.then(async () => {
      const seen = await this.#list();
      if (!this.#ended && !this.#closed)
        this.#station.note({ kind: 'participants', channel: this.#channel, seen });
    });
    this.#polls = poll.catch(() => {});
    return poll;
  }

  async rest(): Promise<void> {
    this.#resting = true;
    await this.#changes;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await native(END_MS, 'ending the session', this.#channel, (signal) =>
      this.#station.app.deleteSessionAndWaitAsync(this.#session, { signal }),
    );
  }

  /** Whether all have confirmed: one that crashed meanwhile cannot, the others have. */
  async #announce(what: string, run: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    try {
      await native(this.#patienceMs + SLACK_MS, what, this.#channel, run);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'nobody-answers') throw error;
      return false;
    }
  }

  #mustModerate(): void {
    if (!this.#session.isInitiator()) throw moderatorError('not-moderator', this.#channel);
    if (this.#closed) throw moderatorError('session-closed', this.#channel);
  }

  /** MLS commits of one group must not cross, and the list is current when the caller is answered. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const begin = (): Promise<void> => {
      if (this.#resting) throw moderatorError('closed');
      return change();
    };
    const turn = this.#changes.then(begin).finally(() => this.poll().catch(() => {}));
    this.#changes = turn.catch(() => {});
    return turn;
  }

  /**
   * A removed member now and then announces its leaving too, as often as SLIM retries because nobody confirms it. An invitation
   * meanwhile goes unheard or is undone by the next announcement, so it waits until they have ceased.
   */
  async #farewellOver(member: string): Promise<void> {
    const atMost = performance.now() + this.#patienceMs + 2 * this.#intervalMs;
    const quiet = FAREWELL_INTERVALS * this.#intervalMs;
    while (performance.now() < atMost) {
      const wait = (this.#farewells.get(member) ?? -Infinity) + quiet - performance.now();
      if (wait <= 0 || this.#ended) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    this.#farewells.delete(member);
  }

  #farewell(member: string): void {
    // Kept by application: an instance that was named is invited again by its application's name.
    this.#farewells.set(member.split('/').slice(0, 3).join('/'), performance.now());
  }

  async #expel(member: string): Promise<void> {
    const { slim, self } = this.#station;
    if (member === self) throw moderatorError('own-name', member);
    try {
      await native(this.#patienceMs + SLACK_MS, `removing ${member}`, member, (signal) =>
        this.#session.removeAndWaitAsync(toName(slim, member), { signal }),
      );
    } catch (error) {
      // A crashed member cannot confirm, but it is out of the group, which is what was asked for.
      const left = await this.#list();
      if (left.some((one) => one.name === member || `${one.name}/${one.instance}` === member)) throw error;
      if ((error as { code?: unknown }).code === 'not-member') throw error;
    }
    this.#farewell(member);
  }

  async #list(): Promise<Seen[]> {
    const { slim } = this.#station;
    const participants = await native(LIST_MS, 'listing the members', this.#channel, (signal) =>
      this.#session.participantsListAsync({ signal }),
    );
    return participants.map(({ name, status }) => ({
      name: toText(name),
      instance: name.id(),
      online: status === slim.ParticipantStatus.Online,
    }));
  }

  async #read(): Promise<void> {
    while (!this.#ended) {
      try {
        const { context, payload } = await this.#session.getMessageAsync(undefined);
        // `context.identity` is the sender's bearer token: only whom it names goes further than this (S-13).
        const { sourceName, payloadType } = context;
        const identity = subjectOf(context.identity);
        // Handed over before the next is taken: what cannot be handed over waits in SLIM, not in this process.
        await this.#station.note({
          kind: 'message',
          channel: this.#channel,
          from: toText(sourceName),
          fromInstance: sourceName.id(),
          ...readable(new Uint8Array(payload), payloadType),
          payloadType: escapeUnsafe(payloadType.slice(0, 200)),
          bytes: payload.byteLength,
          identity,
        });
      } catch (error) {
        if (this.#ended) return;
        const reason = errorText(error);
        if (/session closed/i.test(reason)) {
          this.#ended = true;
          return this.#station.note({ kind: 'channel-lost', channel: this.#channel, reason });
        }
        // News of a member that left comes as an error of reading; the poll tells it better.
        const left = /participant disconnected: (\S+)/.exec(reason)?.[1];
        if (left) this.#farewell(left);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

/** One native call with a deadline, its error in our words. */
async function native<T>(
  ms: number,
  what: string,
  about: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await within(ms, what, run);
  } catch (error) {
    if ((error as { code?: unknown }).code === TIMED_OUT) {
      throw moderatorError('no-confirmation', `Waited ${ms / 1000} s for ${what}.`);
    }
    throw classify(errorText(error), about);
  }
}
