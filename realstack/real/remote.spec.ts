import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionState } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const adminId = 'spiffe://org-a.test/muster/remote-admin';
const plainId = 'spiffe://org-a.test/muster/test';

let real: RealConsole;
let remote: RealConsole;
let folder: string;
let adminEntry: string;

/** An entry whose SVID this very process gets from the agent. */
async function makeAdmin(ttl: number): Promise<string> {
  const shown = await real.spireServer([
    'entry',
    'create',
    '-spiffeID',
    adminId,
    '-parentID',
    real.stack.orgA.nodeId,
    '-selector',
    `unix:uid:${process.getuid?.()}`,
    '-x509SVIDTTL',
    String(ttl),
    '-admin',
    '-output',
    'json',
  ]);
  const { results } = JSON.parse(shown) as { results: { entry: { id: string } }[] };
  return results[0]?.entry.id ?? '';
}

const stateOf = async (name: string) => {
  const { connections } = await remote.connections.listConnections({});
  const found = connections.find((one) => one.name === name);
  if (!found) throw new Error(`no connection ${name}`);
  return found;
};
const inState = (name: string, state: ConnectionState, seconds = 40) =>
  eventually(seconds, async () => {
    const found = await stateOf(name);
    return found.state === state && found;
  });
const entry = (path: string) => ({
  spiffe_id: `spiffe://org-a.test${path}`,
  parent_id: real.stack.orgA.nodeId,
  selectors: ['unix:uid:4243'],
});

beforeAll(async () => {
  real = await openRealConsole();
  adminEntry = await makeAdmin(20);
  folder = mkdtempSync(join(tmpdir(), 'muster-remote-'));
  const address = `https://127.0.0.1:${real.stack.orgA.serverPort}`;
  const server = { kind: 'spire-server', address, trustDomain: 'org-a.test', workloadApi: 'agent' };
  const file = join(folder, 'muster.yaml');
  const config = {
    connections: [
      { ...server, name: 'remote', spiffeId: adminId },
      { ...server, name: 'plain', spiffeId: plainId },
      // The server of another trust domain answers at the address.
      {
        ...server,
        name: 'other-domain',
        spiffeId: adminId,
        address: `https://127.0.0.1:${real.stack.orgB.serverPort}`,
      },
      // It is of the right trust domain, but no SPIRE server: the bundle endpoint has the server's own SVID.
      { ...server, name: 'no-such', spiffeId: 'spiffe://org-a.test/nobody' },
      { name: 'agent', kind: 'workload-api', address: `unix://${real.stack.orgA.agentSocket}` },
    ],
  };
  writeFileSync(file, JSON.stringify(config));
  remote = await openRealConsole(file);
});
afterAll(async () => {
  await remote?.close();
  await real.spireServer(['entry', 'delete', '-entryID', adminEntry]).catch(() => {});
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a real SPIRE server over the network, with an SVID of the Workload API', () => {
  it('lists what spire-server lists', async () => {
    await inState('remote', ConnectionState.READY);
    const shown = JSON.parse(await real.spireServer(['entry', 'show', '-output', 'json'])) as {
      entries: { id: string }[];
    };
    const listed = await eventually(60, async () => {
      const { entries } = await remote.entries.listEntries({ page: { limit: 1000 } });
      const own = entries.filter((one) => one.connection === 'remote');
      return own.length === shown.entries.length && own;
    });
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(shown.entries.map(({ id }) => id)));
  });

  it('creates and deletes, as spire-server sees it; the plan names connection and trust domain', async () => {
    const { plan, ids } = await remote.act('entry.create', {
      connection: 'remote',
      entries: [entry('/real/remote')],
    });
    expect(plan.targetDescription).toBe('remote (org-a.test)');
    const [id = ''] = ids;
    expect(await real.spireServer(['entry', 'show', '-entryID', id])).toContain('/real/remote');
    await remote.act('entry.delete', { connection: 'remote', ids });
    await expect(real.spireServer(['entry', 'show', '-entryID', id])).rejects.toThrow(/entry not found/);
  });

  it('says what the network address does not offer', async () => {
    const { capabilities, description } = await stateOf('remote');
    expect(description).toBe(`SPIRE Server, signed in to as ${adminId}`);
    expect(capabilities.find(({ name }) => name === 'logger')).toMatchObject({
      available: false,
      reason: expect.stringMatching(/socket only/) as string,
    });
  });

  it('S-36: rotations of our own SVID fail no call', async () => {
    const rotations = async () => {
      const { svids } = await remote.svids.listSvids({ connection: 'agent' });
      return svids.find(({ spiffeId }) => spiffeId === adminId)?.rotations ?? 0;
    };
    const before = await rotations();
    const errors: unknown[] = [];
    let calls = 0;
    const until = Date.now() + 35_000;
    const reader = async () => {
      while (Date.now() < until) {
        try {
          // A plan reads the server itself, not our copy of it.
          await remote.plan('entry.create', { connection: 'remote', entries: [entry(`/real/r${calls}`)] });
        } catch (error) {
          errors.push(error);
        }
        calls += 1;
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    };
    await Promise.all([reader(), reader(), reader(), reader()]);
    expect(errors).toEqual([]);
    expect(calls).toBeGreaterThan(25);
    expect((await rotations()) - before).toBeGreaterThanOrEqual(2);
    expect((await stateOf('remote')).state).toBe(ConnectionState.READY);
  });

  it('mints for a key that stayed here, over the network too', async () => {
    const { keyParams, makeCertificationRequest } = await import('@muster/domain');
    const keys = (await crypto.subtle.generateKey(keyParams('EC P-256'), true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const csr = await makeCertificationRequest(keys, 'spiffe://org-a.test/real/minted', ['m.example']);
    const { result, plan } = await remote.act('svid.mintX509', { connection: 'remote', csr, ttl: 60 });
    expect(result.done).toBe(1);
    expect(plan.commands[0]?.note).toMatch(/on the server’s own host/);
  });

  it('says whom the server refuses', async () => {
    const found = await inState('plain', ConnectionState.DEGRADED);
    expect(found.reason).toBe(
      `Entries cannot be read. It does not permit this to our identity. We are ${plainId} there: an entry of it with admin, or admin_ids, would permit it.`,
    );
  });

  it.each([
    [
      'S-23: a server of another trust domain',
      'other-domain',
      /another SPIFFE ID|not issued by the authorities/,
    ],
    [
      'an identity that the agent does not give',
      'no-such',
      /gives no identity spiffe:\/\/org-a\.test\/nobody/,
    ],
  ])('is refused with %s', async (_what, name, reason) => {
    const found = await inState(name, ConnectionState.FAILED);
    expect(found.reason).toMatch(reason);
  });

  it('is refused at the next call when its admin entry is gone, says so, and recovers', async () => {
    await real.spireServer(['entry', 'delete', '-entryID', adminEntry]);
    const refused = await remote
      .plan('entry.create', { connection: 'remote', entries: [entry('/real/never')] })
      .then(
        () => 'planned',
        (error: unknown) => String(error),
      );
    expect(refused).toMatch(/We are spiffe:\/\/org-a\.test\/muster\/remote-admin there|no SVID to sign in/);
    const gone = await eventually(40, async () => {
      const found = await stateOf('remote');
      return found.state === ConnectionState.FAILED && found;
    });
    expect(gone.reason).toMatch(/gives no identity spiffe:\/\/org-a\.test\/muster\/remote-admin/);
    adminEntry = await makeAdmin(20);
    await inState('remote', ConnectionState.READY);
  });
});
