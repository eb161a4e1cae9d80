import { ActionService, ConnectionState, ItemOutcome, type ItemResult } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcess, resumeProcess } from '../restart.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

let real: RealConsole;
let parent: string;
const td = 'org-a.test';
const connection = 'org-a';

interface Shown {
  entries: {
    id: string;
    spiffe_id: { path: string };
    x509_svid_ttl: number;
    hint: string;
    parent_id: { path: string };
  }[];
}
/** What spire-server itself shows of the entries under a path. */
const shown = async (path: string, org: 'orgA' | 'orgB' = 'orgA') => {
  const { entries } = JSON.parse(await real.spireServer(['entry', 'show', '-output', 'json'], org)) as Shown;
  return entries.filter((entry) => entry.spiffe_id.path.startsWith(path));
};
const numbers = (rows: number) => Array.from({ length: rows }, (_one, n) => n);

const formats = {
  csv: (names: readonly number[], path: string, ttl: number) =>
    [
      'spiffe_id,parent_id,selectors,x509_svid_ttl',
      ...names.map((n) => `spiffe://${td}${path}/${n},${parent},unix:uid:${n};unix:gid:1,${ttl}`),
    ].join('\n'),
  yaml: (names: readonly number[], path: string, ttl: number) =>
    `entries:\n${names.map((n) => `  - spiffe_id: spiffe://${td}${path}/${n}\n    parent_id: ${parent}\n    selectors: ["unix:uid:${n}", "unix:gid:1"]\n    x509_svid_ttl: ${ttl}\n`).join('')}`,
  json: (names: readonly number[], path: string, ttl: number) =>
    JSON.stringify(
      names.map((n) => ({
        spiffe_id: `spiffe://${td}${path}/${n}`,
        parent_id: parent,
        selectors: [`unix:uid:${n}`, 'unix:gid:1'],
        x509_svid_ttl: ttl,
      })),
    ),
  'spire-data': (names: readonly number[], path: string, ttl: number) =>
    JSON.stringify({
      entries: names.map((n) => ({
        spiffe_id: `spiffe://${td}${path}/${n}`,
        parent_id: parent,
        selectors: [
          { type: 'unix', value: `uid:${n}` },
          { type: 'unix', value: 'gid:1' },
        ],
        x509_svid_ttl: ttl,
      })),
    }),
} as const;

beforeAll(async () => {
  real = await openRealConsole();
  const { agents } = JSON.parse(await real.spireServer(['agent', 'list', '-output', 'json'])) as {
    agents: { id: { trust_domain: string; path: string } }[];
  };
  parent = `spiffe://${td}${agents[0]?.id.path ?? ''}`;
});
afterAll(async () => {
  await real.close();
});

