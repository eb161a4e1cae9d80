import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { ItemOutcome, Mls, Presence } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { groupPlane } from '../upstream/control-plane/testing/group-planes.ts';
import type { GroupGeneration } from '../upstream/control-plane/testing/group-planes.ts';
import { startHarness } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function start(generation: GroupGeneration) {
  const plane = await groupPlane(generation, {
    'slim/0': ['org/ns/mod/7', 'org/ns/a/3'],
    'slim/1': ['org/ns/b/4'],
  });
  const harness = await startHarness([{ name: 'plane', kind: 'slim-control-plane', address: plane.address }]);
  closing.push(plane.close, () => harness.console.close());
  await harness.console.ready;
  const { act } = harness;
  const refusal = (action: string, input: JsonObject) => refusalText(harness.plan(action, input));
  return { plane, harness, act, refusal };
}

describe('channels of a control plane 0.0–0.1 (A)', () => {
  it('get their name from the server; no node and no member hears of them', async () => {
    const { plane, harness, act } = await start('a');
    const { plan, items, result } = await act('channel.create', {
      moderators: ['org/ns/mod'],
      members: ['org/ns/a', 'nobody/checks/this/9'],
    });
    expect(plan.effects.join(' ')).toMatch(/nothing of it reaches a node/u);
    expect(plan.commands[0]?.line).toMatch(
      /^slimctl channel create moderators=org\/ns\/mod --server 127\.0\.0\.1:\d+$/u,
    );
    const [name = ''] = plane.world.channels.keys();
    expect(name).toMatch(/^org\/ns\/mod-.{18}$/u);
    expect(items.map(({ outcome }) => outcome)).toEqual([
      ItemOutcome.DONE,
      ItemOutcome.DONE,
      ItemOutcome.DONE,
    ]);
    expect(items[0]).toMatchObject({ id: name, reason: `Its name is ${name}.` });
    expect(result).toMatchObject({ inverse: 'channel.delete', inverseInput: { connection: 'plane', name } });

    const { channels } = await harness.groups.listChannels({});
    expect(channels).toMatchObject([
      { name, managedBy: 'slim-control-plane', mls: Mls.UNKNOWN, members: 2, moderators: ['org/ns/mod'] },
    ]);
    const { members, command } = await harness.groups.listMembers({ connection: 'plane', channel: name });
    expect(members.map((one) => [one.name, one.instance, one.presence])).toEqual([
      ['nobody/checks/this', '9', Presence.UNKNOWN],
      ['org/ns/a', '', Presence.UNKNOWN],
    ]);
    expect(members[0]?.presenceReason).toMatch(/nobody looks whether they are there/u);
    expect(command?.line).toContain(`participant list --channel-id ${name}`);
  });

  it('refuses a participant that is there before it is sent, and explains the server’s UNKNOWN when it is late', async () => {
    const { plane, harness, act, refusal } = await start('a');
    const { items } = await act('channel.create', { moderators: ['org/ns/mod'] });
    const channel = items[0]?.id ?? '';
    await act('member.invite', { channel, member: 'org/ns/a' });
    expect(await refusal('member.invite', { channel, member: 'org/ns/a' })).toMatch(/is in .* already/u);
    const plan = await harness.plan('member.invite', { channel, member: 'org/ns/b' });
    plane.world.channels.get(channel)?.participants.push('org/ns/b');
    await expect(harness.apply(plan.digest)).rejects.toThrow(/org\/ns\/b has joined/u);
    const several = await act('member.invite', { channel, members: ['org/ns/a', 'org/ns/c', 'org/ns/d'] });
    expect(several.items.map(({ target }) => target)).toEqual(['org/ns/c', 'org/ns/d']);
    await act(several.result.inverse, several.result.inverseInput ?? {});
    expect(plane.world.channels.get(channel)?.participants).toEqual(['org/ns/a', 'org/ns/b']);
    const removed = await act('member.remove', { channel, member: 'org/ns/b' });
    expect(removed.result.inverse).toBe('member.invite');
    expect(await refusal('member.remove', { channel, member: 'org/ns/b' })).toMatch(/is not in/u);
  });

  it('is deleted with its members, and made again under another name', async () => {
    const { plane, act } = await start('a');
    const first = await act('channel.create', { moderators: ['org/ns/mod'], members: ['org/ns/a'] });
    const gone = await act('channel.delete', { name: first.items[0]?.id ?? '' });
    expect(plane.world.channels.size).toBe(0);
    expect(gone.plan.warnings[0]?.text).toMatch(/gets another name/u);
    expect(gone.result.inverseInput).toEqual({
      connection: 'plane',
      moderators: ['org/ns/mod'],
      members: ['org/ns/a'],
    });
    await act(gone.result.inverse, gone.result.inverseInput ?? {});
    expect([...plane.world.channels.values()]).toEqual([
      { moderators: ['org/ns/mod'], participants: ['org/ns/a'] },
    ]);
    // Who moderates one that was made elsewhere is told to nobody.
    plane.world.channels.set('made-elsewhere', { moderators: ['x'], participants: [] });
    const other = await act('channel.delete', { name: 'made-elsewhere' });
    expect(other.plan.warnings[0]?.text).toMatch(/cannot be undone/u);
    expect(other.result.inverseInput).toBeUndefined();
  });

  it('says which input means nothing to it', async () => {
    const { refusal } = await start('a');
    const moderators = ['org/ns/mod'];
    expect(await refusal('channel.create', { name: 'org/ns/x', moderators })).toMatch(
      /^name: this control plane makes the name itself/u,
    );
    expect(await refusal('channel.create', { moderators, ttl_seconds: 5 })).toMatch(/^ttl_seconds: /u);
    expect(await refusal('channel.create', { moderators, mls: false })).toMatch(/^mls: /u);
    expect(await refusal('channel.create', {})).toMatch(/^moderators: at least one/u);
    expect(await refusal('channel.create', { moderators: ['two/parts'] })).toMatch(/^moderators\[0\]: /u);
    expect(await refusal('message.send', { channel: 'x', text: 'hello' })).toMatch(/^connection: /u);
  });
});

