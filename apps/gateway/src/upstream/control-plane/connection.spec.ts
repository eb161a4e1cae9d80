import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ConnectionState } from '@muster/api';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { afterAll, describe, expect, it } from 'vitest';
import { startHarness } from '../testing/harness.ts';

const servers: { close: () => unknown }[] = [];

async function describeOf(listDomains: () => { domains: [] }) {
  const server = createServer(
    connectNodeAdapter({
      connect: false,
      grpcWeb: false,
      routes: (router) =>
        router.service(ControlPlaneService, {
          listDomains,
          async *listNodes() {
            yield { id: 'a/node-a' };
            yield { id: 'b/node-b' };
          },
        }),
    }),
  );
  server.on('session', (session) => session.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const harness = await startHarness([
    {
      name: 'plane',
      kind: 'slim-control-plane',
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  ]);
  await harness.console.ready;
  const { connections } = await harness.connections.listConnections({});
  await harness.console.close();
  return connections[0];
}

afterAll(() => {
  for (const server of servers) server.close();
});

describe('a SLIM control plane', () => {
  it('of 2.0–3.4 is told by its domains', async () => {
    expect(await describeOf(() => ({ domains: [] }))).toMatchObject({
      state: ConnectionState.READY,
      description: 'SLIM control plane 2.0–3.4, 2 nodes',
    });
  });

  it('is one too when domains are not managed by secrets: Unimplemented with words of its own', async () => {
    const answer = await describeOf(() => {
      throw new ConnectError('registration_auth is not shared_secret', Code.Unimplemented);
    });
    expect(answer?.state).toBe(ConnectionState.READY);
  });

  it.each(['', 'unknown method ListDomains for service controlplane.proto.v1.ControlPlaneService'])(
    'of another generation says so (%j)',
    async (words) => {
      const answer = await describeOf(() => {
        throw new ConnectError(words, Code.Unimplemented);
      });
      expect(answer).toMatchObject({ state: ConnectionState.FAILED });
      expect(answer?.reason).toMatch(/another generation of the protocol/u);
    },
  );
});
