import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@bufbuild/protobuf';
import { ActionService, ItemOutcome, type ItemResult, Presence } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type OwnGateway, startOwnGateway } from './own-gateway.ts';
import { type Participant, startParticipant } from './participant.ts';

let real: RealConsole;
const people: Participant[] = [];
const [alice, bob, carol] = ['agntcy/sessions/alice', 'agntcy/sessions/bob', 'agntcy/sessions/carol'];
const own = 'agntcy/muster/moderator';

beforeAll(async () => {
  real = await openRealConsole();
  const { nodeA, sharedSecretFile } = real.stack.slim;
  for (const name of [alice, bob, carol])
    people.push(await startParticipant(nodeA.dataplane, sharedSecretFile, name));
});
afterAll(async () => {
  for (const one of people) await one.stop();
  await real.close();
});

const moderates = (console_: RealConsole) =>
  eventually(60, async () => {
    const { connections } = await console_.connections.listConnections({});
    return connections
      .find((one) => one.name === 'node-a')
      ?.capabilities.some((one) => one.name === 'moderate' && one.available);
  });
const slimctl = (...args: string[]) =>
  real.slimctl(['channel-manager', '--server', real.stack.slim.channelManager, ...args]);

describe('our session in a channel of the real channel manager', () => {
  const name = 'agntcy/sessions/hall';
  const at = { connection: 'node-a', channel: name };
  const row = async () => {
    const { channels } = await real.groups.listChannels({});
    return channels.find((one) => one.name === name && one.connection === 'node-a');
  };
  const answers = async () =>
    (await real.groups.listMessages(at)).messages.filter((one) => one.from === alice);

  it('is opened by its own invitation, passes messages, is closed, rejoined and left', async () => {
    await moderates(real);
    await real.act('channel.create', { connection: 'channel-manager', name, mls: true });
    await real.act('member.invite', { connection: 'channel-manager', channel: name, member: alice });
    const { plan } = await real.act('session.open', at);
    expect(plan.changes.map(({ verb, connection }) => [verb, connection])).toEqual([
      ['invite', 'channel-manager'],
      ['open', 'node-a'],
    ]);
    expect(await slimctl('list-participants', name)).toContain(own);
    expect(await row()).toMatchObject({ session: 'open', canMessage: true, moderatedByUs: false });
    await real.act('message.send', { ...at, text: 'Is anybody there?' });
    const [heard] = await eventually(40, async () => ((await answers()).length > 0 ? answers() : undefined));
    expect(heard?.fromIdentity).toBe(alice);

    await real.act('session.close', at);
    expect(await row()).toMatchObject({ session: 'closed', canMessage: false });
    await expect(real.act('message.send', { ...at, text: 'x' })).rejects.toThrow(/closed/u);
    await real.act('session.rejoin', at);
    const before = (await answers()).length;
    await real.act('message.send', { ...at, text: 'And now?' });
    await eventually(40, async () => (await answers()).length > before);

    await real.act('session.close', { ...at, leave: true });
    expect(await row()).toBeUndefined();
    await eventually(30, async () => !(await slimctl('list-participants', name)).includes(own));
    await real.act('channel.delete', { connection: 'channel-manager', name });
  });

  it('of a channel that nobody invites us to ends in time, and says so', async () => {
    const open = real.act('session.open', { ...at, channel: 'agntcy/sessions/nowhere', wait_seconds: 1 });
    await expect(open).rejects.toThrow(/No invitation to agntcy\/sessions\/nowhere came in time/u);
  });
});

