import { Code, ConnectError } from '@connectrpc/connect';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AgentService, ChangeKind, ChangeVerb, HistoryService } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { originOf } from '../history/origin.ts';
import type { Change } from '../inventory/store/changes.ts';
import { startHarness, startSpire } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
const td = 'spiffe://harbor.example';
const changes = (request: object = {}) =>
  harness.client(HistoryService).listChanges({ trustDomains: ['harbor.example'], ...request });

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  await harness.console.ready;
});
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('history', () => {
  it('has what was done from here, with its record and its differences', async () => {
    const { agents } = await harness.client(AgentService).listAgents({ trustDomains: ['harbor.example'] });
    const made = await harness.plan('entry.create', {
      connection: 'harbor',
      entries: [
        { spiffe_id: `${td}/history/one`, parent_id: agents[0]?.id ?? '', selectors: ['unix:uid:4242'] },
      ],
    });
    const { result } = await harness.apply(made.digest);
    const ids = result.inverseInput?.['ids'] as string[];
    const update = await harness.plan('entry.update', {
      connection: 'harbor',
      id: ids[0] ?? '',
      set: { hint: 'new', selectors: ['unix:uid:4242', 'unix:gid:7'] },
    });
    await harness.apply(update.digest);
    const remove = await harness.plan('entry.delete', { connection: 'harbor', ids });
    await harness.apply(remove.digest);
    const listed = await changes({ target: ids[0] });
    expect(listed.changes.map(({ verb }) => verb)).toEqual([
      ChangeVerb.REMOVED,
      ChangeVerb.CHANGED,
      ChangeVerb.ADDED,
    ]);
    expect(listed.total).toBe(3n);
    const [removed, changed, added] = listed.changes;
    expect(changed?.fields.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['Selectors', 'unix:uid:4242', 'unix:gid:7, unix:uid:4242'],
      ['Hint', '', 'new'],
    ]);
    expect(removed?.fields).toContainEqual(
      expect.objectContaining({ field: 'Hint', before: 'new', after: '' }),
    );
    for (const change of [removed, changed, added]) {
      expect(change?.recordId).not.toBe('');
      expect(change?.origin).toMatch(/^Done from here/u);
      expect(change).toMatchObject({ target: `${td}/history/one`, kind: ChangeKind.ENTRY, entryId: ids[0] });
    }
    expect(new Set(listed.changes.map(({ recordId }) => recordId)).size).toBe(3);
    expect((await changes({ target: ids[0], verb: ChangeVerb.CHANGED })).total).toBe(1n);
    expect((await changes({ search: 'HISTORY/ONE' })).total).toBe(3n);
    expect((await changes({ target: ids[0], kind: ChangeKind.AGENT })).total).toBe(0n);
    expect((await changes({ target: ids[0], until: timestampFromMs(Date.now() - 60_000) })).total).toBe(0n);
  });

  it('refuses an end before its beginning, and moments that are none', async () => {
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'ok',
        (error: unknown) => (error instanceof ConnectError ? error.code : error),
      );
    const [early, late] = [timestampFromMs(1_700_000_000_000), timestampFromMs(1_800_000_000_000)];
    expect(await code(changes({ since: late, until: early }))).toBe(Code.InvalidArgument);
    expect(await code(changes({ since: { seconds: -5n, nanos: 0 } }))).toBe(Code.InvalidArgument);
    expect(await code(changes({ search: 'x'.repeat(5000) }))).toBe(Code.InvalidArgument);
  });
});

describe('who made a change', () => {
  const change = (more: Partial<Change> = {}): Change => ({
    seq: 1,
    connection: 'c',
    kind: 'agent',
    verb: 'removed',
    id: `${td}/spire/agent/a`,
    name: `${td}/spire/agent/a`,
    seenAt: 100_000,
    notBefore: 70_000,
    before: undefined,
    after: undefined,
    ...(more as object),
  });
  const record = (more: object = {}) => ({
    record: 'r',
    action: 'agent.evict',
    title: `Evict ${td}/spire/agent/a`,
    detail: '',
    state: 'done',
    from: 80_000,
    to: 80_100,
    ...more,
  });
  it('is this console, when an action at that time names the thing', () => {
    expect(originOf(change(), [record()]).record?.record).toBe('r');
  });
  it.each([
    ['names another', { title: `Evict ${td}/spire/agent/ab` }],
    ['was at another time', { from: 10_000, to: 20_000 }],
    ['was refused', { state: 'refused' }],
    ['is of another kind', { action: 'entry.delete' }],
  ])('is not, when the action %s', (_name, more) => {
    const origin = originOf(change(), [record(more)]);
    expect(origin.record).toBeUndefined();
    expect(origin.text).toMatch(/^Made elsewhere/u);
  });
  it('is this console, when it was written through', () => {
    const through = change({ kind: 'entry', seenAt: 80_050, notBefore: 80_050 } as Partial<Change>);
    expect(
      originOf(through, [record({ action: 'entry.update', title: 'Update 2 entries' })]).record?.record,
    ).toBe('r');
    expect(originOf(through, []).text).toMatch(/^Done from this console/u);
  });
});
