import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@connectrpc/connect';
import { Health } from '@muster/wire/gen/health/v1/health_pb.js';
import { Debug } from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import { LogLevel } from '@muster/wire/gen/spire/api/types/logger_pb.js';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import type { DescMethodUnary, DescService } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grpcOverUnix } from './testing/grpc.ts';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, refusal, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startTestNetwork();
});
afterAll(() => network.stop());

describe('sockets', () => {
  it('are reachable by the owner alone', async () => {
    expect((await stat(network.directory)).mode & 0o777).toBe(0o700);
    for (const { serverSocket, workloadSocket } of network.network.trustDomains)
      for (const path of [serverSocket, workloadSocket]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('are removed at the end, and calls on them end', async () => {
    const other = await startTestNetwork();
    const [first] = other.network.trustDomains;
    const { transport, close } = grpcOverUnix(first?.workloadSocket ?? '');
    const stream = createClient(SpiffeWorkloadAPI, transport).fetchX509SVID(
      {},
      { headers: { 'workload.spiffe.io': 'true' } },
    );
    const ended = refusal(stream);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.stop();
    expect(await ended).toMatch(/^\d+ /);
    close();
    await expect(stat(first?.serverSocket ?? '')).rejects.toThrow('ENOENT');
  });

  it('with too long a name are refused with the reason', async () => {
    await expect(startTestNetwork({ directory: join(network.directory, 'x'.repeat(100)) })).rejects.toThrow(
      /longer than 107 bytes/,
    );
  });
});

describe('what is not there', () => {
  /** Calls a method by name, declared or not. */
  const call = (service: DescService, method: string, path: string) => {
    const { transport, close } = grpcOverUnix(path);
    const declared = service.methods[0] as DescMethodUnary;
    const made = { ...declared, name: method, parent: service } as DescMethodUnary;
    return refusal(transport.unary(made, undefined, undefined, undefined, {}).finally(close));
  };
  const server = () => network.network.trustDomains[0]?.serverSocket ?? '';

  it('an unknown service is unimplemented', async () => {
    expect(await call(SpiffeWorkloadAPI, 'FetchJWTSVID', server())).toBe(
      '12 unknown service SpiffeWorkloadAPI',
    );
  });

  it('an unknown method is unimplemented', async () => {
    expect(await call(Entry, 'Invented', server())).toBe(
      '12 unknown method Invented for service spire.api.server.entry.v1.Entry',
    );
  });

  it('a method for agents is refused', async () => {
    expect(await call(Entry, 'GetAuthorizedEntries', server())).toBe(
      '7 authorization denied for method /spire.api.server.entry.v1.Entry/GetAuthorizedEntries',
    );
  });
});

it('a request above 4 MiB is refused', async () => {
  const entries = Array.from({ length: 5000 }, () => ({ hint: 'h'.repeat(1000) }));
  expect(await refusal(network.server(Entry).batchCreateEntry({ entries }))).toMatch(
    /^8 grpc: received message larger than max \(\d{7} vs\. 4194304\)$/,
  );
});

describe('health', () => {
  it('is served on both sockets, without the security header', async () => {
    expect((await network.server(Health).check({})).status).toBe(1);
    expect((await network.workload(Health).check({})).status).toBe(1);
  });

  it('is of the whole server only, and cannot be watched', async () => {
    const health = network.server(Health);
    expect(await refusal(health.check({ service: 'x' }))).toBe('3 per-service health is not supported');
    expect(await refusal(health.watch({}))).toBe('12 method Watch not implemented');
  });
});

it('debug tells counts and the SVID chain of the server', async () => {
  network.advance(7);
  const info = await network.server(Debug, lighthouse).getInfo({});
  expect(info).toMatchObject({ agentsCount: 12, entriesCount: 80, federatedBundlesCount: 2 });
  expect(info.uptime).toBeGreaterThanOrEqual(7);
  expect(info.svidChain.map(({ id }) => id?.path)).toEqual(['/spire/server', '']);
  expect((await network.server(Debug, harbor).getInfo({})).federatedBundlesCount).toBe(3);
});

describe('logger', () => {
  it('sets and resets the level', async () => {
    const logger = network.server(Logger);
    const { launchLevel } = await logger.getLogger({});
    expect((await logger.setLogLevel({ newLevel: LogLevel.WARN })).currentLevel).toBe(LogLevel.WARN);
    expect((await logger.getLogger({})).currentLevel).toBe(LogLevel.WARN);
    expect((await logger.resetLogLevel({})).currentLevel).toBe(launchLevel);
  });

  it('refuses no level and an unknown one', async () => {
    const logger = network.server(Logger);
    expect(await refusal(logger.setLogLevel({}))).toBe('3 newLevel value cannot be LogLevel_UNSPECIFIED');
    expect(await refusal(logger.setLogLevel({ newLevel: 99 as LogLevel }))).toBe('3 unsupported log level');
  });
});
