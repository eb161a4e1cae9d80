import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { EntryService, openSession, SignedChannel, signedTransport } from '@muster/api';
import type { GatewayAnswer } from './gateway.ts';

export interface LoadedServer {
  address: string;
  trustDomain: string;
  stop: () => void;
}

export interface BenchGateway {
  entries: Client<typeof EntryService>;
  /** ms from the start of the process's work until it was listening. */
  rssBytes: () => Promise<number>;
  stop: () => Promise<void>;
}

function start(file: string, args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, file), args, {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}

/** The next message of a child; rejects when it ends instead. */
function heard(child: ChildProcess): Promise<unknown[]> {
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

/** A gateway on one server, in a process of its own, signed in to. */
export async function startBenchGateway(
  server: { address: string; trustDomain: string },
  home: string,
): Promise<BenchGateway> {
  const connections = [{ name: 'bench', kind: 'spire-server', ...server }];
  const child = start('gateway.ts', [home, JSON.stringify(connections)]);
  const ask = async (what: string): Promise<GatewayAnswer> => {
    const answer = heard(child);
    child.send(what);
    return ((await answer) as [GatewayAnswer])[0];
  };
  const [{ origin = '' }] = (await heard(child)) as [GatewayAnswer];
  const { secret } = await ask('secret');
  if (!secret) throw new Error('The gateway gave no launch code.');
  const transport = signedTransport(origin, new SignedChannel(await openSession(origin, secret, 'cli')));
  return {
    entries: createClient(EntryService, transport),
    rssBytes: async () => (await ask('rss')).rss ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.send('end');
      await ended;
    },
  };
}