describe.each(['b', 'c', 'e'] as const)('channels of a control plane 0.6–1.4 (%s)', (generation) => {
  const moderators = ['org/ns/mod/7'];

  it('are made by the moderator, whose node is found by its instance', async () => {
    const { plane, act, refusal } = await start(generation);
    expect(await refusal('channel.create', { moderators: ['org/ns/mod'] })).toMatch(
      /^moderators\[0\]: organization\/namespace\/app\/id is needed/u,
    );
    plane.world.absent.add('org/ns/gone');
    const { plan, items } = await act('channel.create', { moderators, members: ['org/ns/a', 'org/ns/gone'] });
    expect(plan.warnings).toEqual([]);
    expect(plan.effects.join(' ')).toMatch(/passes it on to the node of the moderator/u);
    expect(items.map(({ outcome }) => outcome)).toEqual([
      ItemOutcome.DONE,
      ItemOutcome.DONE,
      ItemOutcome.REFUSED,
    ]);
    expect(items[2]?.reason).toContain('message send retries exhausted');
    const channel = items[0]?.id ?? '';
    expect(channel).toMatch(/^org\/ns\/.{18}$/u);
    expect(await refusal('member.invite', { channel, member: 'org/ns/a/3' })).toMatch(/without an instance/u);
    await act('member.remove', { channel, member: 'org/ns/a' });
    expect(plane.world.channels.get(channel)?.participants).toEqual([]);
    await act('channel.delete', { name: channel });
    expect(plane.world.channels.size).toBe(0);
  });

  it('warns that no node announces the moderator, and explains what the control plane then says', async () => {
    const { harness, refusal, act } = await start(generation);
    const plan = await harness.plan('channel.create', { moderators: ['org/ns/mod/8'] });
    expect(plan.warnings[0]?.text).toMatch(
      /No node announces org\/ns\/mod\/8 now.*There are: org\/ns\/mod\/7/u,
    );
    const { items } = await harness.apply(plan.digest);
    expect(items[0]?.reason).toMatch(/failed to find moderator node.*No node announces the moderator/u);
    expect(await refusal('channel.delete', { name: 'none' })).toMatch(/has no channel none/u);
    await expect(act('channel.create', { moderators: ['org/ns/mod/x'] })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});
