import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GroupService, NetworkService, ReachService, RouteTruth } from '@muster/api';
import { megabytes, milliseconds, print } from '../inventory/measure.ts';
import { type BenchGateway, heard, start, startGatewayOn } from '../inventory/processes.ts';
import { median, percentile } from '../stats.ts';

const rows = 100;
const rounds = 5;
/** As a person types them: narrow, broad, of every field, and of nothing. */
const searches = [
  ...['w', 'worker', 'worker-77', 'payments', 'org-3/ledger', 'domain-7', 'domain-7/node-3', 'link-12'],
  ...['refused', 'a', '0', 'e4', '46357', 'nobody has this', 'training/worker-9', '-1', 'vision', 'gateway'],
];

interface Servers {
  readonly plane: string;
  readonly manager: string;
  readonly channel: string;
}

/**
 * A network of a hundred thousand routes and a channel of ten thousand members: the first rows on a gateway that has just
 * started, against the same rows from the servers themselves, and searches. `--routes N`, `--members N`.
 */
export async function network(): Promise<void> {
  const [routes, members] = [given('--routes', 100_000), given('--members', 10_000)];
  const child = start(join(import.meta.dirname, 'server.ts'), [String(routes), String(members)]);
  const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
  try {
    const [servers] = (await heard(child)) as [Servers];
    console.log(
      `network   ${routes.toLocaleString('en')} routes and ${members.toLocaleString('en')} members, in milliseconds`,
    );
    await firstRows(servers);
    const gateway = await startGatewayOn(connectionsOf(servers), home);
    await whole(gateway, routes);
    await search('searches of routes, p95', async (text) => {
      await gateway.client(NetworkService).listRoutes({ search: text, page: { limit: rows } });
    });
    await search('searches of members, p95', async (text) => {
      await gateway.client(GroupService).listMembers({
        connection: 'manager',
        channel: servers.channel,
        search: text,
        page: { limit: rows },
      });
    });
    await reach(gateway, servers, members);
    const memory = await gateway.memory();
    print('memory of the gateway', '', `${megabytes(memory.resident)}, at most ${megabytes(memory.peak)}`);
    await gateway.stop();
  } finally {
    child.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

function given(name: string, usual: number): number {
  const at = process.argv.indexOf(name);
  return at < 0 ? usual : Number(process.argv[at + 1]);
}

const connectionsOf = ({ plane, manager }: Servers) => [
  { name: 'plane', kind: 'slim-control-plane', address: plane },
  { name: 'manager', kind: 'channel-manager', address: manager },
];

async function firstRows(servers: Servers): Promise<void> {
  const { plane, manager, channel } = servers;
  const seen = { routes: [] as number[], members: [] as number[] };
  const raw = { routes: [] as number[], members: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const child = start(join(import.meta.dirname, 'raw.ts'), [plane, manager, channel, String(rows)]);
    const [times] = (await heard(child)) as [{ routes: number; members: number }];
    raw.routes.push(times.routes);
    raw.members.push(times.members);
    const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
    const gateway = await startGatewayOn(connectionsOf(servers), home);
    const both = [
      until(
        async () =>
          (await gateway.client(NetworkService).listRoutes({ page: { limit: rows } })).routes.length === rows,
      ),
      until(async () => {
        const page = { connection: 'manager', channel, page: { limit: rows } };
        const answer = await gateway
          .client(GroupService)
          .listMembers(page)
          .catch(() => undefined);
        return answer?.members.length === rows;
      }),
    ];
    const [routesAt = 0, membersAt = 0] = await Promise.all(both);
    seen.routes.push(routesAt - gateway.listening);
    seen.members.push(membersAt - gateway.listening);
    await gateway.stop();
    rmSync(home, { recursive: true, force: true });
  }
  for (const what of ['routes', 'members'] as const) {
    const [there, base] = [median(seen[what]), median(raw[what])];
    print(
      `first ${rows} ${what} on a cold gateway`,
      '<= 300 ms',
      `${milliseconds(there)} after it listens, ${(there / base).toFixed(2)} x the same asked of the server (${milliseconds(base)})`,
    );
  }
}

async function until(there: () => Promise<boolean>): Promise<number> {
  while (!(await there())) await sleep(2);
  return performance.now();
}

async function whole(gateway: BenchGateway, routes: number): Promise<void> {
  const from = gateway.client(NetworkService);
  const page = { limit: 1 };
  await until(async () => Number((await from.listRoutes({ page })).total) >= routes);
  // Nodes are asked once the list is whole.
  const lost = { page, truths: [RouteTruth.NOT_ON_NODE] };
  await until(async () => (await from.listRoutes(lost)).total > 0n);
}

/** Whether a member reaches everyone: each of them, their routes and what their nodes say of it. */
async function reach(gateway: BenchGateway, { channel }: Servers, members: number): Promise<void> {
  const times: number[] = [];
  let steps = 0;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const answer = await gateway.client(ReachService).explain({ channel });
    times.push(performance.now() - began);
    steps = answer.steps.length;
  }
  print(
    `view reach, everyone in a channel of ${members.toLocaleString('en')}`,
    '<= 1 s',
    `${milliseconds(median(times))}, longest ${milliseconds(Math.max(...times))}, ${steps} steps told`,
  );
}

/** Against a ping of the same gateway: a call that reads nothing. */
async function search(what: string, ask: (text: string) => Promise<void>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const text of searches) {
      const began = performance.now();
      await ask(text);
      times.push(performance.now() - began);
    }
  print(
    what,
    '<= 50 ms',
    `${milliseconds(percentile(times, 0.95))}, median ${milliseconds(median(times))}, longest ${milliseconds(Math.max(...times))}, of ${times.length}`,
  );
}
