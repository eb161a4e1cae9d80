import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeChannel, PracticeManager } from '@muster/practice/slim/manager/manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHarness } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusal } from '../upstream/testing/refusal.ts';

const audience = 'org/ns/manager';
const room = 'org/ns/room';
const now = new Date('2026-11-23T12:00:00Z');
let manager: PracticeManager;
let harness: Harness;
const dids = new Map<string, string>();

const act = (action: string, input: JsonObject) => harness.act(action, input);
const put = (more: Partial<PracticeChannel> = {}): void => {
  const channel = { owner: dids.get('ops') ?? '', callback: '', mls: true, expiresAt: undefined };
  manager.channels.set(room, { ...channel, members: ['org/ns/a'], ...more });
};

beforeAll(async () => {
  manager = await startPracticeManager({ audience, now: () => now });
  harness = await startHarness(
    [{ name: 'manager', kind: 'channel-manager', address: manager.address, audience }],
    { now: () => now },
  );
  await harness.console.ready;
  for (const alias of ['ops', 'other'])
    dids.set(alias, (await act('ownerKey.create', { alias })).items[0]?.id ?? '');
}, 60_000);
beforeEach(() => {
  manager.channels.clear();
  put();
});
afterAll(async () => {
  await harness.console.close();
  await manager.close();
});

describe('S-27: a channel that was made again for another owner', () => {
  it.each<[string, JsonObject]>([
    ['member.invite', { member: 'org/ns/b' }],
    ['member.invite', { members: ['org/ns/b', 'org/ns/c'] }],
    ['member.remove', { member: 'org/ns/a' }],
    ['member.remove', { members: ['org/ns/a'] }],
    ['grant.issue', { member: 'org/ns/b', action: 'add' }],
  ])('is not changed by a plan of %s %j, though both keys are ours', async (action, input) => {
    const plan = await harness.plan(action, { channel: room, ...input });
    expect(
      [...plan.effects, ...plan.changes.flatMap(({ fields }) => fields.map(({ after }) => after))].join(),
    ).toContain(dids.get('ops'));
    put({ owner: dids.get('other') ?? '' });
    const error = await refusal(harness.apply(plan.digest));
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.rawMessage).toMatch(/owner(?: of org\/ns\/room)? is another now/u);
    expect(manager.channels.get(room)?.members).toEqual(['org/ns/a']);
  });
});

describe('S-12: names', () => {
  const hidden = [
    'org/ns/b\u200bb',
    'org/ns/\u202ebob',
    'org/ns/bob\u3164',
    'org/ns/bob\ufe0f',
    'org/ns/b\u00adob',
  ];

  it.each(hidden)('are let in nowhere with a character that does not show: %j', async (name) => {
    const inputs: [string, JsonObject][] = [
      ['channel.create', { name }],
      ['channel.create', { name: 'org/ns/new', members: [name] }],
      ['member.invite', { channel: room, member: name }],
      ['member.invite', { channel: room, members: [name] }],
      ['grant.issue', { channel: room, member: name, action: 'add' }],
    ];
    for (const [action, input] of inputs) {
      const error = await refusal(harness.plan(action, input));
      expect([action, error.code]).toEqual([action, Code.InvalidArgument]);
      expect(error.rawMessage).toMatch(/does not show \(U\+[0-9A-F]{4,}\)/u);
      expect(error.rawMessage).not.toContain(name);
    }
  });

  it('can be taken out again by whoever got one in another way', async () => {
    put({ members: ['org/ns/b\u200bb'] });
    const { items } = await act('member.remove', { channel: room, member: 'org/ns/b\u200bb' });
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
  });

  it('that may look like others are spelt in a warning', async () => {
    const name = 'org/ns/b\u043eb';
    for (const [action, input] of [
      ['channel.create', { name: 'org/ns/new', members: [name] }],
      ['member.invite', { channel: room, member: name }],
      ['member.invite', { channel: room, members: [name, 'org/ns/b'] }],
      ['grant.issue', { channel: room, member: name, action: 'add' }],
    ] as const) {
      const { warnings } = await harness.plan(action, input as unknown as JsonObject);
      const warning = warnings.find(({ code }) => code === 'look-alike');
      expect(warning?.text, action).toContain('org/ns/b\\u{43e}b');
    }
    const { warnings } = await harness.plan('member.invite', { channel: room, member: 'org/ns/bob' });
    expect(warnings.map(({ code }) => code)).not.toContain('look-alike');
  });
});

describe('a channel that is deleted and brought back', () => {
  it('lives as long as it would have', async () => {
    put({ expiresAt: BigInt(Math.floor(now.getTime() / 1000) + 3600) });
    const { plan, result } = await act('channel.delete', { name: room });
    expect(plan.changes[0]?.fields.find(({ field }) => field === 'Ends')?.before).toBe(
      '2026-11-23T13:00:00.000Z',
    );
    expect(result.inverseInput).toMatchObject({ ttl_seconds: 3600 });
    await act(result.inverse, result.inverseInput ?? {});
    expect(manager.channels.get(room)).toMatchObject({
      owner: dids.get('ops'),
      members: ['org/ns/a'],
      expiresAt: BigInt(Math.floor(now.getTime() / 1000) + 3600),
    });
  });

  it('is not brought back where it has more members than one plan invites, and that is said', async () => {
    const members = Array.from({ length: 1001 }, (_, n) => `org/ns/m${n}`);
    put({ members });
    const { plan, result } = await act('channel.delete', { name: room });
    expect(plan.warnings.map(({ code }) => code)).toContain('not-undone');
    expect(result.inverseInput).toBeUndefined();
    put({ members: members.slice(0, 201) });
    const small = await act('channel.delete', { name: room });
    expect(small.plan.warnings.map(({ code }) => code)).not.toContain('not-undone');
    await act(small.result.inverse, small.result.inverseInput ?? {});
    expect(manager.channels.get(room)?.members).toHaveLength(201);
  }, 60_000);
});

describe('S-38: a channel manager that tells odd times', () => {
  it.each([2n ** 63n - 1n, 253_402_300_800n])('is read all the same: %d', async (expiresAt) => {
    put({ expiresAt });
    const { channels, warnings } = await harness.groups.listChannels({});
    expect(channels.map(({ name }) => name)).toEqual([room]);
    expect(warnings.map(({ code }) => code)).not.toContain('channels-unread');
    expect(channels[0]?.expiresAt?.seconds).toBe(253_402_300_799n);
  });
});
