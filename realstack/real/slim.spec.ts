import { ConnectionState, Mls, Presence } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

let real: RealConsole;
let alice: Participant;
beforeAll(async () => {
  real = await openRealConsole();
  const { nodeA, sharedSecretFile } = real.stack.slim;
  alice = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/real/alice');
});
afterAll(async () => {
  await alice.stop();
  await real.close();
});

const channel = async (name: string, connection: string) => {
  const { channels } = await real.groups.listChannels({});
  return channels.find((c) => c.name === name && c.connection === connection);
};

describe('a moderator session of ours on the real node', () => {
  const room = { connection: 'node-a', channel: 'agntcy/real/room' };

  it('makes a channel, invites a real participant, hears it, and removes it', async () => {
    await eventually(60, async () => {
      const { connections } = await real.connections.listConnections({});
      return connections
        .find((c) => c.name === 'node-a')
        ?.capabilities.some((c) => c.name === 'moderate' && c.available);
    });
    await real.act('channel.create', { connection: 'node-a', name: room.channel, mls: true });
    await real.act('member.invite', { ...room, member: alice.name });
    const member = await eventually(40, async () => {
      const { members } = await real.groups.listMembers(room);
      return members.find((m) => m.name === alice.name && m.presence === Presence.ONLINE);
    });
    expect(member.instance).toMatch(/\w/);
    expect((await channel(room.channel, 'node-a'))?.mls).toBe(Mls.ON);

    await real.act('message.send', { ...room, text: 'Is anybody there?' });
    const heard = await eventually(40, async () => {
      const { messages } = await real.groups.listMessages(room);
      return messages.some((m) => m.from === alice.name) && messages;
    });
    expect(heard.some((m) => m.own && m.text === 'Is anybody there?')).toBe(true);

    await real.act('member.remove', { ...room, member: alice.name });
    await eventually(40, async () => {
      const { members } = await real.groups.listMembers(room);
      return !members.some((m) => m.name === alice.name);
    });
    await real.act('channel.delete', { connection: 'node-a', name: room.channel });
    expect(await channel(room.channel, 'node-a')).toBeUndefined();
  });

  it('says in words why an invitation that nobody answers fails', async () => {
    await real.act('channel.create', {
      connection: 'node-a',
      name: 'agntcy/real/empty',
      mls: true,
      interval_ms: 1000,
    });
    const invite = real.act('member.invite', {
      connection: 'node-a',
      channel: 'agntcy/real/empty',
      member: 'agntcy/real/nobody',
    });
    await expect(invite).rejects.toThrow(/REFUSED .*nobody/i);
    await real.act('channel.delete', { connection: 'node-a', name: 'agntcy/real/empty' });
  });
});

describe('the real channel manager', () => {
  const name = 'agntcy/real/managed';

  it('takes our signed create, and slimctl lists the channel with our key as its owner', async () => {
    await real.act('channel.create', { connection: 'channel-manager', name, mls: true });
    const made = await eventually(40, () => channel(name, 'channel-manager'));
    expect(made.owner).toMatch(/^did:key:z/);
    expect(made.ownedByUs).toBe(true);
    const listed = await real.slimctl([
      'channel-manager',
      '--server',
      real.stack.slim.channelManager,
      'list-channels',
    ]);
    expect(listed).toContain(name);
    expect(listed).toContain(made.owner);
  });

  it('invites and removes a participant with our grant', async () => {
    const at = { connection: 'channel-manager', channel: name };
    await real.act('member.invite', { ...at, member: alice.name });
    const member = await eventually(60, async () => {
      const { members } = await real.groups.listMembers(at);
      return members.find((m) => m.name === alice.name);
    });
    expect(member.presence).toBe(Presence.UNKNOWN);
    expect(member.presenceReason).not.toBe('');
    await real.act('member.remove', { ...at, member: alice.name });
    await eventually(
      30,
      async () => !(await real.groups.listMembers(at)).members.some((m) => m.name === alice.name),
    );
  });

  it('takes our signed delete', async () => {
    const { plan } = await real.act('channel.delete', { connection: 'channel-manager', name });
    expect(plan.commands[0]?.line).toContain('slimctl');
    expect(await channel(name, 'channel-manager')).toBeUndefined();
  });
});

describe('a real node without a moderator of ours', () => {
  it('is degraded, and says which key of the configuration is missing', async () => {
    const { connections } = await real.connections.listConnections({});
    const node = connections.find((c) => c.name === 'node-b');
    expect(node?.state).toBe(ConnectionState.DEGRADED);
    expect(node?.reason).toBe('No moderator is configured for this node (moderator).');
  });
});

describe('the real control plane', () => {
  it('is told apart by its probe, and described', async () => {
    const found = await eventually(40, async () => {
      const { connections } = await real.connections.listConnections({});
      return connections.find((c) => c.name === 'control-plane' && c.description !== '');
    });
    expect(found.description).toMatch(/control plane/i);
  });
});
