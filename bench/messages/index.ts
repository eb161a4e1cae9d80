import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionService, ConnectionService, ItemOutcome, Topic, WatchService } from '@muster/api';
import { startTalker, type Talker } from '../../realstack/real/talker.ts';
import { startStack, stopStack } from '../../realstack/start.ts';
import { milliseconds, print } from '../inventory/measure.ts';
import { type BenchGateway, startGatewayOn } from '../inventory/processes.ts';

const MESSAGES = 1000;
/** Under way at a time, on both sides. */
const AT_ONCE = 32;
const members = Array.from({ length: 5 }, (_, index) => `agntcy/bench/talker-${index}`);

/**
 * A thousand messages in a group of five with MLS on a real node, against the bindings alone: sent by plans of Muster
 * that are applied, and heard by a window that watches.
 */
export async function messages(): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'mb-'));
  const dir = join(base, 'r');
  const { slim } = await startStack({ dir });
  const talkers: Talker[] = [];
  let gateway: BenchGateway | undefined;
  try {
    const { sharedSecretFile, nodeA } = slim;
    const talk = async (name: string): Promise<Talker> => {
      const one = await startTalker(nodeA.dataplane, sharedSecretFile, name);
      talkers.push(one);
      return one;
    };
    for (const name of members) await talk(name);
    const moderator = { name: 'agntcy/bench/muster', sharedSecretFile };
    gateway = await startGatewayOn(
      [{ name: 'node', kind: 'slim-node', address: nodeA.dataplane, moderator }],
      mkdtempSync(join(base, 'home')),
    );
    const ours = 'agntcy/bench/ours';
    await opened(gateway, ours);
    const raw = await talk('agntcy/bench/raw');
    await raw.open('agntcy/bench/raw-room', members);

    console.log(`messages  ${MESSAGES} in a group of ${members.length} members, ${AT_ONCE} at once`);
    const listener = talkers[0] as Talker;
    const bare = await timed(async () => {
      await raw.say('agntcy/bench/raw-room', 'raw', MESSAGES, AT_ONCE);
      await listener.heard('agntcy/bench/raw-room', MESSAGES);
    });
    const planned = await timed(async () => {
      await send(gateway as BenchGateway, ours);
      await listener.heard(ours, MESSAGES);
    });
    ratio('sent by Muster, planned, applied and recorded, and heard by a member', planned, bare);
    const alone = await timed(async () => {
      await listener.say('agntcy/bench/raw-room', 'in', MESSAGES, AT_ONCE);
      await raw.heard('agntcy/bench/raw-room', MESSAGES);
    });
    const watched = await timed(async () => {
      const seen = watch(gateway as BenchGateway, ours);
      await listener.say(ours, 'in', MESSAGES, AT_ONCE);
      await seen;
    });
    ratio('said by a member, and told to a window', watched, alone);
  } finally {
    for (const one of talkers) await one.kill();
    await gateway?.stop();
    await stopStack(dir);
    rmSync(base, { recursive: true, force: true });
  }
}

const ratio = (what: string, through: number, bare: number): void =>
  print(
    what,
    '—',
    `${(through / bare).toFixed(2)} x (${milliseconds(through / MESSAGES)} each, the bindings ${milliseconds(bare / MESSAGES)})`,
  );

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Once the moderator is there: the channel with all members in it. */
async function opened(gateway: BenchGateway, channel: string): Promise<void> {
  const connections = gateway.client(ConnectionService);
  for (;;) {
    const { connections: all } = await connections.listConnections({});
    if (all.some(({ capabilities }) => capabilities.some((one) => one.name === 'moderate' && one.available)))
      break;
    await sleep(50);
  }
  await act(gateway, 'channel.create', { connection: 'node', name: channel });
  await act(gateway, 'member.invite', { connection: 'node', channel, members });
}

async function send(gateway: BenchGateway, channel: string): Promise<void> {
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < MESSAGES) {
      const text = `ours ${next++}`;
      await act(gateway, 'message.send', { connection: 'node', channel, text });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

/** Until a window has been told all that members say from now on. */
async function watch(gateway: BenchGateway, channel: string): Promise<void> {
  let count = 0;
  for await (const { event } of gateway.client(WatchService).watch({ topics: [Topic.MESSAGES] })) {
    if (event.case === 'invalidated') throw new Error('The window did not keep up.');
    if (event.case === 'message' && event.value.channel === channel && event.value.message?.own === false)
      count += 1;
    if (count === MESSAGES) return;
  }
}

async function act(
  gateway: BenchGateway,
  action: string,
  input: Record<string, string | string[]>,
): Promise<void> {
  const actions = gateway.client(ActionService);
  const { plan } = await actions.plan({ action, input });
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  for await (const { item } of actions.apply({ digest: plan?.digest ?? '', idempotencyKey }))
    if (item && item.outcome !== ItemOutcome.DONE)
      throw new Error(`${action} ${item.target}: ${item.reason}`);
}
