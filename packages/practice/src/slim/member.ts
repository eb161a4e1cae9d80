import { answer, chatter } from './cast.ts';
import { clientConfig, errorText, toName, toText, within } from './bindings.ts';
import type { SlimApp, SlimBindings, SlimMessage, SlimService, SlimSession } from './bindings.ts';
import type { Pace } from './protocol.ts';

export interface MemberOptions {
  name: string;
  endpoint: string;
  sharedSecret: string;
  pace: Pace;
  /** Members do not answer each other, or they would never stop. */
  isColleague(name: string): boolean;
}

export interface Member {
  /** Goes silent without leaving: the others see it Offline when its heartbeats are missed, after 25–30 s. */
  crash(): void;
}

const CONNECT_MS = 10_000;
const PUBLISH_MS = 10_000;
/** Two programs that answer everything would otherwise fill a channel together. */
const ANSWER_EVERY_MS = 1500;

let generation = 0;

/** One application on the practice node that joins whatever it is invited to, writes now and then, and answers. */
export async function startMember(slim: SlimBindings, options: MemberOptions): Promise<Member> {
  // A service of its own gives each member its own connection, which is what a crash has to cut.
  const service: SlimService = slim.createService(`practice-member-${++generation}`);
  const connection = await within(CONNECT_MS, 'connecting a practice member', (signal) =>
    service.connectAsync(clientConfig(slim, options.endpoint), { signal }),
  );
  // The Async variants of creating an app panic in these bindings.
  const app = service.createAppWithSecret(toName(slim, options.name), options.sharedSecret);
  await app.subscribeAsync(app.name(), connection);

  const alive = new AbortController();
  const rooms = new Map<string, SlimSession>();
  void acceptInvitations(app, options, rooms, alive.signal);
  return {
    crash() {
      alive.abort();
      service.disconnect(connection);
    },
  };
}

async function acceptInvitations(
  app: SlimApp,
  options: MemberOptions,
  rooms: Map<string, SlimSession>,
  alive: AbortSignal,
): Promise<void> {
  while (!alive.aborted) {
    try {
      const room = await app.listenForSessionAsync(undefined, { signal: alive });
      const channel = toText(room.destination());
      const former = rooms.get(channel);
      rooms.set(channel, room);
      // A moderator that came back makes the channel anew; the session of its former life answers nobody.
      if (former) app.deleteSessionAndWaitAsync(former).catch(() => {});
      const inRoom = () => !alive.aborted && rooms.get(channel) === room;
      void converse(room, options, inRoom).finally(() => {
        if (rooms.get(channel) === room) rooms.delete(channel);
      });
      scheduleChatter(room, options, inRoom, true);
    } catch {
      await delay(500);
    }
  }
}

async function converse(room: SlimSession, options: MemberOptions, inRoom: () => boolean): Promise<void> {
  let answeredAt = 0;
  while (inRoom()) {
    let message: SlimMessage;
    try {
      message = await room.getMessageAsync(undefined);
    } catch (error) {
      if (/session closed|closed/i.test(errorText(error))) return;
      // Anything else (another member left) is news about the group, not the end of it.
      await delay(100);
      continue;
    }
    if (options.isColleague(toText(message.context.sourceName))) continue;
    if (Date.now() - answeredAt < ANSWER_EVERY_MS) continue;
    answeredAt = Date.now();
    const text = Buffer.from(message.payload).toString('utf8');
    setTimeout(() => inRoom() && void say(room, answer(text)), 300 + Math.random() * 1200);
  }
}

function scheduleChatter(
  room: SlimSession,
  options: MemberOptions,
  inRoom: () => boolean,
  first: boolean,
): void {
  const { minMs, maxMs } = options.pace;
  const wait = minMs + Math.random() * (maxMs - minMs);
  // The first message comes sooner, so that a new channel does not look dead.
  setTimeout(
    () => {
      if (!inRoom()) return;
      void say(room, chatter(options.name));
      scheduleChatter(room, options, inRoom, false);
    },
    first ? wait / 4 : wait,
  );
}

async function say(room: SlimSession, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await within(PUBLISH_MS, 'publishing', (signal) =>
    room.publishAndWaitAsync(bytes.buffer, 'text/plain', undefined, { signal }),
  ).catch(() => {});
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
