import type * as RPC from '@agntcy/slim-bindings/types/slim_rpc.js';
import { clientConfig, errorText, TIMED_OUT, toName, toText, within } from '../bindings.ts';
import type { SlimApp, SlimBindings, SlimService, SlimSession } from '../bindings.ts';
import { CallError } from '../ipc.ts';
import type { Participant } from './rooms.ts';

const CONNECT_MS = 10_000;
const LIST_MS = 5000;
/** As channel managers have it: 11 s until an absent participant is given up. */
const MAX_RETRIES = 10;
const INTERVAL_MS = 1000;
const CHANGE_MS = (MAX_RETRIES + 1) * INTERVAL_MS + 4000;
const ASK_MS = 60_000;

const SERVICE = 'channel_manager.proto.v1.ChannelOwnerApproval';
const METHOD = 'RequestApproval';

export interface HostOptions {
  /** `org/ns/app` of the channel manager; it asks owners as the same with `-approval` at the end. */
  name: string;
  endpoint: string;
  sharedSecret: string;
}

interface Station {
  /** Held: once it is garbage, its connections end. */
  service: SlimService;
  app: SlimApp;
  asking: SlimApp;
  connection: bigint;
}

/** What a channel manager does on SLIM: it moderates its channels, and asks their owners. */
export class ManagerHost {
  readonly #slim: SlimBindings;
  readonly #options: HostOptions;
  readonly #rooms = new Map<string, SlimSession>();
  /** MLS commits of one group must not cross. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #station: Promise<Station> | undefined;

  constructor(slim: SlimBindings, options: HostOptions) {
    this.#slim = slim;
    this.#options = options;
  }

  open(channel: string, mls: boolean): Promise<void> {
    return this.#inTurn(channel, async () => {
      if (this.#rooms.has(channel)) return;
      const { app } = await this.#ready();
      const mlsSettings = mls
        ? { headerIntegrityValidationPercent: 100, maxSeenControlMessageIdsSize: undefined }
        : undefined;
      const session = await within(CHANGE_MS, 'making the channel', (signal) =>
        app.createSessionAndWaitAsync(
          {
            sessionType: this.#slim.SessionType.Group,
            maxRetries: MAX_RETRIES,
            interval: INTERVAL_MS,
            metadata: new Map(),
            mlsSettings,
          },
          toName(this.#slim, channel),
          { signal },
        ),
      );
      this.#rooms.set(channel, session);
      void drain(session, () => this.#rooms.get(channel) === session);
    });
  }

  /** Rejects with the words of SLIM. */
  invite(channel: string, member: string): Promise<void> {
    return this.#inTurn(channel, async () => {
      const { app, connection } = await this.#ready();
      const session = this.#room(channel);
      const name = toName(this.#slim, member);
      await within(LIST_MS, 'setting the route', (signal) => app.setRouteAsync(name, connection, { signal }));
      if ((await participants(session)).some(({ name: one }) => one === member)) return;
      await within(CHANGE_MS, 'inviting', (signal) => session.inviteAndWaitAsync(name, { signal }));
    });
  }

  expel(channel: string, member: string): Promise<void> {
    return this.#inTurn(channel, async () => {
      const session = this.#room(channel);
      await within(CHANGE_MS, 'removing', (signal) =>
        session.removeAndWaitAsync(toName(this.#slim, member), { signal }),
      );
    });
  }

  close(channel: string): Promise<void> {
    return this.#inTurn(channel, async () => {
      const session = this.#rooms.get(channel);
      if (!session) return;
      this.#rooms.delete(channel);
      const { app } = await this.#ready();
      await within(LIST_MS, 'ending the channel', (signal) =>
        app.deleteSessionAndWaitAsync(session, { signal }),
      );
    });
  }

  async members(channel: string): Promise<Participant[]> {
    return participants(this.#room(channel));
  }

  /** Puts an ApprovalRequest to the owner's name, over slim-rpc; its ApprovalResponse. */
  async ask(callback: string, request: Uint8Array): Promise<Uint8Array> {
    const { asking, connection } = await this.#ready();
    const { Channel } = this.#slim as unknown as { Channel: typeof RPC.Channel };
    const channel = Channel.newWithConnection(
      asking as never,
      toName(this.#slim, callback) as never,
      connection,
    );
    try {
      const answer = await within(ASK_MS, 'asking the owner', (signal) =>
        channel.callUnaryAsync(SERVICE, METHOD, request.slice().buffer, ASK_MS, undefined, { signal }),
      );
      return new Uint8Array(answer);
    } catch (error) {
      throw inWords(error);
    } finally {
      void channel.closeAsync(LIST_MS).catch(() => {});
    }
  }

  #room(channel: string): SlimSession {
    const session = this.#rooms.get(channel);
    if (!session) throw new CallError('no-room', 'session closed');
    return session;
  }

  #ready(): Promise<Station> {
    this.#station ??= this.#start().catch((error: unknown) => {
      this.#station = undefined;
      throw error;
    });
    return this.#station;
  }

  async #start(): Promise<Station> {
    const { name, endpoint, sharedSecret } = this.#options;
    const service = this.#slim.createService(name.replaceAll('/', '-'));
    const connection = await within(CONNECT_MS, 'connecting the channel manager', (signal) =>
      service.connectAsync(clientConfig(this.#slim, endpoint), { signal }),
    );
    const make = async (as: string): Promise<SlimApp> => {
      const app = service.createAppWithSecret(toName(this.#slim, as), sharedSecret);
      await app.subscribeAsync(app.name(), connection);
      return app;
    };
    return { service, app: await make(name), asking: await make(`${name}-approval`), connection };
  }

  #inTurn<T>(channel: string, change: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(channel) ?? Promise.resolve())
      .then(change, change)
      .catch((error: unknown) => {
        throw inWords(error);
      });
    this.#turns.set(
      channel,
      turn.catch(() => {}),
    );
    return turn;
  }
}

/** The text of an error of the bindings is not in its message. */
function inWords(error: unknown): CallError {
  const late = (error as { code?: unknown }).code === TIMED_OUT;
  return error instanceof CallError ? error : new CallError(late ? TIMED_OUT : 'slim', errorText(error));
}

async function participants(session: SlimSession): Promise<Participant[]> {
  const list = await within(LIST_MS, 'listing the members', (signal) =>
    session.participantsListAsync({ signal }),
  );
  return list.map(({ name }) => ({ name: toText(name), instance: name.id() }));
}

/** A manager reads nothing of its channels, and what it does not take off would pile up. */
async function drain(session: SlimSession, open: () => boolean): Promise<void> {
  while (open())
    try {
      await session.getMessageAsync(undefined);
    } catch (error) {
      if (/session closed/iu.test(errorText(error))) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
}
