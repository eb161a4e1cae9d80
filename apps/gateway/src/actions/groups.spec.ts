import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Presence, Topic } from '@muster/api';
import { CallError } from '@muster/practice/slim/ipc';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ChannelMessage,
  Member,
  Moderator,
  ModeratorEvent,
  ModeratorOptions,
} from '../moderator/types.ts';
import { startHarness, temporaryDirectory } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

/** A moderator of one process: names ending in -absent never answer, -lost break the call. */
function fakeModerator(options: ModeratorOptions): Moderator {
  const rooms = new Map<string, { mls: boolean; members: Member[]; messages: ChannelMessage[] }>();
  const listeners = new Set<(event: ModeratorEvent) => void>();
  const room = (name: string) => {
    const found = rooms.get(name);
    if (!found) throw new CallError('no-channel', `The moderator runs no channel named ${name}.`);
    return found;
  };
  const member = (name: string, isModerator = false): Member => ({
    name,
    instance: 'i',
    status: 'online',
    since: new Date(0),
    isModerator,
  });
  return {
    state: () => ({ state: 'ready' }),
    onState: () => () => {},
    onEvent(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    channels: () =>
      [...rooms].map(([name, { mls, members }]) => ({
        name,
        mls,
        createdAt: '2027-01-01T00:00:00Z',
        memberCount: members.length,
        online: members.length,
      })),
    members: (channel) => room(channel).members,
    messages: (channel) => room(channel).messages,
    async createChannel(name, { mls }) {
      rooms.set(name, { mls, members: [member(options.name, true)], messages: [] });
    },
    async deleteChannel(name) {
      rooms.delete(name);
    },
    async invite(channel, name) {
      if (name.endsWith('-absent')) throw new CallError('nobody-answers', `Nobody answers at ${name}.`);
      if (name.endsWith('-lost')) throw new CallError('no-confirmation', 'SLIM did not confirm in time.');
      room(channel).members.push(member(name));
    },
    async remove(channel, name) {
      room(channel).members = room(channel).members.filter((one) => one.name !== name);
    },
    async publish(channel, text) {
      const message = {
        id: '1',
        at: new Date(0),
        from: options.name,
        fromInstance: 'i',
        text,
        own: true,
        payloadType: 'text',
      };
      room(channel).messages.push(message);
      for (const fn of listeners) fn({ type: 'message', channel, message });
    },
    pid: () => undefined,
    close: async () => {},
  };
}

let harness: Harness;
const channel = 'org/ns/room';

beforeAll(async () => {
  const sharedSecretFile = join(temporaryDirectory(), 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  harness = await startHarness(
    [
      {
        name: 'node',
        kind: 'slim-node',
        address: 'http://127.0.0.1:1',
        moderator: { name: 'org/ns/mod', sharedSecretFile },
      },
    ],
    { startModerator: fakeModerator },
  );
  await harness.console.ready;
});

afterAll(() => harness.console.close());

const apply = async (action: string, input: Parameters<Harness['plan']>[1]) =>
  harness.apply((await harness.plan(action, input)).digest);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as ConnectError).code,
  );

describe('channels we moderate', () => {
  it('are created with members; one that is absent does not keep the others out', async () => {
    const { items, result } = await apply('channel.create', {
      name: channel,
      members: ['org/ns/a-absent', 'org/ns/b', 'org/ns/c-lost'],
    });
    expect(items.map(({ target, outcome }) => [target, outcome])).toEqual([
      [channel, ItemOutcome.DONE],
      ['org/ns/a-absent', ItemOutcome.REFUSED],
      ['org/ns/b', ItemOutcome.DONE],
      ['org/ns/c-lost', ItemOutcome.UNKNOWN],
    ]);
    expect(items[1]?.reason).toBe('Nobody answers at org/ns/a-absent.');
    expect(result).toMatchObject({
      done: 2,
      refused: 1,
      unknown: 1,
      inverse: 'channel.delete',
      inverseInput: { connection: 'node', name: channel },
    });
    const { channels } = await harness.groups.listChannels({});
    expect(channels[0]).toMatchObject({
      name: channel,
      managedBy: 'slim-node',
      members: 2,
      canMessage: true,
      presenceKnown: true,
    });
    const { members } = await harness.groups.listMembers({ connection: 'node', channel });
    expect(members.map(({ name, presence, moderator }) => [name, presence, moderator])).toEqual([
      ['org/ns/mod', Presence.ONLINE, true],
      ['org/ns/b', Presence.ONLINE, false],
    ]);
    expect(harness.events).toContainEqual({ kind: 'invalidated', topic: Topic.CHANNELS, scope: 'node' });
  });

  it('pass messages, which are heard by every window', async () => {
    const plan = await harness.plan('message.send', { channel, text: 'hello' });
    expect(plan.commands[0]).toMatchObject({ tool: '', line: '' });
    // The text is in no plan and no record.
    expect(JSON.stringify(plan.changes.map(({ target, fields }) => [target, fields]))).not.toContain('hello');
    await harness.apply(plan.digest);
    expect(
      (await harness.groups.listMessages({ connection: 'node', channel })).messages.map(({ text }) => text),
    ).toEqual(['hello']);
    expect(harness.events.some((event) => event.kind === 'message' && event.message.text === 'hello')).toBe(
      true,
    );
    expect(
      (await harness.actions.listRecords({})).records.some(({ detail }) => detail.includes('hello')),
    ).toBe(false);
  });

  it('lose a member, get it back, and go', async () => {
    const removed = await apply('member.remove', { channel, member: 'org/ns/b' });
    expect(removed.result.inverse).toBe('member.invite');
    await apply(removed.result.inverse, removed.result.inverseInput ?? {});
    const stale = await harness.plan('channel.delete', { name: channel });
    await apply('member.invite', { channel, member: 'org/ns/d' });
    expect(await codeOf(harness.apply(stale.digest))).toBe(Code.FailedPrecondition);
    const gone = await apply('channel.delete', { name: channel });
    expect(gone.result.inverseInput).toEqual({
      connection: 'node',
      name: channel,
      mls: true,
      members: ['org/ns/b', 'org/ns/d'],
    });
    expect((await harness.groups.listChannels({})).channels).toEqual([]);
  });

  it('are not planned for what cannot be', async () => {
    await apply('channel.create', { name: channel });
    expect(await codeOf(harness.plan('channel.create', { name: channel }))).toBe(Code.AlreadyExists);
    expect(await codeOf(harness.plan('channel.create', { name: 'org/ns/y', ttl_seconds: 5 }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(harness.plan('channel.delete', { name: 'org/ns/none' }))).toBe(Code.NotFound);
    expect(await codeOf(harness.plan('member.remove', { channel, member: 'org/ns/mod' }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(harness.plan('member.remove', { channel, member: 'org/ns/none' }))).toBe(
      Code.NotFound,
    );
    expect(await codeOf(harness.plan('member.invite', { channel, member: 'two/parts' }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(harness.plan('message.send', { channel, text: '' }))).toBe(Code.InvalidArgument);
    expect(await codeOf(harness.groups.listMembers({ connection: 'node', channel: 'org/ns/none' }))).toBe(
      Code.NotFound,
    );
  });
});
