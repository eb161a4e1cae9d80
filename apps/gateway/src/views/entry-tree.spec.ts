import { Code } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { type Entry, EntryService, EntryTree, EntryTreeKind, type EntryTreeNode } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let started: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let entries: Client<typeof EntryService>;
let all: Entry[] = [];

async function level(tree: EntryTree, node: string, limit = 1000): Promise<EntryTreeNode[]> {
  const found: EntryTreeNode[] = [];
  for (;;) {
    const page = await entries.listEntryTree({
      tree,
      connection: 'harbor',
      node,
      page: { offset: BigInt(found.length), limit },
    });
    found.push(...page.nodes);
    if (page.nodes.length === 0 || found.length >= Number(page.total)) {
      expect(found).toHaveLength(Number(page.total));
      return found;
    }
  }
}
const make = async (rows: [path: string, parent: string, uid: number][]) => {
  const plan = await harness.plan('entry.create', {
    connection: 'harbor',
    entries: rows.map(([path, parent, uid]) => ({
      spiffe_id: `spiffe://harbor.example${path}`,
      parent_id: `spiffe://harbor.example${parent}`,
      selectors: [`unix:uid:${uid}`],
    })),
  });
  const { result } = await harness.apply(plan.digest);
  expect(result.done).toBe(rows.length);
};

beforeAll(async () => {
  started = await startSpire({ entries: 1200 });
  harness = await startHarness(started.connections);
  entries = harness.client(EntryService);
  await until(
    () => entries.listEntries({ page: { limit: 1 } }),
    ({ all: there, freshness }) =>
      there > 1000n && freshness?.refreshing === false && freshness.asOf !== undefined,
    20_000,
  );
  await make([
    // In the order of the index these are a, a-b, a.c, a/…: one segment each.
    ['/odd/a', '/node/pier-a', 1],
    ['/odd/a-b', '/node/pier-a', 1],
    ['/odd/a-b/deep', '/node/pier-a', 1],
    ['/odd/a.c', '/node/pier-a', 1],
    ['/odd/a/x', '/node/pier-a', 1],
    ['/odd/a/y/z', '/node/pier-a', 1],
    ['/odd/twice', '/node/pier-a', 1],
    ['/odd/twice', '/node/pier-a', 2],
    // Each other's parents, and its own: no root leads to them.
    ['/ring/one', '/ring/two', 1],
    ['/ring/two', '/ring/one', 1],
    ['/ring/self', '/ring/self', 1],
    ['/orphan/child', '/nobody/here', 1],
  ]);
  for (let offset = 0; ; offset += 1000) {
    const page = await entries.listEntries({
      trustDomains: ['harbor.example'],
      page: { offset: BigInt(offset), limit: 1000 },
    });
    all.push(...page.entries);
    if (page.entries.length < 1000) break;
  }
}, 40_000);
afterAll(async () => {
  await harness?.console.close();
  await started?.stop();
});

const pathOf = (entry: Entry): string => entry.spiffeId.slice('spiffe://harbor.example'.length);

describe('the tree by path', () => {
  it('has every segment once with all that is at it and below it, at every level', async () => {
    const expected = (under: string): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const entry of all) {
        const path = pathOf(entry);
        if (!path.startsWith(under)) continue;
        const name = path.slice(under.length).split('/')[0] ?? '';
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return counts;
    };
    const walk = async (node: string): Promise<number> => {
      const nodes = await level(EntryTree.PATH, node, 7);
      const under = node === '' ? '/' : node;
      expect(new Map(nodes.map(({ label, entries: count }) => [label, Number(count)]))).toEqual(
        expected(under),
      );
      let levels = 1;
      for (const one of nodes) if (one.node.endsWith('/') && levels < 40) levels += await walk(one.node);
      return levels;
    };
    expect(await walk('')).toBeGreaterThan(10);
  }, 30_000);

  it('tells a segment that is also an entry once, and opens it', async () => {
    const nodes = await level(EntryTree.PATH, '/odd/');
    expect(
      nodes.map(({ label, node, here, entries: count }) => [label, node, Number(here), Number(count)]),
    ).toEqual([
      ['a', '/odd/a/', 1, 3],
      ['a-b', '/odd/a-b/', 1, 2],
      ['a.c', '', 1, 1],
      ['twice', '/odd/twice', 2, 2],
    ]);
    expect(nodes[0]?.entry?.spiffeId).toBe('spiffe://harbor.example/odd/a');
    expect(nodes[3]?.entry).toBeUndefined();
    const twice = await level(EntryTree.PATH, '/odd/twice');
    expect(twice.map(({ entry }) => entry?.selectors[0]?.value)).toEqual(['uid:1', 'uid:2']);
  });
});

