import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Mls, Presence } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager, PracticeManagerOptions } from '@muster/practice/slim/manager/manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelManagerConfig } from '../../config/types.ts';
import { startHarness, temporaryDirectory } from '../testing/harness.ts';
import type { Harness } from '../testing/harness.ts';
import { OwnerKey } from './signing.ts';

const audience = 'agntcy/ns/channel-manager';
const pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const others = new OwnerKey(pem());
const ownPem = pem();
const own = new OwnerKey(ownPem);

interface Setting {
  manager: PracticeManager;
  harness: Harness;
  close: () => Promise<void>;
}

async function start(
  options: PracticeManagerOptions = {},
  config: Partial<ChannelManagerConfig> = {},
): Promise<Setting> {
  const manager = await startPracticeManager({ audience, ...options });
  const ownerKeyFile = join(temporaryDirectory(), 'owner.pem');
  writeFileSync(ownerKeyFile, ownPem);
  const harness = await startHarness([
    {
      name: 'manager',
      kind: 'channel-manager',
      address: manager.address,
      ownerKeyFile,
      audience,
      ...config,
    },
  ]);
  await harness.console.ready;
  return {
    manager,
    harness,
    async close() {
      await harness.console.close();
      await manager.close();
    },
  };
}

const theirs = (members: string[] = [], owner = others.did) => ({
  owner,
  callback: '',
  mls: true,
  expiresAt: undefined,
  members,
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as ConnectError).code,
  );
const wordsOf = (promise: Promise<unknown>) =>
  promise.then(
    () => '',
    (error: unknown) => (error as ConnectError).rawMessage,
  );

