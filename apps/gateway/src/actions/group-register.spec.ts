import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import { startPracticePlane } from '@muster/practice/slim/plane/practicePlane';
import { afterEach, describe, expect, it } from 'vitest';
import { groupPlane } from '../upstream/control-plane/testing/group-planes.ts';
import type { GroupGeneration } from '../upstream/control-plane/testing/group-planes.ts';
import { startHarness, until } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';
import { BreakingModerator } from './testing/group-cases.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const room = 'org/ns/room';
const nodes = {
  'slim/0': ['org/ns/mod/7', 'org/ns/room'],
  'slim/1': ['org/ns/a/3', 'org/ns/room'],
  'slim/2': ['org/ns/other/1'],
};
const endpoints = [
  { node: 'slim/0', endpoint: 'http://10.0.0.1:46357' },
  { node: 'slim/1', endpoint: 'http://10.0.0.2:46357' },
];

const temporary = (): string => mkdtempSync(join(tmpdir(), 'muster-register-'));

async function open(address: string, moderator: BreakingModerator, home?: string) {
  const sharedSecretFile = join(temporary(), 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  const harness = await startHarness(
    [
      { name: 'plane', kind: 'slim-control-plane', address },
      {
        name: 'node',
        kind: 'slim-node',
        address: 'http://127.0.0.1:1',
        moderator: { name: 'org/ns/mod', sharedSecretFile },
      },
    ],
    { startModerator: moderator.start, ...(home === undefined ? {} : { home }) },
  );
  closing.push(() => harness.console.close());
  await harness.console.ready;
  return harness;
}

async function start(generation: GroupGeneration, home?: string) {
  const plane = await groupPlane(generation, structuredClone(nodes));
  closing.push(plane.close);
  const moderator = new BreakingModerator();
  moderator.put(room, 'org/ns/a', 'org/ns/gone');
  const harness = await open(plane.address, moderator, home);
  const { act } = harness;
  const refusal = (action: string, input: JsonObject) => refusalText(harness.plan(action, input));
  const compare = () => harness.groups.compareGroup({ connection: 'node', channel: room });
  return { plane, moderator, harness, act, refusal, compare };
}

describe('group.register', () => {
  it('A: channel, participants, connections and subscriptions, in one plan; and takes it all back', async () => {
    const { plane, act, refusal, compare } = await start('a');
    expect((await compare()).registrations).toMatchObject([{ connection: 'plane', reason: '' }]);
    const { plan, items, result } = await act('group.register', { channel: room, endpoints });
    expect(plan.changes.map(({ verb, kind, target }) => `${verb} ${kind} ${target}`)).toEqual([
      'create channel channel of org/ns/mod',
      'invite member org/ns/a',
      'invite member org/ns/gone',
      'create connection slim/1 → http://10.0.0.1:46357',
      'create connection slim/0 → http://10.0.0.2:46357',
      'create route org/ns/mod/7 on slim/1 → slim/0',
      'create route org/ns/room on slim/1 → slim/0',
      'create route org/ns/a/3 on slim/0 → slim/1',
      'create route org/ns/room on slim/0 → slim/1',
    ]);
    expect(plan.resumable).toBe(true);
    expect(plan.warnings.map(({ text }) => text).join(' ')).toMatch(/announced by no node.*org\/ns\/gone/u);
    expect(items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    const [name = ''] = plane.world.channels.keys();
    expect(plane.world.channels.get(name)?.participants).toEqual(['org/ns/a', 'org/ns/gone']);
    expect(plane.world.routes).toHaveLength(4);
    expect(await refusal('group.register', { channel: room, endpoints })).toMatch(
      /is registered with plane as .*, and nothing is missing/u,
    );
    const found = await compare();
    expect(found.sides.map(({ connection, channel, members }) => [connection, channel, members])).toEqual([
      ['node', room, 2],
      ['plane', name, 2],
    ]);
    expect(found.differing).toBe(0n);
    expect(found.registrations[0]?.reason).toContain(name);

    expect(result.inverse).toBe('group.unregister');
    const undone = await act(result.inverse, result.inverseInput ?? {});
    expect(undone.items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    expect(undone.plan.warnings[0]?.text).toMatch(/connections between nodes stay/u);
    expect(plane.world.routes).toEqual([]);
    expect(plane.world.channels.size).toBe(0);
    expect((await compare()).sides).toHaveLength(1);
    expect(undone.result.inverseInput).toEqual({
      connection: 'plane',
      channel: room,
      moderators: ['org/ns/mod'],
      members: ['org/ns/a', 'org/ns/gone'],
    });
  });

  it('A: makes no route to a node whose endpoint nobody told, and says so', async () => {
    const { plane, act } = await start('a');
    const { plan } = await act('group.register', { channel: room });
    expect(plan.warnings.map(({ code }) => code)).toContain('endpoint-unknown');
    expect(plan.warnings.map(({ text }) => text).join(' ')).toMatch(/slim\/0, slim\/1.*Say so in endpoints/u);
    expect(plane.world.routes).toEqual([]);
  });

  it.each(['b', 'c', 'e'] as const)(
    '%s: by AddRoute to nodes, with the moderator’s instance',
    async (generation) => {
      const { plane, act, refusal } = await start(generation);
      const { items, plan } = await act('group.register', { channel: room });
      expect(plan.effects.join(' ')).toMatch(/The session org\/ns\/room stays as it is/u);
      expect(items.map(({ outcome }) => outcome)).toEqual(items.map(() => ItemOutcome.DONE));
      expect([...plane.world.channels.values()]).toEqual([
        { moderators: ['org/ns/mod/7'], participants: ['org/ns/a', 'org/ns/gone'] },
      ]);
      expect(plane.world.routes.toSorted()).toEqual([
        'slim/0|org/ns/a/3|slim/1',
        'slim/0|org/ns/room|slim/1',
        'slim/1|org/ns/mod/7|slim/0',
        'slim/1|org/ns/room|slim/0',
      ]);
      plane.world.nodes.set('slim/0', []);
      expect(await refusal('group.register', { channel: room })).toMatch(
        /^moderators: .*no node of plane announces an instance of org\/ns\/mod/u,
      );
    },
  );

  it('goes on where it stopped, and does nothing twice', async () => {
    const { plane, harness } = await start('e');
    const { digest } = await harness.plan('group.register', { channel: room });
    plane.world.absent.add('org/ns/gone');
    const first = await harness.apply(digest);
    expect(first.items.find(({ target }) => target === 'org/ns/gone')?.outcome).toBe(ItemOutcome.REFUSED);
    const before = plane.calls.length;
    plane.world.absent.clear();
    const second = await harness.apply(digest);
    expect(second.items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    const written = plane.calls.slice(before).filter((one) => /^(Create|Add)/u.test(one));
    expect(written).toEqual(['AddParticipant']);
    expect(plane.world.channels.size).toBe(1);
    expect(plane.world.routes).toHaveLength(4);
    // All of it was made by this plan, in two goes: all of it is taken back.
    const back = await harness.plan(second.result.inverse, second.result.inverseInput ?? {});
    await harness.apply(back.digest);
    expect(plane.world).toMatchObject({ channels: new Map(), routes: [] });
  });

  it('brings a registration up to date after the roster changed, and after the control plane forgot it', async () => {
    const home = temporary();
    const { plane, moderator, harness, act } = await start('a', home);
    const { digest } = await harness.plan('group.register', { channel: room, routes: false });
    moderator.put(room, 'org/ns/a', 'org/ns/b');
    await expect(harness.apply(digest)).rejects.toThrow(/who is in org\/ns\/room changed/u);
    await act('group.register', { channel: room, routes: false });
    moderator.put(room, 'org/ns/a', 'org/ns/b', 'org/ns/c');
    const { plan, result } = await act('group.register', { channel: room, routes: false });
    expect(plan.title).toMatch(/^Bring the registration/u);
    expect(plan.changes.map(({ target }) => target)).toEqual(['org/ns/c']);
    await act(result.inverse, result.inverseInput ?? {});
    expect([...plane.world.channels.values()][0]?.participants).toEqual(['org/ns/a', 'org/ns/b']);
    // Another gateway of the same home knows which channel is which.
    await harness.console.close();
    const later = await open(plane.address, moderator, home);
    const seen = await later.groups.compareGroup({ connection: 'node', channel: room });
    expect(seen.sides.map(({ connection }) => connection)).toEqual(['node', 'plane']);
    plane.world.channels.clear();
    const again = await later.plan('group.register', { channel: room, routes: false });
    expect(again.changes[0]).toMatchObject({ verb: 'create', kind: 'channel' });
  });

  it('registers a group that nothing here runs, and refuses what cannot be', async () => {
    const { plane, act, refusal } = await start('a');
    expect(await refusal('group.register', { channel: 'org/ns/none' })).toMatch(
      /^from: nothing here runs the channel org\/ns\/none/u,
    );
    expect(await refusal('group.register', { channel: room, from: 'plane' })).toMatch(
      /^from: a session of ours/u,
    );
    expect(await refusal('group.register', { channel: 'x', members: ['org/ns/a'] })).toMatch(
      /^moderators: /u,
    );
    expect(await refusal('group.register', { channel: room, members: [], from: 'node' })).toMatch(
      /^from: either/u,
    );
    expect(await refusal('group.register', { connection: 'node', channel: room })).toMatch(/^connection: /u);
    expect(
      await refusal('group.register', {
        channel: room,
        endpoints: [{ node: 'n', endpoint: 'http://u:p@h:1' }],
      }),
    ).toMatch(/endpoint/u);
    await act('group.register', {
      channel: 'seed/ns/group',
      moderators: ['seed/ns/alice'],
      members: ['seed/ns/bob', 'seed/ns/alice'],
    });
    expect([...plane.world.channels.values()]).toEqual([
      { moderators: ['seed/ns/alice'], participants: ['seed/ns/bob'] },
    ]);
  });

  it('is refused from 2.0 on, where nothing is registered', async () => {
    const plane = await startPracticePlane();
    closing.push(plane.stop);
    const moderator = new BreakingModerator();
    moderator.put(room);
    const harness = await open(plane.address, moderator);
    await until(
      () => harness.connections.listConnections({}),
      ({ connections }) =>
        connections.some(({ name, description }) => name === 'plane' && description !== ''),
    );
    for (const action of ['group.register', 'group.unregister'])
      await expect(harness.plan(action, { channel: room })).rejects.toThrow(
        /plane: From 2\.0 on nothing is registered: routes come by themselves/u,
      );
    const { registrations } = await harness.groups.compareGroup({ connection: 'node', channel: room });
    expect(registrations[0]?.reason).toMatch(/^From 2\.0 on nothing is registered/u);
    await expect(harness.plan('group.reconcile', { channel: room, source: 'session' })).rejects.toThrow(
      /only node has org\/ns\/room/u,
    );
  });
});
