import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionState, TrustDomainService } from '@muster/api';
import { judge } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcess, resumeProcess } from '../start.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

let real: RealConsole;
beforeAll(async () => {
  real = await openRealConsole();
});
afterAll(() => real.close());

const entry = (path: string) => ({
  spiffe_id: `spiffe://org-a.test${path}`,
  parent_id: real.stack.orgA.nodeId,
  selectors: ['unix:uid:4242'],
  x509_svid_ttl: 600,
  hint: 'real',
});

const find = async (search: string) => {
  const { entries } = await real.entries.listEntries({ search });
  return entries.filter((e) => e.spiffeId.endsWith(search));
};

describe('registration entries of a real SPIRE server', () => {
  it('are listed, all that spire-server shows', async () => {
    const shown = JSON.parse(await real.spireServer(['entry', 'show', '-output', 'json'])) as {
      entries: { id: string }[];
    };
    const listed = await eventually(40, async () => {
      const { entries } = await real.entries.listEntries({
        trustDomains: ['org-a.test'],
        page: { limit: 1000 },
      });
      return entries.length === shown.entries.length && entries;
    });
    expect(new Set(listed.map((e) => e.id))).toEqual(new Set(shown.entries.map((e) => e.id)));
  });

  it('are created, changed and deleted, as spire-server sees it', async () => {
    const created = await real.act('entry.create', { entries: [entry('/real/made')] });
    const id = created.ids[0] ?? '';
    const show = async () =>
      JSON.parse(await real.spireServer(['entry', 'show', '-entryID', id, '-output', 'json'])) as {
        entries?: { x509_svid_ttl: number; hint: string; revision_number: string }[];
      };
    const attributes = (disable_x509_svid_prefetch: boolean, jwt_svid_include_jti: boolean) => ({
      additional_attributes: { disable_x509_svid_prefetch, jwt_svid_include_jti },
    });
    expect((await show()).entries?.[0]).toMatchObject({
      x509_svid_ttl: 600,
      hint: 'real',
      revision_number: '0',
    });
    expect(await find('/real/made')).toHaveLength(1);

    const updated = await real.act('entry.update', { id, set: { x509_svid_ttl: 1200 } });
    expect(updated.plan.changes[0]?.fields).toMatchObject([
      { before: expect.stringMatching(/600|10/), after: expect.stringMatching(/1200|20/) },
    ]);
    expect((await show()).entries?.[0]).toMatchObject({
      x509_svid_ttl: 1200,
      hint: 'real',
      revision_number: '1',
    });

    await real.act('entry.update', { id, set: { disable_x509_svid_prefetch: true } });
    await real.act('entry.update', { id, set: { jwt_svid_include_jti: true } });
    expect((await show()).entries?.[0]).toMatchObject(attributes(true, true));
    // The server takes them as one message: the other one stays.
    await real.act('entry.update', { id, set: { disable_x509_svid_prefetch: false } });
    expect((await show()).entries?.[0]).toMatchObject({ hint: 'real', ...attributes(false, true) });
    expect((await find('/real/made'))[0]).toMatchObject({
      disableX509SvidPrefetch: false,
      jwtSvidIncludeJti: true,
    });

    const deleted = await real.act('entry.delete', { ids: [id] });
    expect(deleted.plan.destructive).toBe(true);
    await expect(show()).rejects.toThrow(/entry not found/);
    expect(await find('/real/made')).toEqual([]);
  });

  it('show a command that makes the same entry', async () => {
    const { commands } = await real.plan('entry.create', {
      entries: [
        { ...entry('/real/by-command'), disable_x509_svid_prefetch: true, jwt_svid_include_jti: true },
      ],
    });
    const line = commands[0]?.line ?? '';
    expect(line).toContain('entry create');
    const { execFileSync } = await import('node:child_process');
    execFileSync('sh', ['-c', line.replace(/^spire-server/, real.stack.binaries.spireServer)]);
    const shown = JSON.parse(
      await real.spireServer([
        'entry',
        'show',
        '-spiffeID',
        'spiffe://org-a.test/real/by-command',
        '-output',
        'json',
      ]),
    ) as { entries: { id: string; selectors: unknown; x509_svid_ttl: number; hint: string }[] };
    expect(shown.entries).toMatchObject([
      {
        selectors: [{ type: 'unix', value: 'uid:4242' }],
        x509_svid_ttl: 600,
        hint: 'real',
        additional_attributes: { disable_x509_svid_prefetch: true, jwt_svid_include_jti: true },
      },
    ]);
    await real.act('entry.delete', { connection: 'org-a', ids: shown.entries.map(({ id }) => id) });
  });

  it('are refused where the real server refuses, in its words', async () => {
    const plan = real.act('entry.create', {
      entries: [{ ...entry('/real/x'), federates_with: ['unknown.test'] }],
    });
    await expect(plan).rejects.toThrow(/unknown\.test/);
  });

  it('cannot be changed by a plan that somebody overtook', async () => {
    const { ids } = await real.act('entry.create', { entries: [entry('/real/overtaken')] });
    const [id = ''] = ids;
    const planned = await real.plan('entry.update', { id, set: { hint: 'ours' } });
    await real.spireServer([
      'entry',
      'update',
      '-entryID',
      id,
      '-spiffeID',
      'spiffe://org-a.test/real/overtaken',
      '-parentID',
      real.stack.orgA.nodeId,
      '-selector',
      'unix:uid:4242',
      '-hint',
      'theirs',
    ]);
    await expect(real.applyDigest(planned.digest)).rejects.toThrow(/changed since/);
    await real.act('entry.delete', { ids: [id] });
  });
});

