import type { Client } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, refusal, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
let agents: Client<typeof Agent>;

beforeAll(async () => {
  network = await startTestNetwork();
  agents = network.server(Agent);
});
afterAll(() => network.stop());

const path = (type: string) =>
  agents.listAgents({ filter: { byAttestationType: type } }).then((list) => list.agents);
const stamp = (date: Date) => `${date.toISOString().slice(0, 19).replace('T', ' ')} +0000 +00`;

describe('listing', () => {
  it('has agents of four kinds, some expired and one banned', async () => {
    const { agents: all } = await agents.listAgents({});
    expect(all).toHaveLength(12);
    expect(new Set(all.map((agent) => agent.attestationType))).toEqual(
      new Set(['k8s_psat', 'x509pop', 'aws_iid', 'join_token']),
    );
    const now = BigInt(Math.floor(Date.now() / 1000));
    expect(all.filter((agent) => agent.x509svidExpiresAt < now)).toHaveLength(3);
    expect(all.filter((agent) => agent.banned).map((agent) => agent.x509svidSerialNumber)).toEqual(['']);
  });

  it('an agent that joined by token has no selectors and cannot attest again', async () => {
    for (const agent of await path('join_token'))
      expect(agent).toMatchObject({ selectors: [], canReattest: false });
  });

  it('pages as entries do', async () => {
    const first = await agents.listAgents({ pageSize: 12 });
    expect(first.nextPageToken).not.toBe('');
    const second = await agents.listAgents({ pageSize: 12, pageToken: first.nextPageToken });
    expect(second).toMatchObject({ agents: [], nextPageToken: '' });
  });

  it('masks all but the id', async () => {
    const [agent] = (await agents.listAgents({ outputMask: {} })).agents;
    expect(agent).toMatchObject({ attestationType: '', x509svidExpiresAt: 0n });
    expect(agent?.id?.path).toMatch(/^\/spire\/agent\//);
  });

  it('filters by what an agent is', async () => {
    const count = async (filter: object) => (await agents.countAgents({ filter })).count;
    expect(await count({ byAttestationType: 'x509pop' })).toBe(3);
    expect(await count({ byBanned: true })).toBe(1);
    expect(await count({ byBanned: false })).toBe(11);
    expect(await count({ byCanReattest: false })).toBe(4);
    expect(
      await count({
        bySelectorMatch: { selectors: [{ type: 'k8s_psat', value: 'cluster:pier-a' }], match: 2 },
      }),
    ).toBe(3);
  });

  it('filters by selectors only if there are any', async () => {
    expect(await refusal(agents.listAgents({ filter: { bySelectorMatch: {} } }))).toBe(
      '13 cannot list by empty selectors set',
    );
  });

  it('filters by expiry in one spelling; any other filters nothing', async () => {
    const before = async (byExpiresBefore: string) =>
      (await agents.countAgents({ filter: { byExpiresBefore } })).count;
    expect(await before(stamp(new Date()))).toBe(3);
    expect(await before(new Date().toISOString())).toBe(12);
    expect(await before(stamp(new Date()).replace('+0000 +00', '+0000 UTC'))).toBe(12);
  });
});

describe('one agent', () => {
  it('is found by its ID', async () => {
    const [agent] = await path('aws_iid');
    expect(await agents.getAgent({ id: agent?.id ?? {} })).toEqual(agent);
  });

  it('needs an agent ID that is known', async () => {
    const get = (agentPath: string) =>
      refusal(agents.getAgent({ id: { trustDomain: harbor, path: agentPath } }));
    expect(await get('/not/an/agent')).toBe(
      `3 invalid agent ID: "spiffe://${harbor}/not/an/agent" is not an agent in trust domain "${harbor}"; path is not in the agent namespace`,
    );
    expect(await get('/spire/agent/x509pop/none')).toBe('5 agent not found');
  });
});

describe('ban and evict', () => {
  it('banning empties the serial, and may be repeated', async () => {
    const [agent] = await path('aws_iid');
    await agents.banAgent({ id: agent?.id ?? {} });
    await agents.banAgent({ id: agent?.id ?? {} });
    expect(await agents.getAgent({ id: agent?.id ?? {} })).toMatchObject({
      banned: true,
      x509svidSerialNumber: '',
    });
  });

  it('an evicted agent that can attest again is back after some seconds', async () => {
    const [agent] = await path('k8s_psat');
    await agents.deleteAgent({ id: agent?.id ?? {} });
    expect(await refusal(agents.getAgent({ id: agent?.id ?? {} }))).toBe('5 agent not found');
    const serial = async () =>
      (await agents.listAgents({})).agents.find(({ id }) => id?.path === agent?.id?.path)
        ?.x509svidSerialNumber;
    await expect.poll(serial, { timeout: 8000, interval: 250 }).toBeDefined();
    expect(await serial()).not.toBe(agent?.x509svidSerialNumber);
  }, 10_000);
});

describe('join tokens', () => {
  it('evicting the agent that joined deletes the alias entry that came with its token', async () => {
    const [agent] = await path('join_token');
    const agentId = { trustDomain: harbor, path: '/node/going' };
    await agents.createJoinToken({ ttl: 60, agentId, token: agent?.id?.path.split('/').at(-1) ?? '' });
    const filter = { bySpiffeId: agentId };
    expect((await network.server(Entry).listEntries({ filter })).entries).toHaveLength(1);
    await agents.deleteAgent({ id: agent?.id ?? {} });
    expect((await network.server(Entry).listEntries({ filter })).entries).toHaveLength(0);
  });

  it('need a time to live', async () => {
    expect(await refusal(agents.createJoinToken({}))).toBe('3 ttl is required, you must provide one');
  });

  it('are random unless given, and can be used up', async () => {
    const { value, expiresAt } = await agents.createJoinToken({ ttl: 600 });
    expect(value).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(expiresAt)).toBeCloseTo(Date.now() / 1000 + 600, -1);
    expect((await agents.createJoinToken({ ttl: 1, token: 'my token' })).value).toBe('my token');
    expect(await refusal(agents.createJoinToken({ ttl: 1, token: 'my token' }))).toMatch(/^13 .*UNIQUE/);
  });

  it('with an agent ID come with an alias entry', async () => {
    const entries = network.server(Entry);
    const agentId = { trustDomain: harbor, path: '/node/joined' };
    const { value } = await agents.createJoinToken({ ttl: 60, agentId });
    const { entries: found } = await entries.listEntries({ filter: { bySpiffeId: agentId } });
    expect(found).toMatchObject([
      {
        parentId: { path: `/spire/agent/join_token/${value}` },
        selectors: [{ type: 'spiffe_id', value: `spiffe://${harbor}/spire/agent/join_token/${value}` }],
        expiresAt: 0n,
      },
    ]);
    const reserved = agents.createJoinToken({ ttl: 60, agentId: { trustDomain: harbor, path: '/spire/x' } });
    expect(await refusal(reserved)).toMatch(/^3 invalid agent ID: .* path is in the reserved namespace$/);
  });
});

it('the other trust domain has agents of its own', async () => {
  const { agents: all } = await network.server(Agent, lighthouse).listAgents({});
  expect(all.every((agent) => agent.id?.trustDomain === lighthouse)).toBe(true);
});
