import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GroupService, type Member, Presence, RosterEventKind } from '@muster/api';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readState } from '../start.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

/** Views `members` and `roster-history` against real nodes, their control plane, and real entries. */
let real: RealConsole;
let folder: string;
const people: Participant[] = [];
const room = { connection: 'node-a', channel: 'agntcy/members/room' };
const td = 'spiffe://org-a.test';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-members-'));
  const stack = readState(inject('stackDir'));
  if (!stack) throw new Error('The real stack does not run.');
  const rules = [{ name: 'agntcy/members/{app}', spiffeId: `${td}/members/{app}` }];
  const file = join(folder, 'muster.yaml');
  writeFileSync(
    file,
    `${readFileSync(stack.musterConfig, 'utf8')}slimIdentities: ${JSON.stringify(rules)}\n`,
  );
  real = await openRealConsole(file);
  const { nodeA, nodeB, sharedSecretFile } = real.stack.slim;
  for (const [node, app] of [
    [nodeA, 'alice'],
    [nodeB, 'bob'],
  ] as const)
    people.push(await startParticipant(node.dataplane, sharedSecretFile, `agntcy/members/${app}`));
  await eventually(60, async () => {
    const { connections } = await real.connections.listConnections({});
    return connections
      .find(({ name }) => name === 'node-a')
      ?.capabilities.some(({ name, available }) => name === 'moderate' && available);
  });
  await real.act('channel.create', { connection: 'node-a', name: room.channel, mls: true });
  for (const { name } of people)
    await eventually(60, () => real.act('member.invite', { ...room, member: name }));
}, 240_000);
afterAll(async () => {
  for (const one of people) await one.stop();
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

const groups = () => real.client(GroupService);
async function member(app: string): Promise<Member | undefined> {
  const { members } = await groups().listMembers({ ...room, search: `agntcy/members/${app}` });
  return members.find(({ name }) => name === `agntcy/members/${app}`);
}
const events = async (kind: RosterEventKind) =>
  (await groups().listRosterEvents({ ...room, kinds: [kind] })).events;

describe('where a real member is', () => {
  it.each([
    ['alice', 'nodeA'],
    ['bob', 'nodeB'],
  ] as const)(
    '%s is on the node that slimctl says is its own',
    async (app, letter) => {
      const { name, domain } = real.stack.slim[letter];
      const found = await eventually(60, async () => {
        const one = await member(app);
        return one !== undefined && one.node !== '' && one;
      });
      expect(found).toMatchObject({ node: `${domain}/${name}`, domain, controlPlane: 'control-plane' });
      const server = new URL(real.stack.slim.controlPlane).host;
      const listed = await real.slimctl([
        'controller',
        '--server',
        server,
        'route',
        'list',
        '--node-id',
        found.node,
      ]);
      // An application's own connection has no peer node: slimctl writes APP in its place.
      const own = listed.split('\n').filter((line) => line.includes(`${app}/${found.instance}`));
      expect(own.join('\n')).toMatch(/\bAPP\b/u);
    },
    90_000,
  );
});

describe('who stands behind a real member', () => {
  it('is its registration entry, until that is deleted elsewhere', async () => {
    expect((await eventually(60, () => member('alice'))).identity).toMatchObject({
      state: 'entry-gone',
      spiffeId: `${td}/members/alice`,
    });
    const { agents } = JSON.parse(await real.spireServer(['agent', 'list', '-output', 'json'])) as {
      agents: { id: { trust_domain: string; path: string } }[];
    };
    const [agent] = agents;
    const parentId = `spiffe://${agent?.id.trust_domain ?? ''}${agent?.id.path ?? ''}`;
    const { ids } = await real.act('entry.create', {
      connection: 'org-a',
      entries: [
        {
          spiffe_id: `${td}/members/alice`,
          parent_id: parentId,
          selectors: ['unix:uid:4242'],
        },
      ],
    });
    const mapped = (await member('alice'))?.identity;
    expect(mapped).toMatchObject({ state: 'mapped', entryId: ids[0], connection: 'org-a' });
    expect(mapped?.agentId).toBe(parentId);
    await real.spireServer(['entry', 'delete', '-entryID', ids[0] ?? '']);
    const gone = await eventually(60, async () => {
      const one = (await member('alice'))?.identity;
      return one?.state === 'entry-gone' && one;
    });
    expect(gone.reason).toContain('org-a has no registration entry');
  }, 120_000);
});

describe('the history of a real channel', () => {
  it('has who joined by whose action', async () => {
    const joined = await eventually(30, async () => {
      const some = await events(RosterEventKind.JOINED);
      return some.length >= 2 && some;
    });
    expect(joined.map((one) => one.member).toSorted()).toEqual([
      'agntcy/members/alice',
      'agntcy/members/bob',
    ]);
    for (const one of joined) {
      expect(one.recordId).not.toBe('');
      expect(one.by).toContain('cli');
    }
  });

  it('shows who was killed as offline within 35 s, here and there', async () => {
    await people[0]?.stop();
    const offline = await eventually(35, async () => {
      const one = await member('alice');
      return one?.presence === Presence.OFFLINE && one;
    });
    expect(offline.instance).toMatch(/\w/u);
    // A loaded machine may miss heartbeats of others too.
    const event = await eventually(5, async () =>
      (await events(RosterEventKind.OFFLINE)).find((one) => one.member === 'agntcy/members/alice'),
    );
    expect(event).toMatchObject({ instance: offline.instance, recordId: '' });
    const { presences } = await groups().listMembers(room);
    expect(presences.find(({ value }) => value === 'offline')?.count).toBeGreaterThanOrEqual(1n);
    await real.act('channel.delete', { connection: 'node-a', name: room.channel });
    await eventually(20, async () => (await events(RosterEventKind.CHANNEL_DELETED)).length === 1);
  }, 90_000);
});
