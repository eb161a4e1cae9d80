import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { DescService, JsonObject } from '@bufbuild/protobuf';
import { createClient, createRouterTransport } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { ActionService, ConnectionService, EntryService, GroupService, SvidService } from '@muster/api';
import type { ApplyResult, ItemResult, Plan } from '@muster/api';
import { startPracticeSpire } from '@muster/practice/spire/index';
import type { PracticeSpire } from '@muster/practice/spire/index';
import { callerKey } from '../../caller.ts';
import type { Caller } from '../../caller.ts';
import type { ConnectionConfig } from '../../config/types.ts';
import { startConsole } from '../../console.ts';
import type { Console, ConsoleOptions } from '../../console.ts';
import { EventBus } from '../../events.ts';
import type { ConsoleEvent } from '../../events.ts';
import { temporaryDirectory } from './wait.ts';

export { temporaryDirectory, until } from './wait.ts';

/** A console with a caller of our choice, called through the real client. */
export interface Harness {
  console: Console;
  caller: Caller;
  events: ConsoleEvent[];
  bus: EventBus;
  connections: Client<typeof ConnectionService>;
  entries: Client<typeof EntryService>;
  svids: Client<typeof SvidService>;
  groups: Client<typeof GroupService>;
  actions: Client<typeof ActionService>;
  /** Of any service that the console answers. */
  client: <S extends DescService>(service: S) => Client<S>;
  plan: (action: string, input: JsonObject) => Promise<Plan>;
  apply: (digest: string, key?: string) => Promise<Applied>;
  /** Plans and applies. */
  act: (action: string, input: JsonObject) => Promise<Applied & { plan: Plan }>;
}

interface Applied {
  items: ItemResult[];
  result: ApplyResult;
}

export const newKey = (): string => randomBytes(16).toString('hex');

export async function startHarness(
  connections: ConnectionConfig[],
  more: Partial<ConsoleOptions> = {},
): Promise<Harness> {
  const bus = new EventBus();
  const events: ConsoleEvent[] = [];
  bus.on((event) => events.push(event));
  const started = await startConsole({
    events: bus,
    config: { connections, file: 'muster.yaml' },
    retry: { first: 20, most: 200 },
    ...more,
  });
  const caller: Caller = { session: '0011223344556677', client: 'browser', role: 'administrator' };
  const transport = createRouterTransport((router) => started.routes(router), {
    router: {
      interceptors: [
        (next) => (request) => {
          request.contextValues.set(callerKey, { ...caller });
          return next(request);
        },
      ],
    },
  });
  const actions = createClient(ActionService, transport);
  const plan: Harness['plan'] = async (action, input) => {
    const { plan: made } = await actions.plan({ action, input });
    if (!made) throw new Error('no plan');
    return made;
  };
  const apply: Harness['apply'] = async (digest, key = newKey()) => {
    const items: ItemResult[] = [];
    let result: ApplyResult | undefined;
    for await (const progress of actions.apply({ digest, idempotencyKey: key })) {
      if (progress.item) items.push(progress.item);
      result = progress.result ?? result;
    }
    if (!result) throw new Error('no result');
    return { items, result };
  };
  return {
    console: started,
    caller,
    events,
    bus,
    connections: createClient(ConnectionService, transport),
    entries: createClient(EntryService, transport),
    svids: createClient(SvidService, transport),
    groups: createClient(GroupService, transport),
    actions,
    client: (service) => createClient(service, transport),
    plan,
    apply,
    act: async (action, input) => {
      const made = await plan(action, input);
      return { plan: made, ...(await apply(made.digest)) };
    },
  };
}

/** The practice SPIRE alone, and connections to it. */
export async function startSpire(
  options: { entries?: number; svidTtlSeconds?: number } = {},
): Promise<{ spire: PracticeSpire; connections: ConnectionConfig[]; stop: () => Promise<void> }> {
  const directory = temporaryDirectory();
  const spire = await startPracticeSpire({ directory, ...options });
  const connections: ConnectionConfig[] = spire.trustDomains.flatMap(
    ({ name, serverSocket, workloadSocket }) => {
      const short = name.split('.')[0] ?? name;
      return [
        { name: short, kind: 'spire-server' as const, address: `unix://${serverSocket}`, trustDomain: name },
        { name: `${short}-workload`, kind: 'workload-api' as const, address: `unix://${workloadSocket}` },
      ];
    },
  );
  const stop = async (): Promise<void> => {
    await spire.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { spire, connections, stop };
}
