import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPracticePlane } from './practicePlane.ts';

let plane: Awaited<ReturnType<typeof startPracticePlane>>;
beforeAll(async () => {
  plane = await startPracticePlane();
});
afterAll(() => plane.stop());

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of stream) rows.push(row);
  return rows;
}

describe('the practice control plane', () => {
  it('lets routes follow from the links of its segments', async () => {
    const client = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: plane.address }));
    const overLake = async () =>
      (await all(client.listRoutes({}))).find(
        ({ sourceNodeId, destNodeId }) =>
          sourceNodeId === 'harbor/quay-1' && destNodeId === 'lighthouse/lamp-1',
      );
    expect(await overLake()).toMatchObject({ status: 1, statusMsg: '' });
    await client.removeTopologyLink({ domainA: 'harbor', domainB: 'lighthouse', segment: 'operations' });
    expect(await overLake()).toMatchObject({ status: 4, statusMsg: 'no link between harbor and lighthouse' });
    expect((await all(client.listLinks({}))).map(({ linkId }) => linkId)).toEqual([
      'harbor/quay-1~harbor/quay-2',
      // Wanted, and one side has no node that is up.
      '-',
    ]);
    await client.addTopologyLink({ domainA: 'lighthouse', domainB: 'harbor', segment: 'operations' });
    expect(await overLake()).toMatchObject({ status: 1 });
  });

  it('has a route that it calls applied and that its node has lost', async () => {
    const client = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: plane.address }));
    const { entries } = await client.listNodeRoutes({ id: 'harbor/quay-2' });
    const names = entries.map(({ name }) => name?.strName?.strComponent2);
    expect(names).toContain('fraud-watch');
    expect(names).not.toContain('ledger-agent');
    await expect(client.listNodeRoutes({ id: 'drydock/crane-1' })).rejects.toThrow();
  });

  it('has the nodes of a channel’s members subscribe to its name, which has no instance', async () => {
    const members = ['muster/practice/channel-manager', 'acme/ops/alice'];
    const other = await startPracticePlane(() => [['acme/ops/war-room', members]]);
    try {
      const client = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: other.address }));
      const toRoom = async () =>
        (await all(client.listRoutes({})))
          .filter(
            ({ name, sourceNodeId }) =>
              name?.strName?.strComponent2 === 'war-room' && sourceNodeId === 'lighthouse/lamp-1',
          )
          .map(({ destNodeId, name }) => [destNodeId, name?.name?.nameId?.id0]);
      const anyInstance = (1n << 64n) - 1n;
      expect(await toRoom()).toEqual([['harbor/quay-1', anyInstance]]);
      members.push('acme/ops/bob');
      expect(await toRoom()).toEqual([
        ['harbor/quay-1', anyInstance],
        ['harbor/quay-2', anyInstance],
      ]);
    } finally {
      await other.stop();
    }
  });
});