describe('a channel manager of 3.3', () => {
  let at: Setting;
  beforeAll(async () => {
    at = await start({ absent: (name) => name.endsWith('/absent') });
    at.manager.channels.set('a/b/theirs', theirs(['a/b/app']));
  });
  afterAll(() => at.close());
  const act = (action: string, input: JsonObject) => at.harness.act(action, input);

  it('is told by generation, and what it cannot do is said with the reason', async () => {
    const { connections } = await at.harness.connections.listConnections({});
    expect(connections[0]).toMatchObject({ state: 2, description: 'SLIM channel manager 3.3 or later' });
    const capabilities = new Map(
      connections[0]?.capabilities.map(({ name, available, reason }) => [name, available ? '' : reason]),
    );
    expect(capabilities.get('channels.signed-requests')).toBe('');
    expect(capabilities.get('channels.owners')).toBe('');
    expect(capabilities.get('messages')).toMatch(/passes no messages/u);
    // The probe made nothing.
    expect([...at.manager.channels.keys()]).toEqual(['a/b/theirs']);
  });

  it('gets signed requests with lifetime and callback, and the owner is read back', async () => {
    const { plan, items, result } = await act('channel.create', {
      name: 'a/b/ours',
      members: ['a/b/x', 'a/b/absent'],
      ttl_seconds: 3600,
      owner_callback_name: 'a/b/desk',
    });
    expect(plan.commands[0]?.line).toMatch(
      /^slimctl channel-manager create-channel --server 127\.0\.0\.1:\d+ --key \S+owner\.pem --audience agntcy\/ns\/channel-manager --ttl-seconds 3600 --owner-callback-name a\/b\/desk a\/b\/ours$/u,
    );
    expect(plan.commands.slice(1).map(({ line }) => line.split(' ').slice(-2).join(' '))).toEqual([
      'a/b/ours a/b/x',
      'a/b/ours a/b/absent',
    ]);
    expect(plan.changes[0]?.fields.map(({ field, after }) => [field, after])).toEqual([
      ['MLS', 'on'],
      ['Owner', `key of manager (${own.did})`],
      ['Owner is asked at', 'a/b/desk'],
      ['Ends after', '1 hour'],
    ]);
    expect(items.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [ItemOutcome.DONE, ''],
      [ItemOutcome.DONE, ''],
      [
        ItemOutcome.REFUSED,
        'The channel manager says: failed to invite participant a/b/absent to channel a/b/ours: message send retries exhausted. Nobody of this name answered: it is not running, or not connected to a node of this network.',
      ],
    ]);
    expect(result.inverseInput).toEqual({ connection: 'manager', name: 'a/b/ours' });
    expect(at.manager.channels.get('a/b/ours')).toMatchObject({
      owner: own.did,
      callback: 'a/b/desk',
      mls: true,
      members: ['a/b/x'],
    });
    const listed = await at.harness.groups.listChannels({});
    const [ours, foreign] = listed.channels;
    expect(ours).toMatchObject({
      name: 'a/b/ours',
      ownedByUs: true,
      owner: own.did,
      ownerAlias: 'key of manager',
      // Made here, so it is known.
      mls: Mls.ON,
      lockedReason: '',
    });
    expect(ours?.expiresAt).toBeDefined();
    expect(foreign).toMatchObject({
      name: 'a/b/theirs',
      ownedByUs: false,
      ownerAlias: '',
      mls: Mls.UNKNOWN,
      lockedReason: '',
    });
    const { members } = await at.harness.groups.listMembers({ connection: 'manager', channel: 'a/b/ours' });
    const member = members.find(({ name }) => name === 'a/b/x');
    expect(member).toMatchObject({ presence: Presence.UNKNOWN });
    expect(member?.presenceReason).toMatch(/does not tell who is online/u);
    // It is a member of its own channels, and cannot be taken out: 3.4.6 says no to that, is out, and never gets in again.
    const itself = 'agntcy/ns/channel-manager';
    expect(members.filter(({ moderator }) => moderator).map(({ name }) => name)).toEqual([itself]);
    const asked: JsonObject[] = [{ member: itself }, { members: ['a/b/x', itself] }];
    for (const input of asked)
      expect(await wordsOf(act('member.remove', { channel: 'a/b/ours', ...input }))).toMatch(
        /^members?(\[1\])?: the moderator itself is in every channel it runs\.$/u,
      );
  });

  it('gets grants and deletions signed by the key that owns, and the undo of it owns again', async () => {
    expect((await act('member.remove', { channel: 'a/b/ours', member: 'a/b/x' })).result.done).toBe(1);
    expect((await act('member.invite', { channel: 'a/b/ours', member: 'a/b/x' })).result.done).toBe(1);
    const { result } = await act('channel.delete', { name: 'a/b/ours' });
    expect(result.done).toBe(1);
    expect(at.manager.channels.has('a/b/ours')).toBe(false);
    expect(result.inverseInput).toEqual({
      connection: 'manager',
      name: 'a/b/ours',
      mls: true,
      members: ['a/b/x'],
      owner: own.did,
      owner_callback_name: 'a/b/desk',
      // What is left of its lifetime.
      ttl_seconds: expect.closeTo(3600, -2) as number,
    });
    await act('channel.create', result.inverseInput ?? {});
    expect(at.manager.channels.get('a/b/ours')?.owner).toBe(own.did);
    await act('channel.delete', { name: 'a/b/ours' });
  });

  it('refuses at planning what the manager would refuse', async () => {
    const { plan } = at.harness;
    expect(await codeOf(plan('channel.delete', { name: 'a/b/theirs' }))).toBe(Code.PermissionDenied);
    expect(await codeOf(plan('channel.create', { name: 'a/b/theirs' }))).toBe(Code.AlreadyExists);
    expect(await codeOf(plan('channel.create', { name: 'a/b' }))).toBe(Code.InvalidArgument);
    expect(await codeOf(plan('message.send', { channel: 'a/b/theirs', text: 'x' }))).toBe(
      Code.InvalidArgument,
    );
    const { listMessages } = at.harness.groups;
    expect(await codeOf(listMessages({ connection: 'manager', channel: 'a/b/theirs' }))).toBe(
      Code.Unimplemented,
    );
    expect(await wordsOf(plan('channel.create', { name: 'a/b/n', owner: 'nobody-s' }))).toMatch(
      /owner: there is no owner key of this name here; there are: key of manager/u,
    );
    expect(
      await wordsOf(plan('channel.create', { name: 'a/b/n', owner: 'none', owner_callback_name: 'a/b/c' })),
    ).toMatch(/owner_callback_name: a channel that nobody owns has no one to ask/u);
    expect(await wordsOf(plan('channel.create', { name: 'a/b/n', owner_callback_name: 'a/b/c/d' }))).toMatch(
      /^owner_callback_name: /u,
    );
  });

  it('makes an unowned channel only when it is asked to, and says what that means', async () => {
    const { plan, result } = await act('channel.create', { name: 'a/b/free', owner: 'none', mls: false });
    expect(plan.warnings.map(({ code }) => code)).toEqual(['mls-off', 'unowned']);
    expect(plan.commands[0]).toMatchObject({ tool: '', note: 'slimctl 3.4 sends no unsigned change.' });
    expect(result.done).toBe(1);
    const { channels } = await at.harness.groups.listChannels({});
    expect(channels[0]).toMatchObject({ name: 'a/b/free', owner: '', mls: Mls.OFF });
    const invited = await act('member.invite', { channel: 'a/b/free', member: 'a/b/x' });
    expect(invited.plan.warnings[0]?.code).toBe('unowned');
    expect(invited.result.done).toBe(1);
    expect((await act('channel.delete', { name: 'a/b/free' })).result.done).toBe(1);
  });

  describe('a channel of another owner', () => {
    const invite = (grant?: string) => ({
      channel: 'a/b/theirs',
      member: 'a/b/new',
      ...(grant === undefined ? {} : { grant }),
    });
    const grant = (more: object = {}, when = new Date()): string =>
      Buffer.from(
        others.grant(
          { channel: 'a/b/theirs', invitee: 'a/b/new', action: 'add', seconds: 600, ...more },
          when,
        ),
      ).toString();

    it('is tried without a grant, and the refusal is explained', async () => {
      const { plan, items } = await act('member.invite', invite());
      expect(plan.warnings[0]).toMatchObject({ code: 'asks-owner' });
      expect(items[0]?.reason).toBe(
        'The channel manager says: channel a/b/theirs requires a grant from its owner. The channel is owned, and its owner left no name to ask at: get a grant from the owner.',
      );
    });

    it.each([
      ['not JSON', () => '{', /grant: it is not JSON/u],
      ['no grant', () => '{"channel":"a/b/theirs"}', /invitee is missing/u],
      ['for another channel', () => grant({ channel: 'a/b/other' }), /for another channel: a\/b\/other/u],
      ['for another member', () => grant({ invitee: 'a/b/else' }), /for another member: a\/b\/else/u],
      ['for a removal', () => grant({ action: 'delete' }), /allows a removal only/u],
      ['expired', () => grant({}, new Date(Date.now() - 3_600_000)), /it expired at /u],
      [
        'signed by another key',
        () =>
          Buffer.from(
            own.grant({ channel: 'a/b/theirs', invitee: 'a/b/new', action: 'add' }, new Date()),
          ).toString(),
        /not signed by the owner of the channel/u,
      ],
      [
        'changed since',
        () => grant().replace(/"not_after":\d+/u, `"not_after":${Math.floor(Date.now() / 1000) + 9999}`),
        /not signed by the owner of the channel/u,
      ],
    ])('is not sent a grant that is %s', async (_what, made, words) => {
      const calls = at.manager.calls.filter((one) => one === 'AddParticipant').length;
      expect(await wordsOf(at.harness.plan('member.invite', invite(made())))).toMatch(words);
      expect(at.manager.calls.filter((one) => one === 'AddParticipant')).toHaveLength(calls);
    });

    it('is changed with a grant of its owner, once', async () => {
      const issued = grant();
      const { plan, result } = await act('member.invite', invite(issued));
      expect(result.done).toBe(1);
      expect(plan.commands[0]?.line).toContain('--grant-file grant.json');
      expect(at.manager.channels.get('a/b/theirs')?.members).toContain('a/b/new');
      const removal = grant({ action: 'delete' });
      const removed = await act('member.remove', { ...invite(removal) });
      expect(removed.result.done).toBe(1);
      const again = await act('member.invite', invite(issued));
      expect(again.items[0]?.reason).toBe(
        'The channel manager says: grant has already been used. A grant is good for one change: the owner has to issue another one.',
      );
    });

    it('is not deleted with a key that is neither its owner’s nor an operator’s', async () => {
      const { plan, items } = await act('channel.delete', { name: 'a/b/theirs', key: own.did });
      expect(plan.warnings.map(({ code }) => code)).toContain('as-operator');
      expect(items[0]?.reason).toMatch(
        /invalid signed delete request: .*\. It has to be signed by the key that owns the channel, or by an operator/u,
      );
      expect(at.manager.channels.has('a/b/theirs')).toBe(true);
    });
  });
});

