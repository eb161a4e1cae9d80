import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import { CallError } from '@muster/practice/slim/ipc';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager } from '@muster/practice/slim/manager/manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupBook } from '../groups/book.ts';
import type { Moderator, ModeratorOptions } from '../moderator/types.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { groupPlane } from '../upstream/control-plane/testing/group-planes.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';
import type { ActionContext } from './action.ts';
import { Registering } from './group-registering.ts';
import { BreakingModerator } from './testing/group-cases.ts';
import { startGroupPlaces } from './testing/group-places.ts';

const own = 'org/ns/mod';
const audience = 'org/ns/manager';
const room = 'org/ns/room';

const kept = new BreakingModerator();
let plane: Awaited<ReturnType<typeof groupPlane>>;
let manager: PracticeManager;
let harness: Harness;

/** Joins once the manager has invited it, and somewhat later, as SLIM does; one waits for an invitation at a time. */
function waitingModerator(options: ModeratorOptions): Moderator {
  const moderator = kept.start(options);
  const waiting = new Map<string, (error: Error) => void>();
  return {
    ...moderator,
    async join(name, waitMs) {
      if (waiting.has(name)) throw new CallError('already-waiting', `An invitation to ${name} is awaited.`);
      const { promise, reject } = Promise.withResolvers<never>();
      waiting.set(name, reject);
      const invited = async (): Promise<void> => {
        while (manager.channels.get(name)?.members.includes(own) !== true) await pause(10);
        await pause(200);
      };
      try {
        await Promise.race([invited(), promise]);
        await moderator.join(name, waitMs);
      } finally {
        waiting.delete(name);
      }
    },
    async leaveSession(name) {
      const stop = waiting.get(name);
      if (!stop) return moderator.leaveSession(name);
      stop(new CallError('not-awaited', `Nobody waits for an invitation to ${name} any more.`));
    },
  };
}

beforeEach(async () => {
  kept.rooms.clear();
  plane = await groupPlane('a', { 'slim/0': [`${own}/7`], 'slim/1': ['org/ns/a/3'] });
  manager = await startPracticeManager({ audience });
  harness = await startGroupPlaces({ plane, manager, audience, own, startModerator: waitingModerator });
}, 60_000);
afterEach(async () => {
  await harness.console.close();
  await manager.close();
  await plane.close();
});

function managed(...members: string[]): void {
  manager.channels.set(room, { owner: '', callback: '', mls: true, expiresAt: undefined, members });
}
/** Each planned on its own, then all applied at once. */
async function atOnce(action: string, ...inputs: JsonObject[]) {
  const plans = [];
  for (const input of inputs) plans.push(await harness.plan(action, input));
  return Promise.all(
    plans.map(({ digest }) =>
      harness.apply(digest).then(
        ({ items }) => items.map(({ outcome }) => outcome),
        (error: unknown) => String(error),
      ),
    ),
  );
}
const refusal = (action: string, input: JsonObject) => refusalText(harness.plan(action, input));

describe('two windows at once', () => {
  it.each([
    ['is in nobody’s list yet', ['org/ns/a'], 1],
    ['stands for a former instance', ['org/ns/a', own], 2],
  ])(
    'S-27: open one session, where our name %s: the second neither takes us out nor asks again nor ends the wait of the first',
    async (_where, members, steps) => {
      managed(...members);
      const at = { connection: 'node', channel: room };
      const ends = await atOnce('session.open', { ...at, wait_seconds: 60 }, { ...at, wait_seconds: 61 });
      const first = [...Array.from({ length: steps }, () => ItemOutcome.DONE), ItemOutcome.DONE];
      const second = [...Array.from({ length: steps }, () => ItemOutcome.SKIPPED), ItemOutcome.REFUSED];
      expect(ends).toEqual([first, second]);
      expect(kept.rooms.get(room)).toMatchObject({ role: 'participant', session: 'open' });
      expect(manager.channels.get(room)?.members.filter((member) => member === own)).toHaveLength(1);
    },
  );

  it('S-27: register a group once', async () => {
    const made: string[] = [];
    const slow = {
      channels: () => pause(10).then(() => made.map((id) => ({ id }))),
      createChannel: async () => {
        await pause(10);
        const name = `${own}-${made.length}`;
        made.push(name);
        return name;
      },
      participants: () => Promise.resolve([]),
    };
    const connection = { link: { name: 'plane' }, plane: slow } as unknown as ControlPlaneConnection;
    const context = {
      groups: new GroupBook(undefined),
      networks: { get: () => undefined },
      onChannels: () => {},
    } as unknown as ActionContext;
    const register = async (): Promise<string[]> => {
      const wanted = { channel: `channel of ${own}`, members: [], connections: [], routes: [] };
      const asked = { group: room, moderators: [own], wanted, channelsBefore: [] };
      const registering = new Registering(context, connection, {
        ...asked,
        routesNow: () => Promise.reject(new Error('not asked')),
      });
      const ids: string[] = [];
      for await (const { id } of registering.run()) ids.push(id);
      return ids;
    };
    expect(await Promise.all([register(), register()])).toEqual([[`${own}-0`], [`${own}-0`]]);
    expect(made).toEqual([`${own}-0`]);
  });
});

