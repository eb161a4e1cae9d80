import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { ConnectError, createClient } from '@connectrpc/connect';
import type { UnixTransport } from './grpc.ts';
import { grpcOverUnix } from './grpc.ts';
import type { PracticeSpire, PracticeSpireOptions } from '../index.ts';
import { startPracticeSpire } from '../index.ts';

export const harbor = 'harbor.example';
export const lighthouse = 'lighthouse.example';
export const securityHeader = { headers: { 'workload.spiffe.io': 'true' } };

export interface TestNetwork {
  network: PracticeSpire;
  directory: string;
  /** A client of a server, the first one's unless told otherwise. */
  server<S extends DescService>(service: S, trustDomain?: string): Client<S>;
  workload<S extends DescService>(service: S, trustDomain?: string): Client<S>;
  /** Moves the network's clock on. */
  advance(seconds: number): void;
  stop(): Promise<void>;
}

/** A practice network of its own, reached as any client would reach it. */
export async function startTestNetwork(options: Partial<PracticeSpireOptions> = {}): Promise<TestNetwork> {
  const directory = options.directory ?? join(await mkdtemp(join(tmpdir(), 'm-')), 's');
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead * 1000);
  const network = await startPracticeSpire({ now, ...options, directory });
  const transports = new Map<string, UnixTransport>();
  const client = <S extends DescService>(service: S, path: string) => {
    const known = transports.get(path) ?? grpcOverUnix(path);
    transports.set(path, known);
    return createClient(service, known.transport);
  };
  const named = (name: string) => {
    const found = network.trustDomains.find((trustDomain) => trustDomain.name === name);
    if (!found) throw new Error(`no trust domain ${name}`);
    return found;
  };
  return {
    network,
    directory,
    server: (service, trustDomain = harbor) => client(service, named(trustDomain).serverSocket),
    workload: (service, trustDomain = harbor) => client(service, named(trustDomain).workloadSocket),
    advance: (seconds) => void (ahead += seconds),
    async stop() {
      for (const { close } of transports.values()) close();
      await network.stop();
      await rm(join(directory, '..'), { recursive: true });
    },
  };
}

/** `code message` of the refusal a call ends with. */
export async function refusal(call: Promise<unknown> | AsyncIterable<unknown>): Promise<string> {
  try {
    if (Symbol.asyncIterator in call) for await (const _ of call);
    else await call;
  } catch (reason) {
    const { code, rawMessage } = ConnectError.from(reason);
    return `${code} ${rawMessage}`;
  }
  return 'no refusal';
}

/** `code message` of an item of a batch. */
export const item = (result: { status?: { code: number; message: string } } | undefined): string =>
  `${result?.status?.code} ${result?.status?.message}`;
