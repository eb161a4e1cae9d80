import { join } from 'node:path';
import type { Client } from '@connectrpc/connect';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import {
  AgentService,
  AgentSort,
  AgentState,
  ItemOutcome,
  ServerHealth,
  ServerService,
  Topic,
} from '@muster/api';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import type { CutProxy } from '../upstream/testing/cut-proxy.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import { openChannel } from '../upstream/transport.ts';
import type { Channel } from '../upstream/transport.ts';

let harness: Harness;
let spire: Awaited<ReturnType<typeof startSpire>>;
let proxy: CutProxy;
let agents: Client<typeof AgentService>;
let servers: Client<typeof ServerService>;
let raw: Client<typeof Agent>;
let channel: Channel;
const td = 'harbor.example';

beforeAll(async () => {
  spire = await startSpire();
  const target = spire.spire.trustDomains[0]?.serverSocket ?? '';
  const path = join(temporaryDirectory(), 'cut.sock');
  proxy = await startCutProxy(path, target);
  const connections = spire.connections.map((one) =>
    one.name === 'harbor' ? { ...one, address: `unix://${path}` } : one,
  ) as typeof spire.connections;
  harness = await startHarness(connections);
  agents = harness.client(AgentService);
  servers = harness.client(ServerService);
  channel = openChannel({ address: `unix://${target}` });
  raw = createClient(Agent, channel.transport);
  await until(
    () => agents.listAgents({}),
    ({ all }) => all === 24n,
  );
});
afterAll(async () => {
  await harness.console.close();
  channel.close();
  await proxy.close();
  await spire.stop();
});

const codeOf = (call: Promise<unknown>): Promise<ConnectError | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error),
  );

describe('the views of agents', () => {
  it('lists with counts, facets and the command, saying what the command cannot', async () => {
    const page = await agents.listAgents({
      trustDomains: [td],
      attestationType: 'k8s_psat',
      sort: AgentSort.EXPIRES_AT,
      descending: true,
    });
    expect(page).toMatchObject({ total: 5n, all: 12n });
    const ends = page.agents.map(({ expiresAt }) => expiresAt?.seconds ?? 0n);
    expect(ends).toEqual(ends.toSorted((a, b) => Number(b - a)));
    expect(page.states.map(({ value }) => value).toSorted()).toEqual(['attested', 'banned', 'expired']);
    expect(page.versions.map(({ value }) => value)).toContain('unknown');
    expect(page.command?.line).toMatch(/agent list .*-attestationType k8s_psat$/u);
    expect(page.command?.note).toContain('spire-server cannot sort.');
    expect(page.watchedSince).toBeDefined();
    const { command } = await agents.listAgents({ trustDomains: [td], state: AgentState.BANNED });
    expect(command?.line).toMatch(/-banned true$/u);
  });

  it('shows one: why it is in its state, what it serves, what is risky', async () => {
    const [expired] = (await agents.listAgents({ trustDomains: [td], state: AgentState.EXPIRED })).agents;
    const found = await agents.getAgent({ id: expired?.id ?? '' });
    expect(found.agent?.stateReason).toMatch(/expired at .*Z/u);
    expect(found.command?.line).toContain(`agent show`);
    // It is expired: nothing depends on it any more.
    expect(found.onlyHere).toBe(0n);
    const { agents: all } = await agents.listAgents({ trustDomains: [td], state: AgentState.ATTESTED });
    const most = all.toSorted((a, b) => Number(b.entries - a.entries))[0];
    const { served, agent } = await agents.getAgent({ connection: 'harbor', id: most?.id ?? '' });
    expect(served >= (agent?.entries ?? 0n)).toBe(true);
    expect(agent?.renewedAt).toBeUndefined();
    expect(agent?.knownSince).toBeDefined();
  });

  it('refuses what is no agent by its field, and says where one is not', async () => {
    for (const [id, words] of [
      ['', /^id: /u],
      ['nonsense', /^id: /u],
      [`spiffe://${td}/web`, /^id: not the ID of an agent/u],
      [`spiffe://${td}:80/spire/agent/a`, /^id: /u],
    ] as const) {
      const error = await codeOf(agents.getAgent({ id }));
      expect(error?.code).toBe(Code.InvalidArgument);
      expect(error?.rawMessage).toMatch(words);
    }
    const gone = await codeOf(agents.getAgent({ id: `spiffe://${td}/spire/agent/x509pop/none` }));
    expect(gone?.code).toBe(Code.NotFound);
    expect(gone?.rawMessage).toMatch(/^No agent has this ID on harbor\./u);
    const other = await codeOf(agents.getAgent({ id: 'spiffe://elsewhere.example/spire/agent/a' }));
    expect(other?.rawMessage).toMatch(/any connected server of its trust domain/u);
    const named = await codeOf(
      agents.getAgent({ connection: 'nowhere', id: `spiffe://${td}/spire/agent/a` }),
    );
    expect(named?.rawMessage).toMatch(/^connection: /u);
    expect((await codeOf(agents.listAgents({ search: 'x'.repeat(5000) })))?.rawMessage).toMatch(/^search: /u);
  });
});

describe('the view of a server', () => {
  it('tells health and log level at once, and counts only when asked', async () => {
    const plain = await servers.getServer({ connection: 'harbor' });
    expect(plain).toMatchObject({ health: ServerHealth.SERVING, trustDomain: td });
    expect(plain.details).toBeUndefined();
    const { details } = await servers.getServer({ connection: 'harbor', details: true });
    expect(details).toMatchObject({ agents: 12n, spiffeId: `spiffe://${td}/spire/server` });
    // Kept for a minute: the server is not made to count again.
    const again = await servers.getServer({ connection: 'harbor', details: true });
    expect(again.details?.readAt).toEqual(details?.readAt);
    expect((await codeOf(servers.getServer({})))?.rawMessage).toMatch(/^connection: /u);
  });
});

it.each([
  ['in the first of them', 1],
  ['in a later one', 220],
])(
  'S-28: a connection that breaks %s (%i bytes) leaves each agent banned, open or not sent, and says which',
  async (_when, bytes) => {
    const attested = { trustDomains: [td], state: AgentState.ATTESTED };
    const { agents: some } = await agents.listAgents(attested);
    const ids = some.map(({ id }) => id).slice(0, 3);
    expect(ids).toHaveLength(3);
    const plan = await until(
      () => harness.plan('agent.ban', { connection: 'harbor', ids }).catch(() => undefined),
      (made) => made !== undefined,
      20_000,
    );
    // The record is written before anything is sent, and only then.
    const off = harness.bus.on((event) => {
      if (event.kind !== 'invalidated' || event.topic !== Topic.ACTIONS) return;
      off();
      proxy.cutAfter('client', bytes);
    });
    const { items, result } = await harness.apply(plan?.digest ?? '');
    proxy.mend();
    expect(items).toHaveLength(3);
    expect(result.done + result.refused + result.unknown).toBe(3);
    expect(result.done).toBeLessThan(3);
    const { agents: now } = await raw.listAgents({ filter: { byBanned: true } });
    const banned = new Set(now.map(({ id }) => `spiffe://${id?.trustDomain}${id?.path}`));
    for (const { target, outcome } of items) {
      if (outcome === ItemOutcome.DONE) expect(banned.has(target)).toBe(true);
      if (outcome === ItemOutcome.SKIPPED) expect(banned.has(target)).toBe(false);
    }
    // Once it is back the list shows what is there.
    await until(
      () => agents.listAgents({ trustDomains: [td], state: AgentState.BANNED }),
      ({ total }) => total === BigInt(banned.size),
      60_000,
    );
  },
  90_000,
);
