import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { EntryService, openSession, SignedChannel, signedTransport } from '@muster/api';
import memory from '../../scripts/gateway-environment.json' with { type: 'json' };
import type { GatewayAnswer } from './gateway.ts';

export interface LoadedServer {
  address: string;
  trustDomain: string;
  stop: () => void;
}

/** Bytes: now, and at most until now. */
export interface Memory {
  resident: number;
  peak: number;
}

export interface BenchGateway {
  entries: Client<typeof EntryService>;
  client: <S extends DescService>(service: S) => Client<S>;
  /** When its process said that it listens, and when it was signed in to: as performance.now() says. */
  listening: number;
  signedIn: number;
  memory: () => Promise<Memory>;
  stop: () => Promise<void>;
}

/** As those who start a gateway start it; where nothing is compiled yet the first start of a bench compiles. */
const env = {
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/muster-bench'),
  ...memory,
  ...process.env,
};

/** A file of this folder, or an absolute one, in a process of its own. */
export function start(file: string, args: string[]): ChildProcess {
  return fork(resolve(import.meta.dirname, file), args, {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env,
  });
}

/** The next message of a child; rejects when it ends instead. */
export function heard(child: ChildProcess): Promise<unknown[]> {
  const ended = new AbortController();
  const died = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('A process of the bench ended early.');
  });
  return Promise.race([once(child, 'message'), died]).finally(() => {
    died.catch(() => {});
    ended.abort();
  });
}

/** A SPIRE server on the wire with so many entries, in a process of its own. */
export async function startServer(entries: number): Promise<LoadedServer> {
  const directory = mkdtempSync(join(tmpdir(), 'mb-'));
  const child = start('server.ts', [directory, String(entries)]);
  const [message] = (await heard(child)) as [{ sockets: { name: string; serverSocket: string }[] }];
  const [first] = message.sockets;
  if (!first) throw new Error('The server has no socket.');
  return {
    address: `unix://${first.serverSocket}`,
    trustDomain: first.name,
    stop() {
      child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A gateway on one SPIRE server, in a process of its own, signed in to. */
export function startBenchGateway(
  server: { address: string; trustDomain: string },
  home: string,
): Promise<BenchGateway> {
  return startGatewayOn([{ name: 'bench', kind: 'spire-server', ...server }], home);
}

/** A gateway on these connections, as its configuration has them. */
export async function startGatewayOn(connections: readonly object[], home: string): Promise<BenchGateway> {
  const child = start('gateway.ts', [home, JSON.stringify(connections)]);
  const ask = async (what: string): Promise<GatewayAnswer> => {
    const answer = heard(child);
    child.send(what);
    return ((await answer) as [GatewayAnswer])[0];
  };
  const [{ origin = '', secret }] = (await heard(child)) as [GatewayAnswer];
  const listening = performance.now();
  if (!secret) throw new Error('The gateway gave no launch code.');
  const transport = signedTransport(origin, new SignedChannel(await openSession(origin, secret, 'cli')));
  return {
    entries: createClient(EntryService, transport),
    client: (service) => createClient(service, transport),
    listening,
    signedIn: performance.now(),
    memory: async () => (await ask('memory')).memory ?? { resident: Number.NaN, peak: Number.NaN },
    async stop() {
      const ended = once(child, 'exit');
      child.send('end');
      await ended;
    },
  };
}

/** One page of a server's entries in a process that does nothing else, ms: the first there, connecting included, and once more. */
export async function rawPage(address: string, size: number): Promise<{ cold: number; warm: number }> {
  const child = start('raw-page.ts', [address, String(size)]);
  const [times] = (await heard(child)) as [{ cold: number; warm: number }];
  return times;
}
