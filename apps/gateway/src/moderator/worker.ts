/** Entry of the moderator's process: the SLIM app and its channels. What it keeps, the bindings keep; the supervisor does the rest. */
import { errorText, loadBindings, toName, toText, within } from '@muster/practice/slim/bindings';
import type { SlimBindings, SlimService, SlimSession } from '@muster/practice/slim/bindings';
import { CallError, serveCalls } from '@muster/practice/slim/ipc';
import { causes, createApp, openApp, restoreSessions } from './app.ts';
import { WorkerDesk } from './approval-desk.ts';
import { moderatorError, permanentError, plain } from './errors.ts';
import { leave, listenForEver } from './listen.ts';
import { nodeConfig, whyNot } from './node-credentials.ts';
import type { Restored, StartInput, WorkerCalls, WorkerNote } from './protocol.ts';
import { adoptRoom, openRoom, settingsOf } from './room.ts';
import type { Room, Station } from './room.ts';

const CONNECT_MS = 10_000;
const CHECK_MS = 4000;
const POLL_MS = 1500;

const rooms = new Map<string, Room>();
const expected = new Set<string>();
/** Their sessions are kept by the bindings, and outlive this process. */
let kept = false;
/** Whatever is of this service goes when it is collected as garbage: it is held as long as the process. */
const held: SlimService[] = [];
let station: Station | undefined;
let desk: WorkerDesk | undefined;

const calls: WorkerCalls = {
  async start(input) {
    const slim = await loadBindings().catch((error) => {
      throw permanentError(`the SLIM bindings do not run on this computer: ${plain(errorText(error))}`);
    });
    const service = slim.createService('muster-moderator');
    held.push(service);
    const connection = await connect(slim, service, input);
    const app = openApp(slim, service, input);
    await app.subscribeAsync(app.name(), connection);
    const here: Station = { slim, app, connection, self: input.name, note };
    station = here;
    kept = input.store !== undefined;
    const restored = adopt(here, restoreSessions(app, connection, input));
    if (input.approvals !== undefined)
      await openDesk(slim, service, connection, { ...input, name: input.approvals });
    void listenForEver({
      slim,
      app,
      expected: (channel) => expected.has(channel),
      onJoined: (channel, session) => joined(here, channel, session),
      onDeclined: (channel) => note({ kind: 'declined', channel }),
    });
    void pollForEver();
    return { instance: app.name().id(), restored };
  },

  async check() {
    if (!station) throw moderatorError('not-ready', 'it has not started');
    const { slim, app, connection } = station;
    // The bindings keep reporting a connection they have given up; only using it tells. This leaves nothing behind.
    const nowhere = toName(slim, 'muster/connection/check');
    try {
      await within(CHECK_MS, 'using the connection', async (signal) => {
        await app.setRouteAsync(nowhere, connection, { signal });
        await app.removeRouteAsync(nowhere, connection, { signal });
      });
    } catch (error) {
      throw new CallError('connect', causes(errorText(error)));
    }
  },

  async create({ channel, ...settings }) {
    if (!station) throw moderatorError('not-ready', 'it has not started');
    if (rooms.has(channel)) throw moderatorError('channel-exists', channel);
    rooms.set(channel, await openRoom(station, channel, settings));
  },

  async delete({ channel }) {
    const room = roomOf(channel);
    rooms.delete(channel);
    // Without a confirmation the session is given up all the same: nothing could be done with half a channel.
    await room.end().catch(() => {});
  },

  invite: ({ channel, member }) => roomOf(channel).invite(member),
  remove: ({ channel, member }) => roomOf(channel).remove(member),
  publish: ({ channel, text }) => roomOf(channel).publish(text),
  softClose: ({ channel }) => roomOf(channel).softClose(),
  rejoin: ({ channel }) => roomOf(channel).rejoin(),

  expect({ channel, accept }) {
    if (accept) expected.add(channel);
    else expected.delete(channel);
  },

  async answerApproval({ id, response }) {
    if (!desk) throw moderatorError('nobody-asks');
    await desk.answer(id, response);
  },

  async close() {
    const open = [...rooms.values()];
    await rest();
    rooms.clear();
    if (!kept) await Promise.allSettled(open.map((room) => room.end()));
  },
};

const note = serveCalls<WorkerNote>(calls, rest);

/** A change that members took and the store did not would part us from them for good: those under way are finished. */
async function rest(): Promise<void> {
  await Promise.all([...rooms.values()].map((room) => room.rest()));
}

function roomOf(channel: string): Room {
  const room = rooms.get(channel);
  if (!room) throw moderatorError('no-channel', channel);
  return room;
}

/** Takes up what the bindings brought back: of each channel the last session, since an older one answers nobody. */
function adopt(here: Station, sessions: SlimSession[]): Restored[] {
  const last = new Map(sessions.map((session) => [toText(session.destination()), session]));
  for (const session of sessions)
    if (last.get(toText(session.destination())) !== session) void leave(here.app, session);
  return [...last].map(([channel, session]) => {
    rooms.set(channel, adoptRoom(here, channel, session));
    return { channel, initiator: session.isInitiator(), ...settingsOf(session) };
  });
}

/** Invited anew, our former session in the channel answers nobody. */
function joined(here: Station, channel: string, session: SlimSession): void {
  const former = rooms.get(channel);
  rooms.set(channel, adoptRoom(here, channel, session));
  void former?.end().catch(() => {});
  note({ kind: 'joined', channel, ...settingsOf(session) });
}

/** An app of its own: whoever listens on one takes any session that comes to it. Without it the channels still work. */
async function openDesk(
  slim: SlimBindings,
  service: SlimService,
  connection: bigint,
  input: StartInput,
): Promise<void> {
  try {
    const app = createApp(slim, service, input);
    await app.subscribeAsync(app.name(), connection);
    desk = new WorkerDesk({ slim, app, note });
  } catch (error) {
    note({ kind: 'approvals-shut', reason: plain(errorText(error)) });
  }
}

/** One attempt: the supervisor does the backing off. */
async function connect(slim: SlimBindings, service: SlimService, input: StartInput): Promise<bigint> {
  const { endpoint, credentials = {} } = input;
  try {
    return await within(CONNECT_MS, `connecting to ${endpoint}`, (signal) =>
      service.connectAsync(nodeConfig(slim, endpoint, credentials), { signal }),
    );
  } catch (error) {
    const why = await whyNot(endpoint, credentials, causes(errorText(error)));
    throw new CallError('connect', `no SLIM connection to ${endpoint}: ${why}`);
  }
}

async function pollForEver(): Promise<void> {
  for (;;) {
    await Promise.allSettled([...rooms.values()].map((room) => room.poll()));
    note({ kind: 'tick' });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