describe('a moderator whose gateway is killed with -9', () => {
  const room = { connection: 'node-a', channel: 'agntcy/sessions/kept' };
  let home: string;
  let gateway: OwnGateway | undefined;
  afterAll(async () => {
    await gateway?.console
      .act('channel.delete', { connection: room.connection, name: room.channel })
      .catch(() => {});
    await gateway?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  const start = () => startOwnGateway(home);
  /** Every item, whatever came of it. */
  const act = async (
    { console: { plan, client } }: OwnGateway,
    action: string,
    input: JsonObject,
    onItem?: () => void,
  ): Promise<ItemResult[]> => {
    const { digest } = await plan(action, input);
    const items: ItemResult[] = [];
    const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
    for await (const { item } of client(ActionService).apply({ digest, idempotencyKey })) {
      if (!item) continue;
      items.push(item);
      onItem?.();
    }
    return items;
  };
  const messagesOf = async (one: OwnGateway) => (await one.console.groups.listMessages(room)).messages;
  const instanceOf = async (one: OwnGateway, name: string) =>
    (await one.console.groups.listMembers({ ...room, search: name })).members[0]?.instance;
  const present = async (one: OwnGateway) => {
    const { members } = await one.console.groups.listMembers(room);
    return members.filter(({ presence }) => presence === Presence.ONLINE).map((member) => member.name);
  };
  const online = (one: OwnGateway, seconds: number, ...names: string[]) =>
    eventually(seconds, async () => {
      const there = await present(one);
      return JSON.stringify(there.toSorted()) === JSON.stringify([own, ...names].toSorted());
    });

  it('has its channels again within 30 s: the members, one more, and messages', async () => {
    home = mkdtempSync(join(tmpdir(), 'muster-killed-'));
    const first = await start();
    gateway = first;
    await eventually(60, () => act(first, 'channel.create', { connection: 'node-a', name: room.channel }));
    for (const { outcome } of await act(first, 'member.invite', { ...room, members: [alice, bob] }))
      expect(outcome).toBe(ItemOutcome.DONE);
    await online(first, 20, alice, bob);
    const before = await instanceOf(first, alice);
    await first.kill();

    const second = await start();
    gateway = second;
    await online(second, 30, alice, bob);
    // The same session: nobody was invited anew.
    expect(await instanceOf(second, alice)).toBe(before);
    const [invited] = await act(second, 'member.invite', { ...room, member: carol });
    expect(invited?.outcome).toBe(ItemOutcome.DONE);
    await act(second, 'message.send', { ...room, text: 'Is anybody there?' });
    await eventually(40, async () => {
      const messages = await messagesOf(second);
      return [alice, bob, carol].every((name) => messages.some((one) => one.from === name));
    });
  });

  it('in the middle of inviting is true afterwards, and goes on where it stopped', async () => {
    if (!gateway) throw new Error('The gateway of the test before is needed.');
    const absent = 'agntcy/sessions/nobody';
    await act(gateway, 'member.remove', { ...room, members: [alice, bob, carol] });
    await online(gateway, 20);
    const wanted = [alice, absent, bob, carol];
    const killed = gateway;
    // The second is not there, so the call is under way for long enough.
    const interrupted = act(killed, 'member.invite', { ...room, members: wanted }, () => {
      setTimeout(() => void killed.kill(), 1000);
    });
    await expect(interrupted).rejects.toThrow();
    const next = await start();
    gateway = next;
    await online(next, 30, alice);
    const records = next.console.client(ActionService);
    const [cut] = (await records.listRecords({ page: { limit: 1 } })).records;
    const items = await act(next, 'member.invite', { ...room, members: [bob, carol, alice] });
    expect(items.map(({ target, outcome }) => [target, outcome])).toEqual([
      [bob, ItemOutcome.DONE],
      [carol, ItemOutcome.DONE],
    ]);
    await online(next, 20, alice, bob, carol);
    // Or it is undone: its record has kept who was in by then.
    expect(cut).toMatchObject({ action: 'member.invite', state: 'interrupted', inverse: 'member.remove' });
    const { inverseInput } = await records.getRecord({ id: cut?.id ?? '' });
    expect(inverseInput).toEqual({ ...room, members: [alice] });
    await act(next, 'member.remove', inverseInput ?? {});
    await online(next, 20, bob, carol);
  });
});

describe('a moderator with an SVID of the real agent', () => {
  const guest = 'agntcy/sessions/guest';
  const twin = 'agntcy/sessions/twin';
  const ids = { ours: 'spiffe://org-a.test/muster/console', theirs: 'spiffe://org-a.test/muster/test' };
  const room = { connection: 'node-a', channel: 'agntcy/sessions/spire' };
  let folder: string;
  let console_: RealConsole;
  const stop: (() => void)[] = [];
  afterAll(async () => {
    for (const end of stop) end();
    await console_?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const participant = (name: string, spiffeId: string) =>
    new Promise<void>((resolve, reject) => {
      const script = fileURLToPath(new URL('spire-participant.ts', import.meta.url));
      const { nodeA } = real.stack.slim;
      const args = [script, nodeA.dataplane, real.stack.orgA.agentSocket, name, spiffeId];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      stop.push(() => child.kill('SIGKILL'));
      let error = '';
      child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${error}`)));
    });

  it('talks to a member with another, tells whom it hears, and never shows a token (S-13)', async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-spire-moderator-'));
    const file = join(folder, 'muster.yaml');
    const connections = [
      { name: 'agent', kind: 'workload-api', address: `unix://${real.stack.orgA.agentSocket}` },
      {
        name: 'node-a',
        kind: 'slim-node',
        address: real.stack.slim.nodeA.dataplane,
        moderator: { name: own, workloadApi: 'agent', spiffeId: ids.ours },
      },
    ];
    writeFileSync(file, JSON.stringify({ connections }));
    console_ = await openRealConsole(file);
    await participant(guest, ids.theirs);
    await moderates(console_);
    await console_.act('channel.create', { connection: 'node-a', name: room.channel, interval_ms: 1000 });
    await console_.act('member.invite', { ...room, member: guest });
    await console_.act('message.send', { ...room, text: 'Is anybody there?' });
    const messages = await eventually(30, async () => {
      const { messages } = await console_.groups.listMessages(room);
      return messages.some((one) => one.from === guest) && messages;
    });
    expect(messages.find((one) => one.from === guest)?.fromIdentity).toBe(ids.theirs);
    const { channels } = await console_.groups.listChannels({});
    const { members } = await console_.groups.listMembers(room);
    const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    // Every JWT begins so: a JSON object in base64url.
    expect(JSON.stringify([messages, channels, members], asText)).not.toContain('eyJ');
  });

  it('says in words that two members with one SPIFFE ID cannot both join', async () => {
    await participant(twin, ids.theirs);
    const invite = console_.act('member.invite', { ...room, member: twin });
    await expect(invite).rejects.toThrow(/REFUSED .*same identity as a member/u);
    // The channel works on for those who are in it.
    await console_.act('message.send', { ...room, text: 'Still there?' });
    await console_.act('channel.delete', { connection: 'node-a', name: room.channel });
  });
});
