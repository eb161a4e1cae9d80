/** Entry of the moderator's process: the SLIM app and its channels. It keeps nothing; the supervisor restores it. */
import { clientConfig, errorText, loadBindings, toName, within } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimService } from '@muster/practice/slim/bindings';
import { CallError, serveCalls } from '@muster/practice/slim/ipc';
import { classify, moderatorError, permanentError, plain } from './errors.ts';
import type { WorkerCalls, WorkerNote } from './protocol.ts';
import { openRoom } from './room.ts';
import type { Room, Station } from './room.ts';
import type { ModeratorIdentity, ModeratorOptions } from './types.ts';

const CONNECT_MS = 10_000;
const CHECK_MS = 4000;
const POLL_MS = 1500;

const rooms = new Map<string, Room>();
let station: Station | undefined;

const calls: WorkerCalls = {
  async start(options) {
    const slim = await loadBindings().catch((error) => {
      throw permanentError(`the SLIM bindings do not run on this computer: ${plain(errorText(error))}`);
    });
    const service = slim.createService('muster-moderator');
    const connection = await connect(slim, service, options.endpoint);
    const app = createApp(slim, service, options);
    await app.subscribeAsync(app.name(), connection);
    station = { slim, app, connection, self: options.name, note };
    void pollForEver();
    return { instance: app.name().id() };
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

  async create({ channel, mls }) {
    if (!station) throw moderatorError('not-ready', 'it has not started');
    if (rooms.has(channel)) throw moderatorError('channel-exists', channel);
    rooms.set(channel, await openRoom(station, channel, mls));
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

  async close() {
    const open = [...rooms.values()];
    rooms.clear();
    await Promise.allSettled(open.map((room) => room.end()));
  },
};

const note = serveCalls<WorkerNote>(calls);

function roomOf(channel: string): Room {
  const room = rooms.get(channel);
  if (!room) throw moderatorError('no-channel', channel);
  return room;
}

/** One attempt: the supervisor does the backing off. */
async function connect(slim: SlimBindings, service: SlimService, endpoint: string): Promise<bigint> {
  try {
    return await within(CONNECT_MS, `connecting to ${endpoint}`, (signal) =>
      service.connectAsync(clientConfig(slim, endpoint), { signal }),
    );
  } catch (error) {
    throw new CallError('connect', `no SLIM connection to ${endpoint}: ${causes(errorText(error))}`);
  }
}

/** The Async variants panic in these bindings; blocking is what this process is for. */
function createApp(slim: SlimBindings, service: SlimService, { name, identity }: ModeratorOptions): SlimApp {
  try {
    if (identity.kind === 'shared-secret')
      return service.createAppWithSecret(toName(slim, name), identity.secret);
    const config = spireConfig(identity);
    return service.createApp(
      toName(slim, name),
      new slim.IdentityProviderConfig.Spire({ config }),
      new slim.IdentityVerifierConfig.Spire({ config }),
    );
  } catch (error) {
    const text = errorText(error);
    if (identity.kind === 'spire') {
      throw new CallError(
        'identity',
        `no SVID from the Workload API at ${identity.socketPath}: ${causes(text)}`,
      );
    }
    throw classify(text, name);
  }
}

function spireConfig({
  socketPath,
  audiences,
  trustDomains = [],
}: Extract<ModeratorIdentity, { kind: 'spire' }>) {
  return {
    socketPath: socketPath.startsWith('unix:') ? socketPath : `unix://${socketPath}`,
    targetSpiffeId: undefined,
    jwtAudiences: audiences,
    trustDomains,
  };
}

/** `a\nCaused by:\n  -> b\n  -> c` → the last cause, which is the one a person can act on. */
function causes(text: string): string {
  return plain(
    text
      .split('\n')
      .at(-1)
      ?.replace(/^\s*->\s*/, '') ?? text,
  );
}

async function pollForEver(): Promise<void> {
  for (;;) {
    await Promise.allSettled([...rooms.values()].map((room) => room.poll()));
    note({ kind: 'tick' });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