describe('what a manager of 3.3 refuses', () => {
  it('names the right audience for a wrong one', async () => {
    const at = await start({}, { audience: 'wrong/name/here' });
    const plan = await at.harness.plan('channel.create', { name: 'a/b/c' });
    const { items } = await at.harness.apply(plan.digest);
    expect(items[0]?.reason).toBe(
      `The channel manager says: signed create request is for "wrong/name/here", not this channel manager ("${audience}"). Signed requests to it are for the audience ${audience}: put that into audience of this connection in muster.yaml.`,
    );
    expect(at.manager.channels.size).toBe(0);
    await at.close();
  });

  it('is explained where its clock differs', async () => {
    const late = await start({ now: () => new Date(Date.now() + 3_600_000) });
    const plan = await late.harness.plan('channel.create', { name: 'a/b/c' });
    expect((await late.harness.apply(plan.digest)).items[0]?.reason).toMatch(
      /signed create request has expired\. It was signed a moment ago, for five minutes: the clocks/u,
    );
    await late.close();
    const early = await start({ now: () => new Date(Date.now() - 48 * 3_600_000) });
    const other = await early.harness.plan('channel.create', { name: 'a/b/c' });
    expect((await early.harness.apply(other.digest)).items[0]?.reason).toMatch(/valid for too long/u);
    await early.close();
  });

  it('is what nobody signed, where it requires signatures', async () => {
    const at = await start({ requireSignatures: true });
    at.manager.channels.set('a/b/free', theirs([], ''));
    const reasonOf = async (action: string, input: JsonObject) =>
      (await at.harness.apply((await at.harness.plan(action, input)).digest)).items[0]?.reason;
    expect(await reasonOf('channel.create', { name: 'a/b/c', owner: 'none' })).toMatch(
      /takes signed requests only: choose an owner key/u,
    );
    expect(await reasonOf('member.invite', { channel: 'a/b/free', member: 'a/b/x' })).toMatch(
      /takes signed changes only/u,
    );
    expect(await reasonOf('channel.delete', { name: 'a/b/free' })).toMatch(/Only the key of an operator/u);
    await at.close();
  });

  it('is not refused to an operator', async () => {
    const at = await start({ operators: [own.did] });
    at.manager.channels.set('a/b/theirs', theirs());
    const plan = await at.harness.plan('channel.delete', { name: 'a/b/theirs', key: 'key of manager' });
    const { result } = await at.harness.apply(plan.digest);
    expect(result.done).toBe(1);
    expect(result.inverseInput).toBeUndefined();
    await at.close();
  });

  it('is everything, in config mode: it is said before anything is sent', async () => {
    const at = await start({ configMode: true });
    at.manager.channels.set('a/b/fixed', theirs([], ''));
    expect(await wordsOf(at.harness.plan('channel.create', { name: 'a/b/c' }))).toMatch(
      /manages its channels by its own configuration file/u,
    );
    const { channels } = await at.harness.groups.listChannels({});
    expect(channels[0]?.lockedReason).toMatch(/configuration file/u);
    await at.close();
  });

  it('is left to the owner, who is asked where the channel has a callback', async () => {
    const asked: string[] = [];
    const answers = ['no room', undefined];
    const at = await start({
      approve: (callback, channel, participant) => {
        asked.push([callback, channel, participant].join(' '));
        const answer = answers.shift();
        return Promise.resolve(
          answer ?? others.grant({ channel, invitee: participant, action: 'add' }, new Date()),
        );
      },
    });
    at.manager.channels.set('a/b/theirs', { ...theirs(), callback: 'a/b/desk' });
    const invite = async () => {
      const plan = await at.harness.plan('member.invite', { channel: 'a/b/theirs', member: 'a/b/x' });
      return (await at.harness.apply(plan.digest)).items[0];
    };
    expect((await invite())?.reason).toMatch(/channel owner denied the request: no room/u);
    expect((await invite())?.outcome).toBe(ItemOutcome.DONE);
    expect(asked).toEqual(['a/b/desk a/b/theirs a/b/x', 'a/b/desk a/b/theirs a/b/x']);
    await at.close();
  });

  it('S-40: is told in its words made safe, whatever they hold', async () => {
    const at = await start({
      approve: () => Promise.resolve('\u001b[31mred\u202e <b>x</b> /etc/passwd '.repeat(40)),
    });
    at.manager.channels.set('a/b/theirs', { ...theirs(), callback: 'a/b/desk' });
    const plan = await at.harness.plan('member.invite', { channel: 'a/b/theirs', member: 'a/b/x' });
    const { items } = await at.harness.apply(plan.digest);
    expect(items[0]?.reason).toMatch(
      /^The channel manager says: channel owner denied the request: \\u\{1b\}/u,
    );
    expect(items[0]?.reason).not.toMatch(/\p{C}/u);
    expect(items[0]?.reason.length).toBeLessThan(500);
    await at.close();
    const evil = await start({ audience: 'a/b/\u001b[31m\u202ec' });
    const made = await evil.harness.plan('channel.create', { name: 'a/b/c' });
    const { items: refused } = await evil.harness.apply(made.digest);
    expect(refused[0]?.reason).toMatch(/for the audience a\/b\/\\u\{1b\}/u);
    expect(refused[0]?.reason).not.toMatch(/\p{C}/u);
    await evil.close();
  });
});