describe('what an undo names, when the world is another by then', () => {
  const changes = (more: JsonObject) => ({
    channel: room,
    changes: [{ connection: 'manager', channel: room, ...more }],
  });

  it('who moderates is taken out by no list of changes', async () => {
    managed('org/ns/a');
    expect(await refusal('group.reconcile', changes({ remove: [audience] }))).toBe(
      `changes[0].remove[0]: ${audience} moderates ${room} on manager, and is not taken out of it.`,
    );
    expect(await refusal('group.reconcile', changes({ remove: [`${audience}/1234`] }))).toMatch(
      /^changes\[0\]\.remove\[0\]: .* moderates/u,
    );
    expect(manager.channels.get(room)?.members).toEqual(['org/ns/a']);
  });

  it('S-12: nobody is added whose name is none, or does not show', async () => {
    managed('org/ns/a');
    expect(await refusal('group.reconcile', changes({ add: ['nobody'] }))).toMatch(
      /^changes\[0\]\.add\[0\]/u,
    );
    expect(await refusal('group.reconcile', changes({ add: ['org/ns/b', 'org/ns/a\u200b'] }))).toMatch(
      /^changes\[0\]\.add\[1\]: it has a character that does not show \(U\+200B\)/u,
    );
  });

  it('names are changed once, however often they are named', async () => {
    managed('org/ns/a');
    const plan = await harness.plan(
      'group.reconcile',
      changes({ add: ['org/ns/b', 'org/ns/b'], remove: ['org/ns/a', 'org/ns/a'] }),
    );
    expect(plan.changes.map(({ verb, target }) => `${verb} ${target}`)).toEqual([
      'invite org/ns/b',
      'remove org/ns/a',
    ]);
    const { items } = await harness.apply(plan.digest);
    expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE, ItemOutcome.DONE]);
  });

  it('members that somebody else took off since are not taken off again; with nobody left it is said', async () => {
    kept.put(room, 'org/ns/a', 'org/ns/b');
    const all = { channel: room, connection: 'plane', moderators: [own], routes: false };
    const first = { ...all, members: ['org/ns/a'] };
    const { items } = await harness.act('group.register', first);
    const booked = items[0]?.id ?? '';
    const { result } = await harness.act('group.register', { ...all, members: ['org/ns/a', 'org/ns/b'] });
    expect(result.inverseInput).toMatchObject({ members: ['org/ns/b'] });
    plane.world.channels.get(booked)?.participants.splice(0, 99, 'org/ns/a');
    expect(await refusal(result.inverse, result.inverseInput ?? {})).toMatch(
      /^members: none of them is in .* on plane any more/u,
    );
    const twice = { ...result.inverseInput, members: ['org/ns/a', 'org/ns/a'] };
    const plan = await harness.plan(result.inverse, twice);
    expect(plan.changes.map(({ verb, target }) => `${verb} ${target}`)).toEqual(['remove org/ns/a']);
  });

  it('a session that somebody else left since is not left again', async () => {
    managed();
    const at = { connection: 'node', channel: room };
    const { result } = await harness.act('session.open', at);
    await harness.act('session.close', { ...at, leave: true });
    expect(await refusal(result.inverse, result.inverseInput ?? {})).toMatch(
      /^channel: we have no session in/u,
    );
  });
});
