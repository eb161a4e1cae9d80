import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GroupService, ItemOutcome, RosterEventKind } from '@muster/api';
import type { ListRosterEventsRequestSchema, RosterEvent } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionConfig } from '../config/types.ts';
import { toldModerator } from '../members/testing/moderator.ts';
import { startHarness, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const self = 'acme/muster/moderator';
const room = 'acme/ops/room';
const home = temporaryDirectory();
const connections: ConnectionConfig[] = [
  {
    name: 'node',
    kind: 'slim-node',
    address: 'http://127.0.0.1:9',
    moderator: { name: self, sharedSecretFile: join(home, 'secret') },
  },
];
let told = toldModerator(self);
let now = new Date('2027-03-01T10:00:00Z');
let harness: Harness;

async function start(): Promise<void> {
  harness = await startHarness(connections, { home, now: () => now, startModerator: () => told.moderator });
  await harness.console.ready;
}

const list = (more: MessageInitShape<typeof ListRosterEventsRequestSchema> = {}) =>
  harness.client(GroupService).listRosterEvents(more);
const said = ({ kind, channel, member, instance }: RosterEvent): string =>
  [RosterEventKind[kind], (member || channel).split('/')[2], instance].filter(Boolean).join(' ');
const latest = async (number: number) => (await list({ page: { limit: number } })).events;
/** Waits until there are so many events in all. */
const total = (number: number) =>
  until(
    () => list(),
    (answer) => answer.total === BigInt(number),
  );

beforeAll(async () => {
  writeFileSync(join(home, 'secret'), 'x'.repeat(40));
  await start();
  // The first look is where the history begins.
  await until(
    () => list(),
    ({ keptSince }) => keptSince !== undefined,
  );
});
afterAll(() => harness.console.close());

describe('the history of rosters', () => {
  it('tells of a channel and its members, and whose action it was', async () => {
    const plan = await harness.plan('channel.create', {
      name: room,
      members: ['acme/ops/alice', 'acme/ops/x-absent'],
    });
    const { items, result } = await harness.apply(plan.digest);
    expect(items.map(({ outcome }) => outcome)).toEqual([
      ItemOutcome.DONE,
      ItemOutcome.DONE,
      ItemOutcome.REFUSED,
    ]);
    const { events } = await total(3);
    expect(events.map(said).toSorted()).toEqual([
      'CHANNEL_CREATED room',
      'INVITE_FAILED x-absent',
      'JOINED alice of-alice',
    ]);
    for (const event of events)
      expect(event).toMatchObject({
        connection: 'node',
        channel: room,
        recordId: result.recordId,
        recordTitle: 'Create channel with 2 members',
        by: `${harness.caller.client} ${harness.caller.session}`,
      });
    expect(events.find(({ kind }) => kind === RosterEventKind.INVITE_FAILED)?.note).toContain(
      'Nobody answers',
    );
  });

  it('tells of what nobody here did as nobody’s action', async () => {
    now = new Date(now.getTime() + 20 * 60_000);
    told.see(room, {
      'acme/ops/alice': { instance: 'of-alice', status: 'offline' },
      'acme/ops/bob': { instance: 'b', status: 'online' },
    });
    const { events } = await total(5);
    expect(events.slice(0, 2).map(said).toSorted()).toEqual(['JOINED bob b', 'OFFLINE alice of-alice']);
    for (const event of events.slice(0, 2)) expect(event).toMatchObject({ recordId: '', by: '' });
  });

  it('tells a removal by our action, and only of whom it was for', async () => {
    now = new Date(now.getTime() + 20 * 60_000);
    const plan = await harness.plan('member.remove', { channel: room, member: 'acme/ops/bob' });
    const { result } = await harness.apply(plan.digest);
    const { events } = await total(6);
    expect(events.slice(0, 1).map(said)).toEqual(['LEFT bob b']);
    expect(events[0]?.recordId).toBe(result.recordId);
    told.see(room, { 'acme/ops/alice': { instance: 'of-alice', status: 'online' } });
    const [online] = (await total(7)).events;
    expect(online && said(online)).toBe('ONLINE alice of-alice');
    expect(online?.recordId).toBe('');
  });

  it('is filtered by channel, member, kind and time, and paged', async () => {
    const kinds = [RosterEventKind.JOINED];
    expect((await list({ kinds })).events.map(said)).toEqual(['JOINED bob b', 'JOINED alice of-alice']);
    expect((await list({ member: 'acme/ops/bob' })).total).toBe(2n);
    expect((await list({ member: 'acme/ops/bob/b' })).total).toBe(2n);
    expect((await list({ member: 'acme/ops/bob/other' })).total).toBe(0n);
    expect((await list({ channel: 'acme/ops/none' })).total).toBe(0n);
    expect((await list({ connection: 'elsewhere' })).total).toBe(0n);
    const [newest, second] = await latest(2);
    expect((await list({ page: { offset: 1n, limit: 1 } })).events[0]?.id).toBe(second?.id);
    expect((await list({ ...(newest?.at && { since: newest.at }), kinds })).total).toBe(0n);
    await expect(list({ kinds: [42 as RosterEventKind] })).rejects.toThrow(/kinds/u);
    const { at } = newest ?? {};
    await expect(
      list({ since: { seconds: 2_000_000_000n, nanos: 0 }, ...(at && { until: at }) }),
    ).rejects.toThrow(/until/u);
  });

  it('goes on after a restart: nothing twice, and the gap is said', async () => {
    const before = await list();
    await harness.console.close();
    now = new Date(now.getTime() + 5 * 60_000);
    told = toldModerator(self);
    told.see(room, { 'acme/ops/alice': { instance: 'of-alice', status: 'online' } });
    await start();
    const { total: after, warnings } = await until(
      () => list(),
      ({ warnings: said }) => said.some(({ text }) => text.includes('to 2027-03-01 10:45:00 UTC')),
    );
    expect(after).toBe(before.total);
    expect(warnings[0]?.text).toContain('node was not watched from 2027-03-01 10:40:00 UTC');
    // Somebody else who came meanwhile is news, as of now.
    told.see(room, {
      'acme/ops/alice': { instance: 'of-alice', status: 'online' },
      'acme/ops/carol': { instance: 'c', status: 'online' },
    });
    const { events } = await total(Number(before.total) + 1);
    expect(events[0] && said(events[0])).toBe('JOINED carol c');
  });

  it('ends with the channel', async () => {
    const plan = await harness.plan('channel.delete', { name: room });
    const { result } = await harness.apply(plan.digest);
    const { events } = await until(
      () => list({ kinds: [RosterEventKind.CHANNEL_DELETED] }),
      (answer) => answer.total === 1n,
    );
    expect(events[0]).toMatchObject({ channel: room, recordId: result.recordId });
  });
});
