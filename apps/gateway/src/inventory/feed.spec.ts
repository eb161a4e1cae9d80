import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Fault } from '../upstream/fault.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { packRows } from '../upstream/spire/entry-wire.ts';
import type { AgentRow, BundleRow, EntryRow } from '../upstream/spire/rows.ts';
import { Feed } from './feed.ts';
import type { Store } from './store/client.ts';
import { openStore } from './store/open.ts';
import { entryStates, everyEntry } from './store/query.ts';
import type { EntryQuery, StoredEntry } from './store/query.ts';

const at = new Date(1_800_000_000_000);
const agentId = 'spiffe://a.example/spire/agent/one';

const entry = (id: string, more: Partial<EntryRow> = {}): EntryRow => ({
  id,
  spiffeId: `spiffe://a.example/${id}`,
  parentId: agentId,
  selectors: [{ type: 'unix', value: `uid:${id}` }],
  x509SvidTtl: 0,
  jwtSvidTtl: 0,
  federatesWith: [],
  admin: false,
  downstream: false,
  expiresAt: 0n,
  dnsNames: [],
  revisionNumber: 0n,
  storeSvid: false,
  disableX509SvidPrefetch: false,
  jwtSvidIncludeJti: false,
  hint: '',
  createdAt: 1n,
  ...more,
});

const agent: AgentRow = {
  id: agentId,
  attestationType: 'k8s_psat',
  serialNumber: '1',
  expiresAt: 1_900_000_000n,
  banned: false,
  canReattest: true,
  selectors: [{ type: 'k8s_psat', value: 'cluster:pier' }],
  version: '1.15.2',
};

const bundle: BundleRow = {
  trustDomain: 'a.example',
  own: true,
  x509: [],
  jwt: [],
  refreshHint: 0n,
  sequenceNumber: 1n,
  readAt: at,
};

/** A server that answers when it is let, and the feed of it. */
function start(pages: EntryRow[][], answered?: () => Promise<void>) {
  const core = openStore(':memory:');
  const store = new Proxy({} as Store, {
    get: (_target, op) => {
      const operation = new Map<unknown, unknown>(Object.entries(core)).get(op) as (
        ...args: unknown[]
      ) => unknown;
      return (...args: unknown[]) => sleep(0).then(() => operation(...args));
    },
  });
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const asked: string[] = [];
  const answer = async (what: string): Promise<void> => {
    asked.push(what);
    await gates.get(what)?.promise;
  };
  const client = {
    async *packedPages() {
      for (const [index, rows] of pages.entries()) {
        // As it was when it was asked for.
        const packed = packRows(rows);
        await answer(`page ${index}`);
        yield packed;
      }
    },
    async *agentPages() {
      await answer('agents');
      yield [agent];
    },
    federatedBundles: () => Promise.resolve([]),
  };
  const connection = {
    link: { name: 'c', trustDomain: 'a.example', up: true },
    client,
    readOwnBundle: () => Promise.resolve(bundle),
  } as unknown as SpireConnection;
  const quiet = { onEntries: () => {}, onAgents: () => {}, onBundles: () => {} };
  const events = answered ? { ...quiet, answered } : quiet;
  const feed = new Feed(connection, store, events, () => at);
  return {
    core,
    feed,
    hold(what: string): void {
      gates.set(what, Promise.withResolvers());
    },
    letGo: (what: string): void => gates.get(what)?.resolve(),
    fail: (what: string): void => gates.get(what)?.reject(new Fault('denied', 'server')),
    times: (what: string): number => asked.filter((one) => one === what).length,
    asked: (what: string): Promise<void> => until(() => asked.includes(what)),
    ids: (): string[] => list(core).map(({ row }) => row.id),
    total: (): number => core.scanEntries(question).total,
    /** By the database and by the search index, which must say the same. */
    states(): Record<string, number> {
      const byId = (entries: readonly StoredEntry[]) =>
        Object.fromEntries(entries.map(({ row, state }) => [row.id, state]));
      const all = byId(list(core));
      const filtered = Object.values(entryStates).map((state) =>
        byId(core.entries({ ...question, state })?.entries ?? []),
      );
      expect(Object.assign({}, ...filtered)).toEqual(all);
      return all;
    },
    close(): void {
      feed.close();
      core.close();
    },
  };
}

const question: EntryQuery = {
  connections: ['c'],
  ...everyEntry,
  limit: 100,
  now: at.getTime() / 1000,
};

const list = (core: ReturnType<typeof openStore>) => core.scanEntries(question).entries;

async function until(test: () => boolean): Promise<void> {
  for (let round = 0; !test(); round += 1) {
    if (round > 2000) throw new Error('it did not come to that');
    await sleep(1);
  }
}