describe('a channel manager of 2.0–3.0', () => {
  let at: Setting;
  beforeAll(async () => {
    at = await start({ generation: 2 });
  });
  afterAll(() => at.close());

  it('is told apart by a probe that makes nothing', async () => {
    const { connections } = await at.harness.connections.listConnections({});
    expect(connections[0]?.description).toBe('SLIM channel manager 2.0–3.0');
    const reasonOf = (wanted: string) =>
      connections[0]?.capabilities.find(({ name }) => name === wanted)?.reason;
    expect(reasonOf('channels.owners')).toMatch(/would ignore owner, callback, lifetime and grants/u);
    expect(at.manager.channels.size).toBe(0);
  });

  it.each([
    ['owner', { owner: 'key of manager' }],
    ['owner_callback_name', { owner_callback_name: 'a/b/desk' }],
    ['ttl_seconds', { ttl_seconds: 60 }],
  ])('is not sent %s, which it would ignore without a word', async (field, more) => {
    const calls = at.manager.calls.filter((one) => one === 'CreateChannel').length;
    const words = await wordsOf(at.harness.plan('channel.create', { name: 'a/b/c', ...more }));
    expect(words).toMatch(new RegExp(`^${field}: This channel manager is older than 3\\.1`, 'u'));
    expect(at.manager.calls.filter((one) => one === 'CreateChannel')).toHaveLength(calls);
  });

  it('makes, changes and deletes channels, MLS on unless said otherwise; that nobody owns them is said', async () => {
    const { act } = at.harness;
    const made = await act('channel.create', { name: 'a/b/c', members: ['a/b/x'] });
    expect(made.plan.warnings.map(({ code }) => code)).toEqual(['unowned']);
    expect(made.items.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [ItemOutcome.DONE, ''],
      [ItemOutcome.DONE, ''],
    ]);
    expect(at.manager.channels.get('a/b/c')).toMatchObject({ owner: '', mls: true, members: ['a/b/x'] });
    const { channels } = await at.harness.groups.listChannels({});
    expect(channels[0]).toMatchObject({ name: 'a/b/c', owner: '', mls: Mls.ON });
    expect(
      await wordsOf(at.harness.plan('member.invite', { channel: 'a/b/c', member: 'a/b/y', grant: '{}' })),
    ).toMatch(/^grant: This channel manager is older/u);
    expect((await act('member.remove', { channel: 'a/b/c', member: 'a/b/x' })).result.done).toBe(1);
    expect((await act('channel.delete', { name: 'a/b/c' })).result.done).toBe(1);
    expect(at.manager.channels.size).toBe(0);
  });

  it('takes no grant to be issued for it', async () => {
    at.manager.channels.set('a/b/old', theirs([], ''));
    expect(
      await wordsOf(at.harness.plan('grant.issue', { channel: 'a/b/old', member: 'a/b/x', action: 'add' })),
    ).toMatch(/older than 3\.1/u);
  });

  it('in config mode is still told from a newer one', async () => {
    const fixed = await start({ generation: 2, configMode: true });
    fixed.manager.channels.set('a/b/fixed', theirs([], ''));
    const later = await start({ configMode: true });
    const { connections } = await fixed.harness.connections.listConnections({});
    expect(connections[0]?.description).toBe('SLIM channel manager 2.0–3.0');
    await fixed.close();
    await later.close();
  });
});
