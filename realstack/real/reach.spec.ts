import type { JsonObject } from '@bufbuild/protobuf';
import { NetworkService, ReachService, ReachState } from '@muster/api';
import type { ReachResponse } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

let real: RealConsole;
let alice: Participant;
let bob: Participant;
beforeAll(async () => {
  real = await openRealConsole();
  const { nodeA, nodeB, sharedSecretFile } = real.stack.slim;
  alice = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/reach/alice');
  bob = await startParticipant(nodeB.dataplane, sharedSecretFile, 'agntcy/reach/bob');
});
afterAll(async () => {
  await alice.stop();
  await bob.stop();
  await real.close();
});

const reach = () => real.client(ReachService);
const wrong = ({ steps, firstWrong }: ReachResponse) =>
  firstWrong === undefined ? undefined : steps[firstWrong];
const room = 'agntcy/reach/room';

async function slimctl(...words: string[]): Promise<string> {
  const { connections } = await real.connections.listConnections({});
  const address = connections.find(({ name }) => name === 'control-plane')?.address ?? '';
  return real.slimctl(['controller', '--server', new URL(address).host, ...words]);
}

describe('the way between two real nodes', () => {
  const between = () => reach().explain({ from: alice.name, to: bob.name });

  it('is over the link that slimctl lists, and the routes that the nodes have', async () => {
    const answer = await eventually(60, async () => {
      const one = await between();
      return one.verdict === 'reaches' && one;
    });
    expect(answer.path).toHaveLength(2);
    const listed = await slimctl('link', 'list');
    for (const link of answer.links) expect(listed).toContain(link);
    expect(await slimctl('route', 'list', '--node-id', answer.path[0] ?? '')).toContain('bob');
    expect(answer.steps.filter(({ kind }) => kind === 'node-truth').map(({ state }) => state)).toEqual([
      ReachState.GOOD,
      ReachState.GOOD,
      ReachState.GOOD,
    ]);
  }, 90_000);

  it('ends where two domains have no link; the remedy is applied as it is given, and mends it', async () => {
    const { segments } = await real.client(NetworkService).listSegments({});
    for (const { name, links } of segments)
      for (const { domainA, domainB } of links)
        await real.act('link.remove', { segment: name, domain_a: domainA, domain_b: domainB });
    const cut = await eventually(60, async () => {
      const one = await between();
      return wrong(one)?.kind === 'link' && one;
    });
    expect(cut.verdict).toBe('does-not');
    expect(wrong(cut)?.detail).toMatch(/^No segment links the domains \S+ and \S+:/u);
    expect(wrong(cut)?.nodes).toEqual(cut.path);
    const remedy = wrong(cut)?.remedies.find(({ action }) => action !== '');
    expect(remedy?.action).toBe('link.add');
    await real.act('link.add', JSON.parse(remedy?.input ?? '{}') as JsonObject);
    const mended = await eventually(120, async () => {
      const one = await between();
      return one.verdict === 'reaches' && one;
    });
    expect(mended.path).toEqual(cut.path);
    expect(await slimctl('link', 'list')).toContain(mended.links[0]);
  }, 240_000);
});

describe('a real channel over both nodes', () => {
  it('reaches everyone, and says who has stopped', async () => {
    await eventually(60, async () => {
      const { connections } = await real.connections.listConnections({});
      return connections
        .find(({ name }) => name === 'node-a')
        ?.capabilities.some(({ name, available }) => name === 'moderate' && available);
    });
    await real.act('channel.create', { connection: 'node-a', name: room, mls: true });
    for (const { name } of [alice, bob])
      await real.act('member.invite', { connection: 'node-a', channel: room, member: name });
    const all = await eventually(60, async () => {
      const one = await reach().explain({ channel: room });
      return one.verdict === 'reaches' && one;
    });
    expect(all.places.map(({ members }) => members).toSorted()).toEqual([1, 2]);
    expect(all.steps.some(({ title }) => title.startsWith(`Route to ${room} on `))).toBe(true);

    await bob.stop();
    const gone = await eventually(30, async () => {
      const one = await reach().explain({ from: alice.name, to: bob.name, channel: room });
      return one.verdict === 'does-not' && one;
    });
    expect(wrong(gone)?.title).toMatch(/bob/u);
    const away = await eventually(60, async () => {
      const one = await reach().explain({ channel: room });
      return wrong(one)?.kind === 'presence' && one;
    });
    expect(wrong(away)?.detail).toMatch(/^Offline since /u);
    expect(wrong(away)?.remedies.map(({ action }) => action)).toContain('member.invite');
    await real.act('channel.delete', { connection: 'node-a', name: room });
  }, 240_000);
});
