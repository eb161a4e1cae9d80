import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, ItemResultSchema } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { describe, expect, it, vi } from 'vitest';
import type { AuditLine } from '../audit/chain.ts';
import type { Caller } from '../caller.ts';
import { canonicalJson, digestOf } from './digest.ts';
import { Engine } from './engine.ts';
import type { EngineOptions } from './engine.ts';
import { Keep } from './keep.ts';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import { join } from 'node:path';

const sent = vi.fn<() => void>();
let check = '';

vi.mock('./registry.ts', async (original) => {
  const real = await original<typeof import('./registry.ts')>();
  return {
    ...real,
    findAction: (name: string) =>
      name === 'spec'
        ? {
            name: 'spec',
            title: 'Spec',
            role: 'viewer',
            inverse: 'unspec',
            inputSchema: { type: 'object' },
            plan: async ({ several }: { several?: boolean }) => ({
              title: 'Spec',
              target: { connection: 'c', trustDomain: '', fingerprints: [] },
              changes: (several ? ['x', 'y', 'z'] : ['x']).map((target) => ({
                target,
                verb: 'create',
                kind: 'thing',
              })),
              effects: [],
              warnings: [],
              commands: [],
              destructive: false,
              before: null,
              check: async () => check,
              async *apply() {
                sent();
                for (const target of several ? ['x', 'y', 'z'] : ['x']) {
                  yield create(ItemResultSchema, { target, outcome: ItemOutcome.DONE });
                  await new Promise((resolve) => setTimeout(resolve, several ? 20 : 0));
                }
              },
              inverseInput: (results: readonly ItemResult[]) =>
                several ? { names: results.map(({ target }) => target) } : undefined,
            }),
          }
        : real.findAction(name),
  };
});

const caller: Caller = { session: 's', client: 'cli', role: 'administrator' };
const key = (digit: string): string => digit.repeat(32);

function engine(
  record: (line: AuditLine) => Promise<void>,
  now: () => Date = () => new Date(),
  noteUndo: EngineOptions['noteUndo'] = async () => {},
): Engine {
  return new Engine({ record, noteUndo, onRecord: () => {}, now } as unknown as EngineOptions);
}

async function drain(made: Engine, digest: string, with_: string): Promise<ConnectError | undefined> {
  try {
    for await (const _one of made.apply(digest, with_, caller));
    return undefined;
  } catch (error) {
    return error as ConnectError;
  }
}

