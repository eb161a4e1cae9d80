import { GroupSideKind, Severity } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

let real: RealConsole;
let alice: Participant;
let bob: Participant;
const name = 'agntcy/groups/room';
const session = { connection: 'node-a', channel: name };
const managed = { connection: 'channel-manager', channel: name };

beforeAll(async () => {
  real = await openRealConsole();
  const { nodeA, sharedSecretFile } = real.stack.slim;
  alice = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/groups/alice');
  bob = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/groups/bob');
  await eventually(60, async () => {
    const { connections } = await real.connections.listConnections({});
    const ready = (one: string, capability: string) =>
      connections.find((c) => c.name === one)?.capabilities.some((c) => c.name === capability && c.available);
    return ready('node-a', 'moderate') && ready('channel-manager', 'channels.write');
  });
}, 120_000);
afterAll(async () => {
  await alice.stop();
  await bob.stop();
  await real.close();
});

/** Members that the channel manager's own tool lists. */
const listed = () =>
  real.slimctl(['channel-manager', '--server', real.stack.slim.channelManager, 'list-participants', name]);
const compare = () => real.groups.compareGroup(session);

describe('a group of the same name that a session of ours and the real channel manager run', () => {
  it('is shown side by side; neither is made like the other, for they would end each other', async () => {
    await real.act('channel.create', { connection: 'node-a', name, mls: true });
    const twice = await real.act('channel.create', { connection: 'channel-manager', name, mls: true });
    const harm = twice.plan.warnings.find(({ code }) => code === 'moderated-twice');
    expect(harm?.severity).toBe(Severity.DANGER);
    await real.act('member.invite', { ...session, member: alice.name });
    await real.act('member.invite', { ...managed, member: bob.name });
    const apart = await eventually(60, async () => {
      const found = await compare();
      return found.differing === 2n && found;
    });
    expect(apart.sides.map(({ kind, connection, members }) => [kind, connection, members])).toEqual([
      [GroupSideKind.SESSION, 'node-a', 1],
      [GroupSideKind.CHANNEL_MANAGER, 'channel-manager', 1],
    ]);
    expect(await listed()).toContain(bob.name);
    // Both moderators are in their own channels, and not compared.
    expect(apart.rows.filter(({ moderator }) => moderator).map(({ member }) => member)).toHaveLength(2);
    // With 3.4.6 a member in both was seen to end the session of one as soon as the other was changed.
    for (const source of ['session', 'channel-manager'])
      await expect(real.plan('group.reconcile', { channel: name, source })).rejects.toThrow(
        /node-a and channel-manager each moderate it.*once they share a member/u,
      );
    await real.act('channel.delete', { connection: 'channel-manager', name });
    await real.act('channel.delete', { connection: 'node-a', name });
  }, 300_000);

  it('need not be registered with a control plane of 2.0 or later, and is refused with the reason', async () => {
    await real.act('channel.create', { connection: 'node-a', name, mls: true });
    const { registrations } = await compare();
    expect(registrations.map(({ connection }) => connection)).toEqual(['control-plane']);
    expect(registrations[0]?.reason).toMatch(/^From 2\.0 on nothing is registered/u);
    for (const action of ['group.register', 'group.unregister'])
      await expect(real.plan(action, { channel: name })).rejects.toThrow(
        /From 2\.0 on nothing is registered/u,
      );
    await expect(
      real.plan('channel.create', { connection: 'node-a', moderators: ['agntcy/ns/mod'] }),
    ).rejects.toThrow(/moderators: only a control plane up to 1\.4/u);
    await expect(real.plan('group.reconcile', { channel: name, source: 'session' })).rejects.toThrow(
      /only node-a has agntcy\/groups\/room/u,
    );
    await real.act('channel.delete', { connection: 'node-a', name });
    await expect(compare()).rejects.toThrow(/nothing here has a channel of this name/u);
  }, 120_000);
});

describe('a group of the real channel manager that we take part in', () => {
  it('is seen from inside as the manager lists it', async () => {
    const at = { connection: 'channel-manager', channel: 'agntcy/groups/joined' };
    await real.act('channel.create', { connection: at.connection, name: at.channel, mls: true });
    await real.act('session.open', { connection: 'node-a', channel: at.channel });
    await real.act('member.invite', { ...at, member: alice.name });
    const both = await eventually(60, async () => {
      const found = await real.groups.compareGroup(at);
      const [ours, theirs] = found.sides;
      return ours?.members === 2 && theirs?.members === 2 && found;
    });
    expect(both.differing).toBe(0n);
    expect(both.warnings).toEqual([]);
    expect(both.sides.map(({ kind, lockedReason }) => [kind, lockedReason])).toEqual([
      [GroupSideKind.SESSION, 'Somebody else moderates it; we take part in it.'],
      [GroupSideKind.CHANNEL_MANAGER, ''],
    ]);
    await expect(real.plan('group.reconcile', { channel: at.channel, source: 'session' })).rejects.toThrow(
      /All have the same members/u,
    );
    // The manager is one of them. Asked to remove itself, 3.4.6 says no, is out all the same, and cannot be invited again.
    const { members } = await real.groups.listMembers(at);
    const [itself, ...more] = members.filter(({ moderator }) => moderator).map((member) => member.name);
    expect([itself, more]).toEqual(['agntcy/ns/channel-manager', []]);
    await expect(real.plan('member.remove', { ...at, member: itself ?? '' })).rejects.toThrow(
      /moderator itself/u,
    );
    await real.act('session.close', { connection: 'node-a', channel: at.channel, leave: true });
    await real.act('channel.delete', { connection: at.connection, name: at.channel });
  }, 180_000);
});
