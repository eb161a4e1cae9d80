import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SvidService, WorkloadEventKind } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcess, resumeProcess } from '../start.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const shortId = 'spiffe://org-a.test/real/short-lived';

let real: RealConsole;
let console_: RealConsole;
let folder: string;
let entry: string;

beforeAll(async () => {
  real = await openRealConsole();
  const { ids } = await real.act('entry.create', {
    entries: [
      {
        spiffe_id: shortId,
        parent_id: real.stack.orgA.nodeId,
        selectors: [`unix:uid:${process.getuid?.()}`],
        x509_svid_ttl: 20,
        jwt_svid_ttl: 20,
        hint: 'short',
      },
    ],
  });
  [entry = ''] = ids;
  folder = mkdtempSync(join(tmpdir(), 'muster-workload-'));
  const file = join(folder, 'muster.yaml');
  writeFileSync(
    file,
    JSON.stringify({
      connections: [
        {
          name: 'agent',
          kind: 'workload-api',
          address: `unix://${real.stack.orgA.agentSocket}`,
          audiences: ['muster-real'],
        },
      ],
    }),
  );
  console_ = await openRealConsole(file);
});
afterAll(async () => {
  await console_?.close();
  await real.act('entry.delete', { ids: [entry] }).catch(() => {});
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

const timeline = () => console_.client(SvidService).getWorkloadTimeline({});
const events = async (kind: WorkloadEventKind, svid: string, name = shortId) =>
  (await timeline()).events.filter((one) => one.kind === kind && one.svid === svid && one.name === name);

describe('what a real agent gives, over time', () => {
  it('rotates at about half of its life, each time with its gap', async () => {
    const rotated = await eventually(75, async () => {
      const found = await events(WorkloadEventKind.ROTATED, 'x509');
      return found.length >= 3 && found;
    });
    for (const { left } of rotated) {
      expect(left).toBeGreaterThan(2n);
      expect(left).toBeLessThan(18n);
    }
    const { tracks } = await timeline();
    expect(tracks.find(({ spiffeId, svid }) => spiffeId === shortId && svid === 'x509')).toMatchObject({
      hint: 'short',
      overdue: false,
      expired: false,
    });
  });

  it('renews the JWT-SVID of an audience that is followed, and shows no token', async () => {
    const rotated = await eventually(60, async () => {
      const found = await events(WorkloadEventKind.ROTATED, 'jwt');
      return found.length >= 1 && found;
    });
    expect(rotated[0]?.audience).toBe('muster-real');
    const said = JSON.stringify(await timeline(), (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(said).not.toMatch(/eyJ|PRIVATE/);
  });

  it('gives the bundles of both kinds', async () => {
    const bundle = await eventually(40, async () => {
      const { bundles } = await timeline();
      return bundles.find(({ trustDomain }) => trustDomain === 'org-a.test');
    });
    expect(bundle.x509Authorities).toBeGreaterThan(0);
    expect(bundle.jwtAuthorities).toBeGreaterThan(0);
  });

  it('withdraws an identity when its entry is deleted, and gives it again', async () => {
    await real.act('entry.delete', { ids: [entry] });
    await eventually(40, async () => (await events(WorkloadEventKind.WITHDRAWN, 'x509')).length > 0);
    const { tracks } = await timeline();
    expect(
      tracks.find(({ spiffeId, svid }) => spiffeId === shortId && svid === 'x509')?.withdrawnAt,
    ).toBeDefined();
    const { ids } = await real.act('entry.create', {
      entries: [
        {
          spiffe_id: shortId,
          parent_id: real.stack.orgA.nodeId,
          selectors: [`unix:uid:${process.getuid?.()}`],
          x509_svid_ttl: 20,
          hint: 'short',
        },
      ],
    });
    [entry = ''] = ids;
    await eventually(40, async () => (await events(WorkloadEventKind.ISSUED, 'x509')).length >= 2);
  });

  it('loses the stream when the agent stops, says so when nothing is renewed, and comes back', async () => {
    await endProcess(real.stack.dir, 'agent-a', 'SIGTERM');
    try {
      await eventually(40, async () => (await events(WorkloadEventKind.LOST, '', 'agent')).length > 0);
      await eventually(40, async () => (await events(WorkloadEventKind.OVERDUE, 'x509')).length > 0);
      const { attention, svids } = await console_.connections.getOverview({});
      expect(attention.map(({ link }) => link)).toContain('/workload?state=overdue');
      expect(svids.find(({ trustDomain }) => trustDomain === 'org-a.test')?.overdue).toBeGreaterThan(0);
      await eventually(40, async () => (await events(WorkloadEventKind.EXPIRED, 'x509')).length > 0);
    } finally {
      await resumeProcess(real.stack.dir, 'agent-a');
    }
    await eventually(40, async () => (await events(WorkloadEventKind.BACK, '', 'agent')).length > 0);
    await eventually(40, async () => {
      const { tracks } = await timeline();
      return tracks.every((track) => track.spiffeId !== shortId || track.svid !== 'x509' || !track.overdue);
    });
  });
});
