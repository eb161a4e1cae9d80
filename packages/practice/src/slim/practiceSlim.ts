import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Child } from './child.ts';
import { PRACTICE_CHANNELS, PRACTICE_MEMBERS } from './cast.ts';
import type { PracticeChannel } from './cast.ts';
import { CallError } from './ipc.ts';
import type { ManagerRooms } from './manager/rooms.ts';
import type { NetworkCalls, Pace } from './protocol.ts';
import { supervise } from './supervise.ts';

export interface PracticeSlimOptions {
  /** At least 32 bytes; made at random when absent. */
  sharedSecret?: string;
  /** The port of the node on loopback; a free one when absent. */
  port?: number;
  /** How often members write on their own; 10–30 s when absent. */
  pace?: Pace;
}

/** A real SLIM node on loopback with live members, in a child process that is restarted when it ends. */
export interface PracticeSlim {
  readonly endpoint: string;
  readonly sharedSecret: string;
  /** `org/ns/app` of everyone who can be invited. */
  readonly members: string[];
  /** The channels a moderator should create, and whom to invite to each. */
  readonly channels: PracticeChannel[];
  /** Cuts a member off without a farewell: it shows Offline after 25–30 s. */
  crashMember(name: string): Promise<void>;
  /** Starts a crashed member again, as a new instance that has to be invited again. */
  reviveMember(name: string): Promise<void>;
  /** The channels of a channel manager of this name (`org/ns/app`) on this network. */
  rooms(manager: string): ManagerRooms;
  /** Called after the process was restarted: every member is a new instance and in no channel. */
  onRestarted(fn: () => void): () => void;
  /** The process that runs the node, for tests of its restart; undefined while there is none. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

const START_MS = 60_000;
const CALL_MS = 15_000;
/** Longer than the manager itself waits: an absent participant 11 s, an owner 60 s. */
const CHANGE_MS = 30_000;
const ASK_MS = 65_000;
/** Another program may take the free port between finding and using it. */
const PORT_ATTEMPTS = 5;

export async function startPracticeSlim(options: PracticeSlimOptions = {}): Promise<PracticeSlim> {
  const sharedSecret = options.sharedSecret ?? randomBytes(32).toString('base64url');
  if (Buffer.byteLength(sharedSecret) < 32) {
    throw new CallError('no-start', 'the shared secret is shorter than the 32 bytes SLIM asks for');
  }
  const pace = options.pace ?? { minMs: 10_000, maxMs: 30_000 };
  const members = [...PRACTICE_MEMBERS];
  const restarted = new Set<() => void>();
  let port = options.port ?? (await freePort());
  let everUp = false;
  let attempts = 0;
  let child: Child<NetworkCalls> | undefined;
  const { promise: up, resolve: isUp, reject: cannotStart } = Promise.withResolvers<void>();

  const supervisor = supervise<NetworkCalls, never>({
    entry: new URL('./networkProcess.ts', import.meta.url),
    backoff: { firstMs: 500, maxMs: 15_000 },
    async before() {
      // Once moderators know the endpoint it must stay; before that, another port serves better. Chosen here and not when
      // the attempt has failed: the next one must not begin with the old port and be announced with the new.
      if (!everUp && attempts > 0 && options.port === undefined) port = await freePort();
    },
    async start(started) {
      await started.call('start', { port, sharedSecret, members, pace }, START_MS);
    },
    onUp(started) {
      child = started;
      isUp();
      if (everUp) for (const fn of restarted) fn();
      everUp = true;
    },
    onDown(reason) {
      child = undefined;
      if (!everUp && ++attempts >= PORT_ATTEMPTS) cannotStart(new CallError('no-start', reason));
    },
    onFailed: (reason) => cannotStart(new CallError('no-start', reason)),
    onNote: () => {},
  });

  const running = (): Child<NetworkCalls> => {
    if (!child) throw new CallError('not-running', 'the practice network is being restarted');
    return child;
  };
  const ask = async (call: 'crash' | 'revive', member: string) => running().call(call, { member }, CALL_MS);

  try {
    await up;
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    sharedSecret,
    members,
    channels: PRACTICE_CHANNELS.map(({ name, members: invited }) => ({ name, members: [...invited] })),
    crashMember: (name) => ask('crash', name),
    reviveMember: (name) => ask('revive', name),
    rooms: (manager) => ({
      open: async (channel, mls) => running().call('openRoom', { manager, channel, mls }, CHANGE_MS),
      invite: async (channel, member) => running().call('inviteTo', { manager, channel, member }, CHANGE_MS),
      expel: async (channel, member) => running().call('expelFrom', { manager, channel, member }, CHANGE_MS),
      close: async (channel) => running().call('closeRoom', { manager, channel }, CHANGE_MS),
      members: async (channel) => running().call('membersOf', { manager, channel }, CALL_MS),
      ask: async (callback, request) => running().call('askOwner', { manager, callback, request }, ASK_MS),
    }),
    onRestarted(fn) {
      restarted.add(fn);
      return () => restarted.delete(fn);
    },
    pid: () => child?.pid,
    stop: () => supervisor.stop(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
