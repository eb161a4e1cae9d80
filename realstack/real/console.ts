import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, createClient } from '@connectrpc/connect';
import type { DescService, JsonObject } from '@bufbuild/protobuf';
import {
  ActionService,
  type ApplyResult,
  ConnectionService,
  EntryService,
  GroupService,
  ItemOutcome,
  openSession,
  type Plan,
  type SessionSecret,
  SignedChannel,
  signedTransport,
  SvidService,
} from '@muster/api';
import { inject } from 'vitest';
import { loadConfig } from '../../apps/gateway/src/config/load.ts';
import { type GatewayOptions, startGateway } from '../../apps/gateway/src/gateway.ts';
import { readState, type StackState } from '../start.ts';

const execute = promisify(execFile);

/** A gateway on the real stack, signed in to, with the field's own tools beside it to check by. */
export interface RealConsole {
  stack: StackState;
  connections: Client<typeof ConnectionService>;
  entries: Client<typeof EntryService>;
  groups: Client<typeof GroupService>;
  svids: Client<typeof SvidService>;
  /** Of any service of the gateway. */
  client<S extends DescService>(service: S): Client<S>;
  plan(action: string, input: JsonObject): Promise<Plan>;
  /** Plans and applies; fails unless every item is done. */
  act(action: string, input: JsonObject): Promise<{ plan: Plan; result: ApplyResult; ids: string[] }>;
  /** Applies a plan made before; fails unless every item is done. */
  applyDigest(digest: string): Promise<{ result: ApplyResult; ids: string[] }>;
  /** `spire-server …` on a server's socket, the first trust domain's by default; its standard output. */
  spireServer(args: string[], org?: 'orgA' | 'orgB'): Promise<string>;
  slimctl(args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** @param configFile a muster.yaml; by default the stack's own */
export async function openRealConsole(
  configFile?: string,
  more: Pick<GatewayOptions, 'approvalLimit'> = {},
): Promise<RealConsole> {
  const stack = readState(inject('stackDir'));
  if (!stack) throw new Error('The real stack does not run.');
  const home = mkdtempSync(join(tmpdir(), 'muster-real-home-'));
  const config = loadConfig(configFile ?? stack.musterConfig);
  const gateway = await startGateway({ port: 0, home, config, pages: home, ...more });
  await gateway.ready;
  return signIn(stack, gateway.origin, gateway.createLaunchCode(), async () => {
    await gateway.close();
    rmSync(home, { recursive: true, force: true });
  });
}

/** A console of a gateway that runs already. */
export async function signIn(
  stack: StackState,
  origin: string,
  secret: SessionSecret,
  close: () => Promise<void>,
): Promise<RealConsole> {
  const transport = signedTransport(origin, new SignedChannel(await openSession(origin, secret, 'cli')));
  const actions = createClient(ActionService, transport);
  const plan = async (action: string, input: JsonObject) => {
    const { plan } = await actions.plan({ action, input });
    if (!plan) throw new Error(`${action} was not planned.`);
    return plan;
  };
  const apply = async (digest: string) => {
    const ids: string[] = [];
    let result: ApplyResult | undefined;
    const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
    for await (const progress of actions.apply({ digest, idempotencyKey })) {
      const { item } = progress;
      if (item && item.outcome !== ItemOutcome.DONE)
        throw new Error(`${item.target}: ${ItemOutcome[item.outcome]} ${item.reason}`);
      if (item?.id) ids.push(item.id);
      result = progress.result ?? result;
    }
    if (!result) throw new Error('The plan came to no end.');
    return { result, ids };
  };
  return {
    stack,
    connections: createClient(ConnectionService, transport),
    entries: createClient(EntryService, transport),
    groups: createClient(GroupService, transport),
    svids: createClient(SvidService, transport),
    client: (service) => createClient(service, transport),
    plan,
    applyDigest: (digest) => apply(digest),
    async act(action, input) {
      const planned = await plan(action, input);
      return { plan: planned, ...(await apply(planned.digest)) };
    },
    spireServer: async (args, org = 'orgA') => {
      const socket = ['-socketPath', stack[org].serverSocket];
      const { stdout } = await execute(stack.binaries.spireServer, [...args, ...socket]);
      return stdout;
    },
    slimctl: async (args) => (await execute(stack.binaries.slimctl, args)).stdout,
    close,
  };
}

/** Asks again until it holds, for at most `seconds`. */
export async function eventually<T>(seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const until = Date.now() + seconds * 1000;
  let last: unknown = 'it never held';
  while (Date.now() < until) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Not within ${seconds} s: ${String(last)}`, { cause: last });
}
