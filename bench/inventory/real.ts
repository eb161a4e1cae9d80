import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SpireClient } from '../../apps/gateway/src/upstream/spire/client.ts';
import type { EntryFields } from '../../apps/gateway/src/upstream/spire/rows.ts';
import { listRaw } from '../../apps/gateway/src/upstream/testing/raw-listing.ts';
import { openChannel } from '../../apps/gateway/src/upstream/transport.ts';
import { startStack, stopStack } from '../../realstack/start.ts';
import { firstRows, print, seconds, wholeCopy } from './measure.ts';
import { startBenchGateway } from './processes.ts';

const execute = promisify(execFile);
const wanted = 100_000;

/** The inventory on a real SPIRE server with 100,000 entries, which are made first: takes some minutes. */
export async function inventoryReal(): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'mb-real-'));
  const dir = join(base, 'r');
  const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
  const stack = await startStack({ dir });
  try {
    const { trustDomain, serverSocket } = stack.orgA;
    const server = { address: `unix://${serverSocket}`, trustDomain };
    await load(server);
    console.log(`inventory of a real SPIRE server with ${wanted} entries`);
    await listRaw(server.address, 5);
    const raw = await listRaw(server.address);
    await firstRows(server);
    const gateway = await startBenchGateway(server, home);
    const { listening } = gateway;
    try {
      const whole = (await wholeCopy(gateway, raw.entries)) - listening;
      print(
        'full snapshot, against raw paged listing',
        '<= 1.25 x',
        `${(whole / raw.wholeMs).toFixed(2)} x (${seconds(whole)}; raw ${seconds(raw.wholeMs)})`,
      );
      const shown = performance.now();
      await execute(stack.binaries.spireServer, ['entry', 'show', '-socketPath', serverSocket], {
        maxBuffer: 1024 * 1024 * 1024,
      });
      print('spire-server entry show', '', seconds(performance.now() - shown));
    } finally {
      await gateway.stop();
    }
  } finally {
    await stopStack(dir);
    rmSync(base, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

async function load({ address, trustDomain }: { address: string; trustDomain: string }): Promise<void> {
  const channel = openChannel({ address, timeoutMs: 120_000 });
  const client = new SpireClient(
    channel.transport,
    () => {},
    () => new Date(),
  );
  const entries = Array.from({ length: wanted }, (_none, index): EntryFields => {
    const team = `team-${index % 40}`;
    return {
      spiffeId: `spiffe://${trustDomain}/ns/${team}/sa/service-${index}`,
      parentId: `spiffe://${trustDomain}/nodes/${index % 200}`,
      selectors: [
        { type: 'k8s', value: `ns:${team}` },
        { type: 'k8s', value: `sa:service-${index}` },
      ],
      x509SvidTtl: 0,
      jwtSvidTtl: 0,
      federatesWith: [],
      admin: false,
      downstream: false,
      expiresAt: 0n,
      dnsNames: index % 10 === 0 ? [`service-${index}.${team}.svc`] : [],
      storeSvid: false,
      disableX509SvidPrefetch: false,
      jwtSvidIncludeJti: false,
      hint: '',
    };
  });
  let made = 0;
  for await (const outcomes of client.createEntries(entries)) {
    const refused = outcomes.find(({ ok }) => !ok);
    if (refused && !refused.ok) throw new Error(`An entry was not made: ${refused.words}`);
    made += outcomes.length;
  }
  channel.close();
  if (made !== wanted) throw new Error(`Only ${made} entries were made.`);
}