describe('the engine', () => {
  it('S-29: sends nothing when the record cannot be written', async () => {
    sent.mockClear();
    const made = engine(() => Promise.reject(new Error('disk full')));
    const { digest } = await made.plan('spec', {});
    const error = await drain(made, digest, key('a'));
    expect(error?.code).toBe(Code.FailedPrecondition);
    expect(error?.rawMessage).toMatch(/could not be written, so nothing was sent/u);
    expect(sent).not.toHaveBeenCalled();
  });

  it('S-29: has the record on disk before it sends, and the outcome after', async () => {
    const order: string[] = [];
    sent.mockImplementation(() => void order.push('sent'));
    const made = engine(async (line) => {
      order.push(line.state);
    });
    const { digest } = await made.plan('spec', {});
    expect(await drain(made, digest, key('b'))).toBeUndefined();
    expect(order).toEqual(['started', 'sent', 'done']);
    sent.mockReset();
  });

  it('records a refusal for what changed, and sends nothing', async () => {
    const states: string[] = [];
    const made = engine(async ({ state }) => void states.push(state));
    const { digest } = await made.plan('spec', {});
    check = 'it moved';
    const error = await drain(made, digest, key('c'));
    check = '';
    expect(error?.rawMessage).toMatch(/changed since it was planned: it moved/u);
    expect(states).toEqual(['refused']);
    expect(sent).not.toHaveBeenCalled();
    // The same key is answered alike.
    expect((await drain(made, digest, key('c')))?.rawMessage).toBe(error?.rawMessage);
  });

  it('S-28: carries the same plan out once at a time, even when it is made again meanwhile', async () => {
    sent.mockClear();
    check = '';
    const disk = Promise.withResolvers<void>();
    const made = engine(() => disk.promise);
    const { digest } = await made.plan('spec', {});
    const first = drain(made, digest, key('a'));
    expect((await made.plan('spec', {})).digest).toBe(digest);
    expect((await drain(made, digest, key('b')))?.rawMessage).toMatch(/is being applied right now/u);
    disk.resolve();
    expect(await first).toBeUndefined();
    expect(sent).toHaveBeenCalledTimes(1);
    expect((await drain(made, digest, key('c')))?.rawMessage).toMatch(/was applied already/u);
    await made.plan('spec', {});
    expect(await drain(made, digest, key('d'))).toBeUndefined();
    expect(sent).toHaveBeenCalledTimes(2);
  });

  it('stops between two items: the one under way is finished, the rest skipped, for who may apply it only', async () => {
    const made = engine(async () => {});
    const { digest, stoppable } = await made.plan('spec', { several: true });
    expect(stoppable).toBe(true);
    const outcomes: string[] = [];
    for await (const { item } of made.apply(digest, key('7'), caller)) {
      if (!item) continue;
      outcomes.push(`${item.target} ${ItemOutcome[item.outcome]}`);
      if (item.target === 'x') made.stop(key('7'), caller);
    }
    // The second was under way when the first was told of.
    expect(outcomes).toEqual(['x DONE', 'y DONE', 'z SKIPPED']);
    expect(() => made.stop(key('8'), caller)).toThrow(/Nothing is applied/u);
    // Over: it stays as it was.
    made.stop(key('7'), caller);
  });

  it('notes what undoes it while it goes on: a gateway that is killed knows it afterwards', async () => {
    const order: string[] = [];
    let made: Engine | undefined;
    made = engine(
      async ({ record, state }) => void order.push(`${state} ${made?.isUnderWay(record)}`),
      undefined,
      async ({ inverse, record }) => void order.push(`${inverse?.input} ${made?.isUnderWay(record)}`),
    );
    const { digest } = await made.plan('spec', { several: true });
    const records: string[] = [];
    for await (const { result } of made.apply(digest, key('9'), caller))
      if (result) records.push(result.recordId);
    expect(order).toEqual([
      'started true',
      '{"names":["x"]} true',
      '{"names":["x","y","z"]} true',
      'done true',
    ]);
    expect(made.isUnderWay(records[0] ?? '')).toBe(false);
  });

  it('forgets plans after ten minutes', async () => {
    let now = new Date('2027-01-01T00:00:00Z');
    const made = engine(
      async () => {},
      () => now,
    );
    const { digest, expiresAt } = await made.plan('spec', {});
    expect(expiresAt?.seconds).toBe(BigInt(now.getTime() / 1000 + 600));
    now = new Date('2027-01-01T00:10:00Z');
    expect((await drain(made, digest, key('d')))?.code).toBe(Code.FailedPrecondition);
  });

  it('names an action that does not exist', async () => {
    await expect(engine(async () => {}).plan('__proto__', {})).rejects.toThrow(/no such action/u);
  });

  it('digests by content, whatever the order of keys; int64 as text', () => {
    expect(canonicalJson({ b: 1, a: [2n, null, undefined], c: undefined })).toBe(
      '{"a":["2",null,null],"b":1}',
    );
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }));
  });

  it('keeps the newest few', () => {
    const keep = new Keep<number>(2);
    for (const name of ['a', 'b', 'a', 'c']) keep.set(name, 1);
    expect([keep.get('a'), keep.get('b'), keep.get('c')]).toEqual([1, undefined, 1]);
  });
});

describe('S-27: a plan is bound to the server it was made for', () => {
  it('is refused when another server answers at the address', async () => {
    const first = await startSpire({ entries: 10 });
    const second = await startSpire({ entries: 10 });
    const directory = temporaryDirectory();
    const path = join(directory, 'p.sock');
    const proxy = await startCutProxy(path, first.spire.trustDomains[0]?.serverSocket ?? '');
    const harness = await startHarness([{ name: 'one', kind: 'spire-server', address: `unix://${path}` }]);
    await harness.console.ready;
    const input = {
      spiffe_id: 'spiffe://harbor.example/x',
      parent_id: 'spiffe://harbor.example/spire/server',
      selectors: ['a:b'],
    };
    const plan = await harness.plan('entry.create', { entries: [input] });
    await proxy.close();
    // The same trust domain name, other authorities: staging behind the path of production.
    const other = await startCutProxy(path, second.spire.trustDomains[0]?.serverSocket ?? '');
    // That the first is gone is found by the first call; nothing was sent, so the plan may be tried again.
    const error = await until(
      () =>
        harness.apply(plan.digest).then(
          () => undefined,
          (reason: unknown) => reason as ConnectError,
        ),
      (one) => one?.code !== Code.Unavailable,
    );
    expect(error?.code).toBe(Code.FailedPrecondition);
    expect(error?.rawMessage).toMatch(/another server, with other authorities/u);
    await harness.console.close();
    await other.close();
    await first.stop();
    await second.stop();
  }, 20_000);
});