describe('SVIDs of a real agent', () => {
  const bundle = async (trustDomain: string, connection: string) => {
    const { bundles } = await real.client(TrustDomainService).listBundles({ connection });
    const found = bundles.find((b) => b.trustDomain === trustDomain);
    if (!found) throw new Error(`No bundle of ${trustDomain} on ${connection}.`);
    return new TextEncoder().encode(found.spiffeJson);
  };

  it('are valid by the rule sheet: X.509, against the own bundle and the other side’s federated copy', async () => {
    const svid = await eventually(
      30,
      async () => (await real.svids.listSvids({ connection: 'org-a-agent' })).svids[0],
    );
    for (const connection of ['org-a', 'org-b']) {
      const judged = await judge({
        kind: 'x509-svid',
        input: new TextEncoder().encode(svid.chainPem),
        bundles: new Map([['org-a.test', await bundle('org-a.test', connection)]]),
        at: new Date(),
      });
      expect([connection, judged.verdict, judged.fails]).toEqual([connection, 'valid', []]);
    }
    const wrong = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(svid.chainPem),
      bundles: new Map([['org-b.test', await bundle('org-b.test', 'org-b')]]),
      at: new Date(),
    });
    expect(wrong.verdict).toBe('invalid');
    expect(wrong.fails).toContain('X-14');
  });

  it('are valid by the rule sheet: JWT, with the audience asked for and no other', async () => {
    const { token } = await eventually(60, () =>
      real.svids.fetchJwtSvid({ connection: 'org-a-agent', audience: 'muster-real' }),
    );
    const input = new TextEncoder().encode(token);
    for (const connection of ['org-a', 'org-b']) {
      const bundles = new Map([['org-a.test', await bundle('org-a.test', connection)]]);
      const judged = await judge({
        kind: 'jwt-svid',
        input,
        bundles,
        audience: 'muster-real',
        at: new Date(),
      });
      expect([connection, judged.verdict, judged.fails]).toEqual([connection, 'valid', []]);
    }
    const bundles = new Map([['org-a.test', await bundle('org-a.test', 'org-a')]]);
    const other = await judge({ kind: 'jwt-svid', input, bundles, audience: 'another', at: new Date() });
    expect(other.fails).toEqual(['J-09']);
  });

  it('S-13: come without their keys', async () => {
    const { svids } = await real.svids.listSvids({});
    expect(svids.length).toBeGreaterThan(0);
    expect(JSON.stringify(svids, (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).not.toMatch(
      /PRIVATE KEY/,
    );
  });
});