describe('the tree by parent', () => {
  it('leads from its roots to every entry', async () => {
    const met = new Set<string>();
    const open = [''];
    const walked = new Set<string>();
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (walked.has(node)) continue;
      walked.add(node);
      for (const one of await level(EntryTree.PARENT, node, 50)) {
        if (one.entry) met.add(one.entry.id);
        if (one.node) open.push(one.node);
      }
    }
    expect(all.filter(({ id }) => !met.has(id)).map(({ spiffeId }) => spiffeId)).toEqual([]);
  }, 30_000);

  it('begins with the server, its agents, and parents that are nobody', async () => {
    const roots = await level(EntryTree.PARENT, '');
    expect(roots[0]).toMatchObject({
      label: 'spiffe://harbor.example/spire/server',
      kind: EntryTreeKind.SERVER,
    });
    const agents = await harness
      .client(EntryService)
      .listEntryTree({ tree: EntryTree.PARENT, connection: 'harbor' });
    expect(agents.nodes.filter(({ kind }) => kind === EntryTreeKind.AGENT).length).toBeGreaterThan(1);
    expect(agents.nodes.find(({ kind }) => kind === EntryTreeKind.AGENT)?.agent?.id).toMatch(
      /\/spire\/agent\//u,
    );
    expect(roots.find(({ label }) => label.endsWith('/nobody/here'))).toMatchObject({
      kind: EntryTreeKind.MISSING,
      entries: 1n,
    });
  });

  it('shows entries that are each other’s parents, one root for a ring', async () => {
    const rings = (await level(EntryTree.PARENT, '')).filter(({ label }) => label.includes('/ring/'));
    expect(rings.map(({ label }) => label.split('/').at(-1))).toEqual(['one', 'self']);
    expect(rings[0]?.entry?.spiffeId).toBe('spiffe://harbor.example/ring/one');
  });

  it('counts what is directly below', async () => {
    for (const node of (await level(EntryTree.PARENT, '')).slice(0, 10)) {
      const below = all.filter(({ parentId }) => parentId === node.label).length;
      expect(Number(node.entries)).toBe(below);
      expect(node.node).toBe(below > 0 ? node.label : '');
    }
  });
});

describe('what the tree refuses', () => {
  it.each([
    ['a connection that is not there', { tree: EntryTree.PATH, connection: 'nope' }, Code.NotFound],
    ['no connection', { tree: EntryTree.PATH }, Code.InvalidArgument],
    ['no kind of tree', { connection: 'harbor' }, Code.InvalidArgument],
    [
      'a path without a slash',
      { tree: EntryTree.PATH, connection: 'harbor', node: 'odd' },
      Code.InvalidArgument,
    ],
  ])('%s', async (_name, request, code) => {
    await expect(entries.listEntryTree(request)).rejects.toMatchObject({ code });
  });

  it('has an empty level where nothing is', async () => {
    expect(await level(EntryTree.PATH, '/nothing/here/')).toEqual([]);
    expect(await level(EntryTree.PARENT, 'spiffe://harbor.example/nothing')).toEqual([]);
  });
});