describe('a reading', () => {
  it('takes the first page that was asked for while the store opened, once', async () => {
    const { feed, ids, times } = start([[entry('a')], [entry('b')]]);
    feed.prepare();
    feed.prepare();
    await feed.refresh();
    expect(ids()).toEqual(['a', 'b']);
    expect(times('page 0')).toBe(1);
    await feed.refresh();
    expect(times('page 0')).toBe(2);
    feed.close();
  });

  it('asks for the first page in its turn when it could not be read ahead', async () => {
    const { feed, ids, hold, fail, asked, letGo } = start([[entry('a')]]);
    hold('page 0');
    feed.prepare();
    await asked('page 0');
    fail('page 0');
    await sleep(0);
    hold('page 0');
    const reading = feed.refresh();
    letGo('page 0');
    await reading;
    expect(ids()).toEqual(['a']);
    expect(feed.state.stale).toBe('');
    feed.close();
  });

  it('forgets what was read ahead when its server goes before the reading begins', async () => {
    const { feed, times } = start([[entry('a')]]);
    feed.prepare();
    feed.down('It is gone.');
    await feed.refresh();
    expect(times('page 0')).toBe(2);
    feed.close();
  });

  it('leaves what was read ahead when a copy is kept: it may be older than that', async () => {
    const { feed, times } = start([[entry('a')]]);
    feed.prepare();
    feed.restore(at.getTime(), 1);
    await feed.refresh();
    expect(times('page 0')).toBe(2);
    feed.close();
  });

  it('does not bring back what was deleted while its first page was under way', async () => {
    for (const readBefore of [false, true]) {
      const server = start([[entry('e1'), entry('e2')]]);
      if (readBefore) await server.feed.refresh();
      server.hold('page 0');
      const reading = server.feed.refresh();
      await server.asked('page 0');
      await sleep(5);
      // The server has the request and may have read its table already when the action comes to it.
      server.core.remove('c', ['e1'], at.getTime());
      server.letGo('page 0');
      await reading;
      expect(server.ids()).toEqual(['e2']);
      server.close();
    }
  });

  it('does not undo what was changed or made while its first page was under way', async () => {
    const server = start([[entry('e1'), entry('e2')]]);
    await server.feed.refresh();
    server.hold('page 0');
    const reading = server.feed.refresh();
    await sleep(5);
    server.core.upsert('c', [entry('e1', { hint: 'ours' }), entry('e3')], at.getTime());
    server.letGo('page 0');
    await reading;
    expect(list(server.core).map(({ row }) => [row.id, row.hint])).toEqual([
      ['e1', 'ours'],
      ['e2', ''],
      ['e3', ''],
    ]);
    server.close();
  });
});

describe('a first reading', () => {
  it('shows its first rows before the agents are read, in no known state', async () => {
    const server = start([[entry('e1')], [entry('e2', { parentId: 'spiffe://a.example/spire/agent/two' })]]);
    server.hold('agents');
    const reading = server.feed.refresh();
    await server.feed.firstPage;
    expect(server.states()).toEqual({ e1: entryStates.unknown });
    await server.asked('agents');
    expect(server.feed.state.refreshing).toBe(true);
    server.letGo('agents');
    await reading;
    expect(server.states()).toEqual({ e1: entryStates.served, e2: entryStates.noAgent });
    expect(server.feed.state).toMatchObject({ refreshing: false, stale: '' });
    server.close();
  });

  it('asks for more of a large server when lists of its first rows are answered, and of a small one at once', async () => {
    const listed = Promise.withResolvers<void>();
    let waited = 0;
    const answered = (): Promise<void> => {
      waited += 1;
      return listed.promise;
    };
    const rows = (n: number, from: number) =>
      Array.from({ length: n }, (_none, at) => entry(`e${String(from + at).padStart(4, '0')}`));
    const large = start([rows(200, 0), rows(3, 200)], answered);
    large.hold('page 1');
    const reading = large.feed.refresh();
    await until(() => waited === 1);
    await sleep(20);
    expect(large.total()).toBe(200);
    await expect(
      Promise.race([large.asked('page 1').then(() => 'asked'), sleep(50).then(() => 'not')]),
    ).resolves.toBe('not');
    listed.resolve();
    large.letGo('page 1');
    await reading;
    expect(large.total()).toBe(203);

    const small = start([rows(3, 0)], answered);
    await small.feed.refresh();
    expect(waited).toBe(1);
    // Once: a later reading shows nothing for the first time.
    await large.feed.refresh();
    expect(waited).toBe(1);
  });

  it('says of no entry that nothing serves it while the alias it is reached through may be still to come', async () => {
    const alias = 'spiffe://a.example/nodes/pier';
    const server = start([
      [entry('e1', { parentId: alias }), entry('e2')],
      [
        entry('alias', {
          spiffeId: alias,
          parentId: 'spiffe://a.example/spire/server',
          selectors: [{ type: 'k8s_psat', value: 'cluster:pier' }],
        }),
      ],
    ]);
    server.hold('page 1');
    const reading = server.feed.refresh();
    await until(() => server.states()['e2'] === entryStates.served);
    expect(server.states()['e1']).toBe(entryStates.unknown);
    server.letGo('page 1');
    await reading;
    expect(server.states()).toEqual({
      e1: entryStates.served,
      e2: entryStates.served,
      alias: entryStates.nodeAlias,
    });
    server.close();
  });

  it('ends when the agents cannot be read, and says so; what came stays in no known state', async () => {
    const server = start([[entry('e1')], [entry('e2')]]);
    server.hold('agents');
    server.hold('page 1');
    const reading = server.feed.refresh();
    await server.asked('agents');
    server.fail('agents');
    await sleep(2);
    server.letGo('page 1');
    await reading;
    expect(server.feed.state.refreshing).toBe(false);
    expect(server.feed.state.stale).not.toBe('');
    expect(server.states()).toEqual({ e1: entryStates.unknown });
    server.close();
  });
});
