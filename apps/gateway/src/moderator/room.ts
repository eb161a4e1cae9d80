import { errorText, TIMED_OUT, toName, toText, within } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimSession } from '@muster/practice/slim/bindings';
import { classify, moderatorError } from './errors.ts';
import type { Seen, WorkerNote } from './protocol.ts';
import { payloadText } from './text.ts';

/**
 * SLIM gives up on an answer after RETRIES × INTERVAL_MS. Fewer would take a busy member for an absent one; more
 * makes a person wait for a misspelt name.
 */
const RETRIES = 5;
const INTERVAL_MS = 1000;
const MEMBERSHIP_MS = 15_000;
/** Announcements come INTERVAL_MS apart; a loaded computer is given half as much again. */
const FAREWELL_MS = 1.5 * INTERVAL_MS;
const FAREWELLS_MS = (RETRIES + 3) * INTERVAL_MS;
const PUBLISH_MS = 10_000;
const LIST_MS = 5000;
const DELETE_MS = 5000;

export interface Station {
  slim: SlimBindings;
  app: SlimApp;
  connection: bigint;
  /** `org/ns/app` of the moderator. */
  self: string;
  note(note: WorkerNote): void;
}

/** One channel: its SLIM group session, and the order in which its members are changed. */
export interface Room {
  invite(member: string): Promise<void>;
  remove(member: string): Promise<void>;
  publish(text: string): Promise<void>;
  /** Reports who is in the channel. */
  poll(): Promise<void>;
  /** Ends the session; the members are told. */
  end(): Promise<void>;
}

export async function openRoom(station: Station, channel: string, mls: boolean): Promise<Room> {
  const { slim, app } = station;
  const session = await app.createSessionAndWaitAsync(
    {
      sessionType: slim.SessionType.Group,
      maxRetries: RETRIES,
      interval: INTERVAL_MS,
      metadata: new Map(),
      mlsSettings: mls
        ? { headerIntegrityValidationPercent: 100, maxSeenControlMessageIdsSize: undefined }
        : undefined,
    },
    toName(slim, channel),
  );
  return new SessionRoom(station, channel, session);
}

class SessionRoom implements Room {
  readonly #station: Station;
  readonly #channel: string;
  readonly #session: SlimSession;
  #changes: Promise<unknown> = Promise.resolve();
  #polls: Promise<unknown> = Promise.resolve();
  readonly #farewells = new Map<string, number>();
  #ended = false;

  constructor(station: Station, channel: string, session: SlimSession) {
    this.#station = station;
    this.#channel = channel;
    this.#session = session;
    void this.#read();
  }

  invite(member: string): Promise<void> {
    return this.#inTurn(async () => {
      const { slim, app, connection, self } = this.#station;
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
      await native(MEMBERSHIP_MS, `inviting ${member}`, member, (signal) =>
        this.#session.inviteAndWaitAsync(name, { signal }),
      );
    });
  }

  remove(member: string): Promise<void> {
    return this.#inTurn(() => this.#expel(member));
  }

  async publish(text: string): Promise<void> {
    // Publishing to a group with nobody in it never settles.
    if ((await this.#list()).every((one) => one.name === this.#station.self)) {
      throw moderatorError('nobody-there', this.#channel);
    }
    const bytes = new TextEncoder().encode(text);
    await native(PUBLISH_MS, 'sending the message', this.#channel, (signal) =>
      this.#session.publishAndWaitAsync(bytes.buffer, 'text/plain', undefined, { signal }),
    );
  }

  poll(): Promise<void> {
    // One after the other, so that an older list never overtakes a newer one.
    const poll = this.#polls.then(async () => {
      const seen = await this.#list();
      if (!this.#ended) this.#station.note({ kind: 'participants', channel: this.#channel, seen });
    });
    this.#polls = poll.catch(() => {});
    return poll;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await native(DELETE_MS, 'deleting the channel', this.#channel, (signal) =>
      this.#station.app.deleteSessionAndWaitAsync(this.#session, { signal }),
    );
  }

  /** MLS commits of one group must not cross, and the list is current when the caller is answered. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#changes.then(change).finally(() => this.poll().catch(() => {}));
    this.#changes = turn.catch(() => {});
    return turn;
  }

  /**
   * A removed member now and then announces its leaving too, RETRIES times because nobody confirms it. An invitation
   * meanwhile goes unheard or is undone by the next announcement, so it waits until they have ceased.
   */
  async #farewellOver(member: string): Promise<void> {
    const atMost = performance.now() + FAREWELLS_MS;
    while (performance.now() < atMost) {
      const wait = (this.#farewells.get(member) ?? -Infinity) + FAREWELL_MS - performance.now();
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
      await native(MEMBERSHIP_MS, `removing ${member}`, member, (signal) =>
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
        // `context.identity` is the sender's bearer token: it must not go further than this line.
        const { sourceName, payloadType } = context;
        this.#station.note({
          kind: 'message',
          channel: this.#channel,
          from: toText(sourceName),
          fromInstance: sourceName.id(),
          text: payloadText(new Uint8Array(payload)),
          payloadType: payloadType.slice(0, 200),
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