describe('entry.import on a real server', () => {
  // More than one batch once: a real server takes its time for each row, and the formats differ in their reading only.
  it.each<[number, keyof typeof formats]>([
    [250, 'csv'],
    [12, 'yaml'],
    [12, 'json'],
    [12, 'spire-data'],
  ])(
    'imports %i rows of %s, updates them, finds them unchanged, and takes all back',
    async (total, format) => {
      const path = `/imp-${format}`;
      const names = numbers(total);
      const text = (ttl: number) => formats[format](names, path, ttl);
      const made = await real.act('entry.import', { connection, format, text: text(60) });
      expect(made.result.done).toBe(total);
      expect((await shown(path)).map(({ x509_svid_ttl }) => x509_svid_ttl)).toEqual(names.map(() => 60));

      const changed = await real.act('entry.import', { connection, text: text(90) });
      expect(changed.plan.title).toBe(`Change ${total} entries`);
      expect(changed.plan.changes[0]?.fields.map(({ before, after }) => [before, after])).toEqual([
        ['60 s', '90 s'],
      ]);
      const now = await shown(path);
      expect([now.length, new Set(now.map(({ x509_svid_ttl }) => x509_svid_ttl))]).toEqual([
        total,
        new Set([90]),
      ]);

      const again = await real.plan('entry.import', { connection, text: text(90) });
      expect(again.title).toBe(`Nothing to change: ${total} entries are as the file says`);

      expect(changed.result.inverse).toBe('entry.restore');
      await real.act(changed.result.inverse, changed.result.inverseInput ?? {});
      expect(new Set((await shown(path)).map(({ x509_svid_ttl }) => x509_svid_ttl))).toEqual(new Set([60]));
      await real.act(made.result.inverse, made.result.inverseInput ?? {});
      expect(await shown(path)).toEqual([]);
    },
    120_000,
  );

  it('goes on after entries that spire-server made meanwhile: the same one is done, another one is refused', async () => {
    const text = [
      'spiffe_id,parent_id,selectors,hint',
      ...['same', 'differs', 'new'].map((name) => `spiffe://${td}/race/${name},${parent},unix:uid:7,`),
    ].join('\n');
    const plan = await real.plan('entry.import', { connection, text });
    const create = (name: string, ...more: string[]) =>
      real.spireServer([
        'entry',
        'create',
        '-spiffeID',
        `spiffe://${td}/race/${name}`,
        '-parentID',
        parent,
        '-selector',
        'unix:uid:7',
        ...more,
      ]);
    await create('same');
    await create('differs', '-hint', 'theirs');
    await expect(real.applyDigest(plan.digest)).rejects.toThrow(/differs: REFUSED .*differs in Hint/u);
    const entries = await shown('/race/');
    expect(entries.map(({ spiffe_id, hint }) => [spiffe_id.path, hint]).toSorted()).toEqual([
      ['/race/differs', 'theirs'],
      ['/race/new', ''],
      ['/race/same', ''],
    ]);
    for (const { id } of entries) await real.spireServer(['entry', 'delete', '-entryID', id]);
  });

  it('changes nothing when one row is wrong', async () => {
    const text = [
      'spiffe_id,parent_id,selectors,federates_with',
      `spiffe://${td}/wrong/a,${parent},unix:uid:1,`,
      `spiffe://${td}/wrong/b,${parent},unix:uid:1,nobody.test`,
    ].join('\n');
    await expect(real.plan('entry.import', { connection, text })).rejects.toThrow(
      /line 3, federates_with\[0\]: the server has no bundle of nobody\.test/u,
    );
    expect(await shown('/wrong/')).toEqual([]);
  });
});

/** Applies a plan and says what came of each row; `at` is called once, as that many rows are done. */
async function followed(digest: string, after = 0, at: () => Promise<void> = async () => {}) {
  const items: ItemResult[] = [];
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  let called: Promise<void> | undefined;
  let inverse: { action: string; input: Parameters<RealConsole['act']>[1] } | undefined;
  for await (const { item, result } of real.client(ActionService).apply({ digest, idempotencyKey })) {
    if (item) items.push(item);
    if (after > 0 && items.length >= after) called ??= at();
    if (result?.inverseInput) inverse = { action: result.inverse, input: result.inverseInput };
  }
  await called;
  const of = (outcome: ItemOutcome) => items.filter((item) => item.outcome === outcome).length;
  return { items, inverse, done: of(ItemOutcome.DONE), unknown: of(ItemOutcome.UNKNOWN), called };
}

