import { Code, ConnectError } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { ConnectionState, ItemOutcome, Topic } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { groupPlane } from '../upstream/control-plane/testing/group-planes.ts';
import { newKey, startHarness, until } from '../upstream/testing/harness.ts';
import { tcpWay } from '../upstream/testing/tcp-way.ts';
import { registerActions } from './testing/register-cases.ts';
import { actions } from './registry.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

it('every action on a registration is one of those here', () => {
  const all = actions.map(({ name }) => name).filter((name) => name.startsWith('group.'));
  // Reconciling breaks at a moderator, in its own spec.
  expect(all.toSorted()).toEqual([...registerActions].toSorted());
});

const group: JsonObject = {
  channel: 'org/ns/room',
  moderators: ['org/ns/mod'],
  members: ['org/ns/a', 'org/ns/b'],
  endpoints: [
    { node: 'slim/0', endpoint: 'http://10.0.0.1:46357' },
    { node: 'slim/1', endpoint: 'http://10.0.0.2:46357' },
  ],
};

async function start() {
  const plane = await groupPlane('a', { 'slim/0': ['org/ns/mod'], 'slim/1': ['org/ns/a'] });
  const way = await tcpWay(plane.address);
  const harness = await startHarness([{ name: 'plane', kind: 'slim-control-plane', address: way.address }], {
    retry: { first: 20, most: 200, check: 60_000 },
  });
  closing.push(plane.close, way.close, () => harness.console.close());
  await harness.console.ready;
  const up = () =>
    until(
      async () => (await harness.connections.listConnections({})).connections[0],
      (one) => one?.state === ConnectionState.READY,
    );
  /** Applies, and cuts once what is done has been noted down: at the first call. */
  const cutApply = async (digest: string, how: 'before' | 'after', key: string) => {
    const stop = harness.bus.on((event) => {
      if (event.kind === 'invalidated' && event.topic === Topic.ACTIONS) way.cut(how);
    });
    const applied = await harness.apply(digest, key).catch((error: unknown) => error as Error);
    stop();
    way.cut('never');
    await up();
    return applied;
  };
  /** Where the way is found broken when the plan is checked, nothing is sent, and it may be tried again. */
  const applyAgain = async (digest: string) => {
    const applied = await until(
      () => harness.apply(digest).catch((error: unknown) => error as Error),
      (one) => !(one instanceof ConnectError) || one.code !== Code.Unavailable,
    );
    if (applied instanceof Error) throw applied;
    return applied;
  };
  const truth = () => {
    const { channels, routes, connections } = plane.world;
    return JSON.stringify([[...channels.values()], routes.toSorted(), connections.toSorted()]);
  };
  return { plane, harness, cutApply, applyAgain, truth };
}

describe.each(['before', 'after'] as const)('S-28: a connection that breaks %s a call is heard', (how) => {
  it('group.register: what broke is not known, nothing follows it, and going on makes nothing twice', async () => {
    const { plane, harness, cutApply, applyAgain, truth } = await start();
    const plan = await harness.plan('group.register', group);
    const key = newKey();
    const applied = await cutApply(plan.digest, how, key);
    if (!(applied instanceof Error)) {
      const outcomes = applied.items.map(({ outcome }) => outcome);
      expect(outcomes).toHaveLength(plan.changes.length);
      expect(outcomes).not.toContain(ItemOutcome.DONE);
      const again = await harness.apply(plan.digest, key);
      expect(again.items.map(({ outcome }) => outcome)).toEqual(outcomes);
    }
    expect(plane.world.channels.size).toBeLessThanOrEqual(1);
    const second = await applyAgain(plan.digest);
    expect(second.items.map(({ outcome }) => outcome)).toEqual(plan.changes.map(() => ItemOutcome.DONE));
    expect([...plane.world.channels.values()]).toEqual([
      { moderators: ['org/ns/mod'], participants: ['org/ns/a', 'org/ns/b'] },
    ]);
    expect(new Set(plane.world.routes).size).toBe(plane.world.routes.length);
    const whole = truth();
    // A third time: all of it is there.
    await applyAgain(plan.digest);
    expect(truth()).toBe(whole);
  }, 60_000);

  it('group.unregister: done once at most', async () => {
    const { plane, harness, cutApply } = await start();
    const made = await harness.apply((await harness.plan('group.register', group)).digest);
    const plan = await harness.plan('group.unregister', made.result.inverseInput ?? {});
    const applied = await cutApply(plan.digest, how, newKey());
    if (!(applied instanceof Error)) {
      expect(applied.items[0]?.outcome).not.toBe(ItemOutcome.DONE);
      expect(applied.items.at(-1)?.outcome).not.toBe(ItemOutcome.DONE);
      await expect(harness.apply(plan.digest)).rejects.toThrow(/was applied already/u);
    }
    expect(plane.world.channels.size).toBe(1);
    const routes = plane.world.routes.length;
    expect(routes).toBeGreaterThanOrEqual(1);
    expect(routes).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('S-27: another control plane in the place of the first', () => {
  it.each(['group.register', 'group.unregister'] as const)(
    '%s is refused there',
    async (action) => {
      const { harness, plane } = await start();
      const made = await harness.apply((await harness.plan('group.register', group)).digest);
      const input =
        action === 'group.register' ? { ...group, channel: 'org/ns/second' } : made.result.inverseInput;
      const plan = await harness.plan(action, input ?? {});
      const port = Number(new URL(plane.address).port);
      await plane.close();
      const other = await groupPlane('e', { 'slim/0': ['org/ns/mod/7'] }, port);
      closing.push(other.close);
      // That the first is gone is found by the first call; nothing was sent, so that it may be tried again.
      const error = await until(
        () => harness.apply(plan.digest).catch((reason: unknown) => reason),
        (reason) => (reason as ConnectError).code !== Code.Unavailable,
      );
      expect((error as ConnectError).code).toBe(Code.FailedPrecondition);
      expect((error as ConnectError).rawMessage).toMatch(/another control plane took its place/u);
      expect(other.world.channels.size).toBe(0);
    },
    60_000,
  );
});
