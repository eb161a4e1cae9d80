import type { JsonObject } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { ActionService, ItemOutcome } from '@muster/api';
import { startStore } from '../inventory/store/client.ts';
import { getRecord } from './records.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const td = 'harbor.example';
let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;

beforeAll(async () => {
  spire = await startSpire({ entries: 20 });
  harness = await startHarness(spire.connections.filter(({ kind }) => kind === 'spire-server'));
  await harness.console.ready;
  await until(
    () => harness.entries.listEntries({}),
    ({ total, freshness }) => total > 0n && freshness?.refreshing === false,
  );
});
afterEach(() => void (harness.caller.role = 'administrator'));
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

const entry = (name: string, more: JsonObject = {}): JsonObject => ({
  spiffe_id: `spiffe://${td}/undo/${name}`,
  parent_id: `spiffe://${td}/spire/server`,
  selectors: [`unix:user:${name}`],
  ...more,
});
const act = async (action: string, input: JsonObject) => {
  const { digest } = await harness.plan(action, input);
  return { digest, ...(await harness.apply(digest)) };
};
const read = (id: string) => harness.client(ActionService).getRecord({ id });
const undo = async (id: string) => {
  const { record, inverseInput } = await read(id);
  return act(record?.inverse ?? '', inverseInput ?? {});
};
const total = async (search: string) => (await harness.entries.listEntries({ search })).total;

describe('a record of what was under way when the gateway was killed', () => {
  it('says so, and is undone as far as is known', async () => {
    const store = startStore(undefined);
    const line = { at: 1, title: '', session: '', client: '', role: 'moderator', detail: '', digest: '' };
    const started = (record: string) =>
      store.appendAudit({ ...line, record, action: 'member.invite', state: 'started' });
    await started('cut');
    await started('early');
    const input = { connection: 'node', channel: 'a/b/c', members: ['a/b/x'] };
    await store.noteUndo({
      record: 'cut',
      at: 2,
      asked: 'x',
      inverse: { action: 'member.remove', digest: 'y', input: JSON.stringify(input) },
    });
    const told = async (id: string, underWay = false) => getRecord(store, () => underWay, id);
    expect(await told('cut')).toMatchObject({
      record: { state: 'interrupted', inverse: 'member.remove', undoProblem: '' },
      inverseInput: input,
    });
    expect((await told('early')).record).toMatchObject({
      state: 'interrupted',
      undoProblem: 'Its result was not kept: what there is to undo is not known.',
    });
    expect((await told('cut', true)).record).toMatchObject({
      state: 'started',
      undoProblem: 'It is being applied.',
    });
    await store.close();
  });
});

describe('a record', () => {
  it('is undone by what it keeps, and then names the record that did it', async () => {
    const made = await act('entry.create', { entries: [entry('one'), entry('two')] });
    const { recordId, inverse, inverseInput } = made.result;
    const before = await read(recordId);
    expect(before.record).toMatchObject({ inverse, undoProblem: '', undoneBy: '', digest: made.digest });
    expect(before.inverseInput).toEqual(inverseInput);
    const back = await undo(recordId);
    expect(await total('/undo/')).toBe(0n);
    const after = await read(recordId);
    expect(after.record).toMatchObject({
      inverse: '',
      undoProblem: 'It was undone already.',
      undoneBy: back.result.recordId,
    });
    expect(after.inverseInput).toBeUndefined();
    // The undo is a change like any other, and can be undone.
    await undo(back.result.recordId);
    expect(await total('/undo/')).toBe(2n);
    const [listed] = (await harness.actions.listRecords({ page: { offset: 1n, limit: 1 } })).records;
    expect(listed).toMatchObject({ id: back.result.recordId, undoProblem: 'It was undone already.' });
    for (const one of (await harness.entries.listEntries({ search: '/undo/' })).entries)
      await act('entry.delete', { ids: [one.id] });
  });

  it('stays possible to undo after an undo of which a part was refused', async () => {
    const made = await act('entry.create', { entries: [entry('first'), entry('second')] });
    const { recordId } = (await act('entry.delete', { ids: made.items.map(({ id }) => id) })).result;
    const { record, inverseInput } = await read(recordId);
    const { digest } = await harness.plan(record?.inverse ?? '', inverseInput ?? {});
    // Made by another hand between the plan and its application.
    await act('entry.create', { entries: [entry('first')] });
    const { items } = await harness.apply(digest);
    expect(items.map(({ outcome }) => outcome).toSorted()).toEqual([ItemOutcome.DONE, ItemOutcome.REFUSED]);
    const after = await read(recordId);
    expect(after.record?.undoneBy).not.toBe('');
    expect(after.record).toMatchObject({ inverse: 'entry.create', undoProblem: '' });
    expect(after.inverseInput).toEqual(inverseInput);
    for (const one of (await harness.entries.listEntries({ search: '/undo/' })).entries)
      await act('entry.delete', { ids: [one.id] });
  });

  it('S-29: of an undo that nothing came of changes nothing of the other record', async () => {
    const made = await act('logger.level', { connection: 'harbor', level: 'debug' });
    const { record, inverseInput } = await read(made.result.recordId);
    const { digest } = await harness.plan(record?.inverse ?? '', inverseInput ?? {});
    harness.caller.role = 'viewer';
    const refused = await harness.apply(digest).catch((error: ConnectError) => error.code);
    harness.caller.role = 'administrator';
    expect(refused).toBe(Code.PermissionDenied);
    expect((await read(made.result.recordId)).record).toMatchObject({ undoneBy: '', undoProblem: '' });
    const [latest] = (await harness.actions.listRecords({ page: { limit: 1 } })).records;
    expect(latest).toMatchObject({ state: 'refused', inverse: '' });
    expect(latest?.undoProblem).toMatch(/Nothing was changed/u);
    await undo(made.result.recordId);
  });

  it('that has no inverse says so, and one that is not there is not found', async () => {
    const made = await act('agent.joinToken', { connection: 'harbor' });
    const { record, inverseInput } = await read(made.result.recordId);
    expect(record).toMatchObject({ inverse: '', undoProblem: 'This kind of change has no inverse.' });
    expect(inverseInput).toBeUndefined();
    for (const id of ['', 'nobody', 'x'.repeat(5000), '__proto__'])
      await expect(read(id)).rejects.toMatchObject({ code: Code.NotFound });
  });

  it('S-14: keeps no secret that the change made', async () => {
    const token = await act('agent.joinToken', {
      connection: 'harbor',
      spiffeId: `spiffe://${td}/undo/node`,
    });
    const jwt = await act('svid.mintJwt', {
      connection: 'harbor',
      spiffeId: `spiffe://${td}/undo/job`,
      audience: ['spec'],
    });
    const secrets = [...token.items, ...jwt.items].map(({ secret }) => secret).filter(Boolean);
    expect(secrets).toHaveLength(2);
    for (const { result } of [token, jwt]) {
      const answer = JSON.stringify(await read(result.recordId), (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      for (const secret of secrets) expect(answer).not.toContain(secret);
    }
  });
});