describe('S-28: a SPIRE server that is killed in the middle of an import', () => {
  const dir = () => real.stack.dir;
  const back = async () => {
    await resumeProcess(dir(), 'server-a');
    await eventually(60, async () => {
      const { connections } = await real.connections.listConnections({});
      return connections.find(({ name }) => name === connection)?.state === ConnectionState.READY;
    });
  };
  /** Each row is there once, exactly as the file has it: neither lost nor twice. */
  const expectWhole = async (path: string, total: number) => {
    const entries = await shown(path);
    expect(entries.map((entry) => entry.spiffe_id.path).toSorted()).toEqual(
      numbers(total)
        .map((n) => `${path}/${n}`)
        .toSorted(),
    );
    expect(new Set(entries.map(({ id }) => id)).size).toBe(total);
    expect(new Set(entries.map((entry) => entry.x509_svid_ttl))).toEqual(new Set([60]));
  };

  it('and stays away leaves what is not known; the same plan applied again does the rest and nothing twice', async () => {
    const [path, total] = ['/killed', 900];
    const plan = await real.plan('entry.import', {
      connection,
      text: formats['spire-data'](numbers(total), path, 60),
    });
    const first = await followed(plan.digest, 200, () => endProcess(dir(), 'server-a'));
    try {
      expect(first.called).toBeDefined();
      expect(first.items).toHaveLength(total);
      expect(first.done).toBeGreaterThanOrEqual(200);
      expect(first.unknown).toBeGreaterThan(0);
      expect(first.done + first.unknown).toBeLessThan(total);
    } finally {
      await back();
    }
    // The server kept at least what it had confirmed.
    const kept = await shown(path);
    const confirmed = first.items.filter(({ outcome }) => outcome === ItemOutcome.DONE);
    const there = new Set(kept.map(({ spiffe_id }) => `spiffe://${td}${spiffe_id.path}`));
    expect(confirmed.filter(({ target }) => !there.has(target))).toEqual([]);
    expect(kept.length).toBeLessThan(total);

    const second = await followed(plan.digest);
    expect(second.done).toBe(total);
    await expectWhole(path, total);
    // What the first application made is undone with the rest.
    await real.act(second.inverse?.action ?? '', second.inverse?.input ?? {});
    expect(await shown(path)).toEqual([]);
  }, 240_000);

  it('and comes back soon is waited for: one application does it all', async () => {
    const [path, total] = ['/killed-soon', 600];
    const plan = await real.plan('entry.import', {
      connection,
      text: formats['spire-data'](numbers(total), path, 60),
    });
    const { items, done, called, inverse } = await followed(plan.digest, 200, async () => {
      await endProcess(dir(), 'server-a');
      await back();
    });
    expect(called).toBeDefined();
    expect(items.filter(({ outcome }) => outcome !== ItemOutcome.DONE)).toEqual([]);
    expect(done).toBe(total);
    await expectWhole(path, total);
    await real.act(inverse?.action ?? '', inverse?.input ?? {});
    expect(await shown(path)).toEqual([]);
  }, 240_000);
});

describe('entry.clone on real servers', () => {
  it('makes one entry for each parent, and goes to the other organisation', async () => {
    const made = await real.act('entry.create', {
      connection,
      entries: [
        {
          spiffe_id: `spiffe://${td}/clone/HOST/job`,
          parent_id: parent,
          selectors: ['docker:label:app:job'],
        },
      ],
    });
    const hosts = ['one', 'two', 'three'].map((name) => `spiffe://${td}/host/${name}`);
    const cloned = await real.act('entry.clone', {
      connection,
      ids: made.ids,
      parents: hosts,
      replace: [{ find: 'HOST', with: '{parent}' }],
    });
    expect(
      (await shown('/clone/')).map((entry) => [entry.spiffe_id.path, entry.parent_id.path]).toSorted(),
    ).toEqual([
      ['/clone/HOST/job', parent.slice(`spiffe://${td}`.length)],
      ['/clone/one/job', '/host/one'],
      ['/clone/three/job', '/host/three'],
      ['/clone/two/job', '/host/two'],
    ]);
    const over = await real.act('entry.clone', {
      connection,
      ids: made.ids,
      to: 'org-b',
      parents: ['spiffe://org-b.test/host/b'],
    });
    expect((await shown('/clone/', 'orgB')).map((entry) => entry.parent_id.path)).toEqual(['/host/b']);
    for (const { result } of [over, cloned, made]) await real.act(result.inverse, result.inverseInput ?? {});
    expect(await shown('/clone/')).toEqual([]);
    expect(await shown('/clone/', 'orgB')).toEqual([]);
  });
});