describe('a real SPIRE server at its network address', () => {
  let folder: string;
  let remote: RealConsole;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-remote-'));
    const mint = async (path: string) => {
      const to = mkdtempSync(join(folder, 'svid-'));
      await real.spireServer(['x509', 'mint', '-spiffeID', `spiffe://org-a.test${path}`, '-write', to]);
      return { certFile: join(to, 'svid.pem'), keyFile: join(to, 'key.pem') };
    };
    const bundleOf = async (org: 'orgA' | 'orgB') => {
      const file = join(folder, `${org}.pem`);
      writeFileSync(file, await real.spireServer(['bundle', 'show'], org));
      return file;
    };
    const [admin, plain, own, foreign] = await Promise.all([
      mint('/muster/console'),
      mint('/muster/test'),
      bundleOf('orgA'),
      bundleOf('orgB'),
    ]);
    const server = {
      kind: 'spire-server',
      address: `https://127.0.0.1:${real.stack.orgA.serverPort}`,
      trustDomain: 'org-a.test',
      bundleFile: own,
    };
    // JSON is YAML.
    const config = {
      connections: [
        { ...server, ...admin, name: 'remote' },
        { ...server, ...plain, name: 'plain' },
        { ...server, ...admin, name: 'wrong-domain', trustDomain: 'org-b.test' },
        { ...server, ...admin, name: 'foreign-bundle', bundleFile: foreign },
        {
          ...server,
          ...admin,
          name: 'both-foreign',
          trustDomain: 'org-b.test',
          bundleFile: foreign,
        },
      ],
    };
    const file = join(folder, 'muster.yaml');
    writeFileSync(file, JSON.stringify(config));
    remote = await openRealConsole(file);
  });
  afterAll(async () => {
    await remote.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stateOf = async (name: string) => {
    const { connections } = await remote.connections.listConnections({});
    return connections.find((c) => c.name === name);
  };
  const listedOn = async (name: string) => {
    const { entries } = await remote.entries.listEntries({ page: { limit: 1000 } });
    return entries.filter((e) => e.connection === name);
  };

  it('lists its entries over mutual TLS, with an administrator’s SVID from files', async () => {
    const shown = JSON.parse(await real.spireServer(['entry', 'show', '-output', 'json'])) as {
      entries: { id: string }[];
    };
    const listed = await eventually(60, async () => {
      const entries = await listedOn('remote');
      return entries.length === shown.entries.length && entries;
    });
    expect(new Set(listed.map((e) => e.id))).toEqual(new Set(shown.entries.map((e) => e.id)));
    expect(await stateOf('remote')).toMatchObject({
      state: ConnectionState.READY,
      reason: '',
      trustDomain: 'org-a.test',
    });
  });

  it('is written to over mutual TLS, as spire-server sees it', async () => {
    const { ids } = await remote.act('entry.create', {
      connection: 'remote',
      entries: [entry('/real/over-tls')],
    });
    const [id = ''] = ids;
    expect(await real.spireServer(['entry', 'show', '-entryID', id])).toContain('/real/over-tls');
    await remote.act('entry.delete', { connection: 'remote', ids });
    await expect(real.spireServer(['entry', 'show', '-entryID', id])).rejects.toThrow(/entry not found/);
  });

  it('says what an identity may not do that is no administrator', async () => {
    const found = await stateOf('plain');
    expect(found).toMatchObject({ state: ConnectionState.DEGRADED });
    expect(found?.reason).toMatch(/^Entries cannot be read\. It does not permit this to our identity\./);
    expect(await listedOn('plain')).toEqual([]);
  });

  it.each([
    ['S-23: another trust domain than its own', 'wrong-domain', /another SPIFFE ID or name/],
    ['S-23: a bundle that did not issue it', 'foreign-bundle', /not issued by the authorities configured/],
    ['S-23: all of the other trust domain', 'both-foreign', /not issued by the authorities configured/],
  ])('is refused when it is configured with %s', async (_what, name, reason) => {
    const found = await stateOf(name);
    expect(found).toMatchObject({ state: ConnectionState.FAILED, trustDomain: '' });
    expect(found?.reason).toMatch(reason);
    expect(await listedOn(name)).toEqual([]);
    await expect(
      remote.plan('entry.create', { connection: name, entries: [entry('/real/never')] }),
    ).rejects.toThrow(`${name}: `);
  });
});

describe('a real server that is killed', () => {
  it('is shown as failed with the reason, keeps its last entries, and comes back by itself', async () => {
    const state = async () => {
      const { connections } = await real.connections.listConnections({});
      return connections.find((c) => c.name === 'org-a');
    };
    const { total: before } = await real.entries.listEntries({ trustDomains: ['org-a.test'] });
    await endProcess(real.stack.dir, 'server-a');
    try {
      const failed = await eventually(25, async () => {
        const now = await state();
        return now?.state === ConnectionState.FAILED && now;
      });
      expect(failed.reason).toMatch(/Nothing listens at its address|There is no socket/);
      const old = await real.entries.listEntries({ trustDomains: ['org-a.test'] });
      expect(old.total).toBe(before);
      expect(old.freshness?.staleReason).toContain(failed.reason);
    } finally {
      await resumeProcess(real.stack.dir, 'server-a');
    }
    const { total } = await eventually(60, async () => {
      const listed = await real.entries.listEntries({ trustDomains: ['org-a.test'] });
      return listed.total >= before && listed;
    });
    expect(total).toBeGreaterThanOrEqual(before);
    const { ids } = await eventually(40, () =>
      real.act('entry.create', { entries: [entry('/real/after-restart')] }),
    );
    await real.act('entry.delete', { ids });
    const ready = await eventually(60, async () => {
      const now = await state();
      return now?.state === ConnectionState.READY && now;
    });
    expect(ready.reason).toBe('');
  });
});
