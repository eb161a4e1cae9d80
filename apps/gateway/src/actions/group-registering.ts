import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import type { NeededConnection, NeededRoutes } from '../groups/routes.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import type { ActionContext } from './action.ts';
import { planeFailed } from './plane-run.ts';
import { done, refused, skipped } from './results.ts';
import { itemOf } from './group-register-items.ts';
import type { Wanted } from './group-register-items.ts';

type Route = NeededRoutes['routes'][number];

interface Registration {
  /** What the group is called by whoever runs it. */
  group: string;
  moderators: string[];
  wanted: Wanted;
  /** Channels that the control plane had when it was planned. */
  channelsBefore: readonly string[];
  routesNow: () => Promise<NeededRoutes>;
}

const before = 'It was there already.';

/** Of two windows that register one group at once the second has to see what the first made. */
const turns = new WeakMap<ControlPlaneConnection, Promise<unknown>>();
function inTurn<T>(connection: ControlPlaneConnection, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(connection) ?? Promise.resolve()).then(work);
  turns.set(
    connection,
    turn.catch(() => {}),
  );
  return turn;
}

/** Carries a registration out; run again it looks what is there, and goes on with the rest. */
export class Registering {
  readonly #context: ActionContext;
  readonly #connection: ControlPlaneConnection;
  readonly #asked: Registration;
  #runs = 0;
  /** A call to make the channel broke, and may have made one. */
  #uncertain = false;
  #channel = '';
  /** What was made here, for the way back. */
  #madeChannel = false;
  readonly #members: string[] = [];
  readonly #routes: Route[] = [];
  readonly #connections = new Set<string>();

  constructor(context: ActionContext, connection: ControlPlaneConnection, asked: Registration) {
    this.#context = context;
    this.#connection = connection;
    this.#asked = asked;
  }

  async *run(): AsyncGenerator<ItemResult> {
    this.#runs += 1;
    const { wanted } = this.#asked;
    const rest = [
      ...wanted.members,
      ...wanted.connections.map(itemOf.connection),
      ...wanted.routes.map(itemOf.route),
    ];
    let told = 0;
    try {
      const first = await inTurn(this.#connection, () => this.#openChannel());
      if (wanted.channel !== '') yield first;
      if (first.outcome === ItemOutcome.DONE) {
        for await (const item of this.#fill()) {
          told += 1;
          yield item;
          // Whether it took effect nobody knows: what comes after it may rest on it.
          if (item.outcome === ItemOutcome.UNKNOWN) break;
        }
      }
      for (const target of rest.slice(told)) yield skipped(target);
    } finally {
      this.#context.onChannels(this.#connection.link.name);
      void this.#context.networks.get(this.#connection.link.name)?.refresh();
    }
  }

  /** What unregisters that which was made here, and nothing else. */
  inverse(): JsonObject | undefined {
    if (!this.#madeChannel && this.#members.length === 0 && this.#routes.length === 0) return undefined;
    return {
      connection: this.#connection.link.name,
      channel: this.#channel,
      ...(this.#madeChannel ? {} : { members: this.#members }),
      routes: this.#routes.map(({ node, to, name, instance, via }) => ({ node, to, name, instance, via })),
    };
  }

  async #openChannel(): Promise<ItemResult> {
    const { group, moderators, wanted } = this.#asked;
    const { plane, link } = this.#connection;
    const { groups } = this.#context;
    const target = wanted.channel;
    try {
      const there = (await plane.channels()).map(({ id }) => id);
      const booked = groups.ofGroup(link.name, group).find(({ channel }) => there.includes(channel));
      if (booked) {
        this.#channel = booked.channel;
        return { ...done(target, booked.channel), reason: `${before} Its name is ${booked.channel}.` };
      }
      if (target === '') return refused(target, 'Its channel was deleted meanwhile. Plan again.');
      const adopted = this.#uncertain ? this.#adopt(there) : undefined;
      if (typeof adopted === 'object') return refused(target, adopted.problem);
      this.#channel = adopted ?? '';
      if (this.#channel === '') {
        this.#uncertain = true;
        this.#channel = await plane.createChannel(moderators);
      }
      this.#uncertain = false;
      this.#madeChannel = true;
      groups.add({ plane: link.name, channel: this.#channel, moderators, group });
      return { ...done(target, this.#channel), reason: `Its name is ${this.#channel}.` };
    } catch (error) {
      const item = planeFailed(target, error);
      if (item.outcome !== ItemOutcome.UNKNOWN) this.#uncertain = false;
      return item;
    }
  }

  /** The channel that a call which broke has made, where only one can be it. */
  #adopt(there: readonly string[]): string | undefined | { problem: string } {
    const { channelsBefore } = this.#asked;
    const { groups } = this.#context;
    const plane = this.#connection.link.name;
    const made = there.filter((id) => !channelsBefore.includes(id) && !groups.get(plane, id));
    if (made.length < 2) return made[0];
    return {
      problem: `The call that makes it broke, and since then there are ${made.length} new channels: ${made.slice(0, 3).join(', ')}. Nobody can tell which is this one’s: delete what is left over, and plan again.`,
    };
  }

  async *#fill(): AsyncGenerator<ItemResult> {
    const { moderators, wanted } = this.#asked;
    const { plane } = this.#connection;
    const participants = new Set(await plane.participants(this.#channel).catch(() => []));
    for (const member of wanted.members) {
      yield await this.#one(member, participants.has(member), async () => {
        await plane.addParticipant(this.#channel, member, moderators);
        this.#members.push(member);
      });
    }
    // What an earlier run wrote is on the nodes now.
    const needed = await this.#stillNeeded();
    for (const one of wanted.connections) {
      yield await this.#one(itemOf.connection(one), this.#connections.has(itemOf.connection(one)), () =>
        this.#connect(one),
      );
    }
    for (const route of wanted.routes) {
      const item = itemOf.route(route);
      if (needed === 'unread') {
        yield refused(item, 'What an earlier run wrote could not be read. Apply again once it can.');
        continue;
      }
      const written = this.#routes.includes(route) || needed?.has(item) === false;
      yield await this.#one(item, written, async () => {
        await plane.addRoute(route);
        this.#routes.push(route);
      });
    }
  }

  /** Undefined in the first run: the plan has just looked. */
  async #stillNeeded(): Promise<ReadonlySet<string> | 'unread' | undefined> {
    if (this.#runs < 2) return undefined;
    return this.#asked.routesNow().then(
      ({ routes }) => new Set(routes.map(itemOf.route)),
      () => 'unread' as const,
    );
  }

  async #connect(one: NeededConnection): Promise<void> {
    await this.#connection.plane.createConnection(one.node, one.endpoint, one.config);
    this.#connections.add(itemOf.connection(one));
  }

  async #one(target: string, there: boolean, send: () => Promise<void>): Promise<ItemResult> {
    if (there) return { ...done(target), reason: before };
    try {
      await send();
      return done(target);
    } catch (error) {
      return planeFailed(target, error);
    }
  }
}
