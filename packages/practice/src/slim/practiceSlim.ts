import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Child } from './child.ts';
import { PRACTICE_CHANNELS, PRACTICE_MEMBERS } from './cast.ts';
import type { PracticeChannel } from './cast.ts';
import { CallError } from './ipc.ts';
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
  /** Called after the process was restarted: every member is a new instance and in no channel. */
  onRestarted(fn: () => void): () => void;
  /** The process that runs the node, for tests of its restart; undefined while there is none. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

const START_MS = 60_000;
const CALL_MS = 15_000;
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
      // Once moderators know the endpoint it must stay; before that, another port or an error serves better.
      if (everUp) return;
      if (++attempts >= PORT_ATTEMPTS) cannotStart(new CallError('no-start', reason));
      else if (options.port === undefined) void freePort().then((free) => (port = free));
    },
    onFailed: (reason) => cannotStart(new CallError('no-start', reason)),
    onNote: () => {},
  });

  const ask = async (call: 'crash' | 'revive', member: string) => {
    if (!child) throw new CallError('not-running', 'the practice network is being restarted');
    await child.call(call, { member }, CALL_MS);
  };

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
