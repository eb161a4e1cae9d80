import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Presence, Topic } from '@muster/api';
import { CallError } from '@muster/practice/slim/ipc';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ChannelMessage,
  Member,
  ModeratedChannel,
  Moderator,
  ModeratorEvent,
  ModeratorOptions,
} from '../moderator/types.ts';
import { startHarness, temporaryDirectory } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

/** A moderator of one process: names ending in -absent never answer, -lost break the call. */
function fakeModerator(options: ModeratorOptions): Moderator {
  type Kept = Pick<ModeratedChannel, 'mls' | 'role' | 'session'>;
  const rooms = new Map<string, Kept & { members: Member[]; messages: ChannelMessage[] }>();
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
      [...rooms].map(([name, { mls, role, session, members }]) => ({
        name,
        mls,
        role,
        session,
        sessionReason: '',
        maxRetries: 5,
        intervalMs: 1000,
        createdAt: '2027-01-01T00:00:00Z',
        memberCount: members.length,
        online: members.length,
      })),
    members: (channel) => room(channel).members,
    messages: (channel) => room(channel).messages,
    heard: () => ({ earlier: 0, start: 0, since: new Date(0) }),
    async createChannel(name, { mls }) {
      const members = [member(options.name, true)];
      rooms.set(name, { mls, role: 'moderator', session: 'open', members, messages: [] });
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
        bytes: text.length,
        identity: '',
        sequence: 1,
        cut: false,
      };
      room(channel).messages.push(message);
      for (const fn of listeners) fn({ type: 'message', channel, message, earlier: 0 });
    },
    notices: () => [],
    async join(name) {
      if (name.endsWith('-silent'))
        throw new CallError('not-invited', `No invitation to ${name} came in time.`);
      const members = [member(options.name)];
      rooms.set(name, { mls: true, role: 'participant', session: 'open', members, messages: [] });
    },
    async closeSession(name) {
      room(name).session = 'closed';
    },
    async rejoinSession(name) {
      room(name).session = 'open';
    },
    async leaveSession(name) {
      rooms.delete(name);
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
      ['org/ns/b', Presence.ONLINE, false],
      ['org/ns/mod', Presence.ONLINE, true],
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
      max_retries: 5,
      interval_ms: 1000,
    });
    expect((await harness.groups.listChannels({})).channels).toEqual([]);
  });

  it('take many at once: each with its own result, those who are in left alone, and all that joined can be undone', async () => {
    await apply('channel.create', { name: 'org/ns/many', members: ['org/ns/b'] });
    const at = { connection: 'node', channel: 'org/ns/many' };
    const plan = await harness.plan('member.invite', {
      ...at,
      members: ['org/ns/b', 'org/ns/c', 'org/ns/d-absent', 'org/ns/e', 'org/ns/c'],
    });
    expect(plan).toMatchObject({ title: 'Invite 3 members', resumable: true, stoppable: true });
    expect(plan.warnings.map(({ code }) => code)).toContain('present');
    const { items, result } = await harness.apply(plan.digest);
    expect(items.map(({ target, outcome }) => [target, outcome])).toEqual([
      ['org/ns/c', ItemOutcome.DONE],
      ['org/ns/d-absent', ItemOutcome.REFUSED],
      ['org/ns/e', ItemOutcome.DONE],
    ]);
    expect(result.inverseInput).toEqual({ ...at, members: ['org/ns/c', 'org/ns/e'] });
    // Applied again it goes on: who is in by now is found.
    const again = await harness.apply(plan.digest);
    expect(again.items.map(({ reason }) => reason !== '')).toEqual([true, true, true]);
    expect(again.result.inverseInput).toBeUndefined();
    expect(await codeOf(harness.plan('member.invite', { ...at, members: ['org/ns/b'] }))).toBe(
      Code.AlreadyExists,
    );
    const undone = await apply(result.inverse, result.inverseInput ?? {});
    expect(undone.items.map(({ target }) => target)).toEqual(['org/ns/c', 'org/ns/e']);
    expect(await codeOf(harness.plan('member.remove', { ...at, members: ['org/ns/mod'] }))).toBe(
      Code.InvalidArgument,
    );
    await apply('channel.delete', { name: at.channel });
  });

  it('have the settings of their session, as SLIM’s tutorial has them unless told otherwise', async () => {
    const settingsOf = async (input: object) => {
      const plan = await harness.plan('channel.create', { name: 'org/ns/set', ...input });
      return plan.changes[0]?.fields.find(({ field }) => field === 'Retries')?.after;
    };
    expect(await settingsOf({})).toBe('5, 5 s apart');
    expect(await settingsOf({ max_retries: 2, interval_ms: 700 })).toBe('2, 700 ms apart');
    for (const wrong of [{ max_retries: 11 }, { interval_ms: 50 }])
      expect(await codeOf(settingsOf(wrong))).toBe(Code.InvalidArgument);
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

describe('our sessions in channels of others', () => {
  const at = { connection: 'node', channel: 'org/theirs/room' };
  const row = async () =>
    (await harness.groups.listChannels({})).channels.find(({ name }) => name === at.channel);

  it('are opened by an invitation, closed, rejoined and left, each undoing the other', async () => {
    const opened = await apply('session.open', at);
    expect(opened.result).toMatchObject({ inverse: 'session.close', inverseInput: { ...at, leave: true } });
    expect(await row()).toMatchObject({ session: 'open', moderatedByUs: false, canMessage: true });
    expect((await row())?.lockedReason).toContain('who moderates it');
    expect(await codeOf(harness.plan('session.open', at))).toBe(Code.AlreadyExists);
    expect(await codeOf(harness.plan('session.rejoin', at))).toBe(Code.FailedPrecondition);

    const closed = await apply('session.close', at);
    expect(closed.result).toMatchObject({ inverse: 'session.rejoin', inverseInput: at });
    expect(await row()).toMatchObject({ session: 'closed', canMessage: false });
    expect(await codeOf(harness.plan('session.close', at))).toBe(Code.FailedPrecondition);
    await apply(closed.result.inverse, closed.result.inverseInput ?? {});
    expect(await row()).toMatchObject({ session: 'open' });

    const left = await apply('session.close', { ...at, leave: true });
    expect(left.result).toMatchObject({ inverse: 'session.open', inverseInput: at });
    expect(await row()).toBeUndefined();
    expect(await codeOf(harness.plan('session.close', at))).toBe(Code.NotFound);
  });

  it('say that no invitation came', async () => {
    const { items } = await apply('session.open', {
      ...at,
      channel: 'org/theirs/room-silent',
      wait_seconds: 1,
    });
    expect(items[0]).toMatchObject({
      outcome: ItemOutcome.REFUSED,
      reason: 'No invitation to org/theirs/room-silent came in time.',
    });
  });

  it('are not left where we moderate', async () => {
    await apply('channel.create', { name: 'org/ns/ours' });
    expect(await codeOf(harness.plan('session.close', { channel: 'org/ns/ours', leave: true }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(harness.plan('session.open', { channel: 'org/ns/ours' }))).toBe(Code.AlreadyExists);
  });
});
