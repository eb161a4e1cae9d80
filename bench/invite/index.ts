import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionService, ConnectionService, ItemOutcome } from '@muster/api';
import { startCrowd } from '../../realstack/real/crowd.ts';
import { startStack, stopStack } from '../../realstack/start.ts';
import { milliseconds, print } from '../inventory/measure.ts';
import { type BenchGateway, heard, start, startGatewayOn } from '../inventory/processes.ts';
import { median } from '../stats.ts';

const members = Array.from({ length: 20 }, (_, index) => `agntcy/bench/member-${index}`);
const rounds = 3;

/**
 * Invitations of real members on a real node, by a plan of Muster that is applied, against the bindings alone: the same
 * settings, the same members, in turns.
 */
export async function invite(): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'mb-'));
  const dir = join(base, 'r');
  const { slim } = await startStack({ dir });
  try {
    const { sharedSecretFile, nodeA } = slim;
    const crowd = await startCrowd(nodeA.dataplane, sharedSecretFile, members);
    const moderator = { name: 'agntcy/bench/muster', sharedSecretFile };
    const home = join(base, 'home');
    const gateway = await startGatewayOn(
      [{ name: 'node', kind: 'slim-node', address: nodeA.dataplane, moderator }],
      mkdtempSync(home),
    );
    await moderates(gateway);
    const ours: number[] = [];
    const applying: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const child = start(join(import.meta.dirname, 'raw.ts'), [
        nodeA.dataplane,
        sharedSecretFile,
        `agntcy/bench/raw-${round}`,
        ...members,
      ]);
      raw.push(...((await heard(child)) as [number[]])[0]);
      child.disconnect();
      const channel = `agntcy/bench/ours-${round}`;
      await act(gateway, 'channel.create', { connection: 'node', name: channel });
      for (const member of members) {
        const began = performance.now();
        applying.push(await act(gateway, 'member.invite', { connection: 'node', channel, member }));
        ours.push(performance.now() - began);
      }
      if (round < rounds - 1) await act(gateway, 'channel.delete', { connection: 'node', name: channel });
    }
    console.log(`invite    ${members.length} members joined to a channel with MLS, ${rounds} times over`);
    print(
      'an invitation planned and applied, against the bindings alone',
      '<= 1.5 x',
      `${(median(ours) / median(raw)).toFixed(2)} x (${milliseconds(median(ours))}, the bindings ${milliseconds(median(raw))}; applying alone ${milliseconds(median(applying))})`,
    );
    await crowd.kill();
    await gateway.stop();
  } finally {
    await stopStack(dir);
    rmSync(base, { recursive: true, force: true });
  }
}

async function moderates(gateway: BenchGateway): Promise<void> {
  const connections = gateway.client(ConnectionService);
  for (;;) {
    const { connections: all } = await connections.listConnections({});
    if (all.some(({ capabilities }) => capabilities.some((one) => one.name === 'moderate' && one.available)))
      return;
    await sleep(50);
  }
}

/** Plans and applies; the milliseconds that applying took. */
async function act(gateway: BenchGateway, action: string, input: Record<string, string>): Promise<number> {
  const actions = gateway.client(ActionService);
  const { plan } = await actions.plan({ action, input });
  const began = performance.now();
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  for await (const { item } of actions.apply({ digest: plan?.digest ?? '', idempotencyKey }))
    if (item && item.outcome !== ItemOutcome.DONE)
      throw new Error(`${action} ${item.target}: ${item.reason}`);
  return performance.now() - began;
}
