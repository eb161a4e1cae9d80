import { createHash } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import {
  ActionService,
  AgentService,
  AgentState,
  type ApplyResult,
  ItemOutcome,
  type ItemResult,
  JoinTokenState,
  LoggerLevel,
  ServerHealth,
  ServerService,
} from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';

let own: OwnServer;
let real: RealConsole;
let agents: Client<typeof AgentService>;
beforeAll(async () => {
  // Half of it is a renewal within the patience of a test, and its end comes soon as well.
  own = await startOwnServer('40s');
  real = await openRealConsole(own.configFile);
  agents = real.client(AgentService);
});
afterAll(async () => {
  await real?.close();
  await own?.stop();
});

interface Shown {
  id: { path: string };
  attestation_type: string;
  banned: boolean;
  can_reattest: boolean;
  x509svid_serial_number: string;
  agent_version: string;
}
const idOf = ({ id }: Shown): string => `spiffe://${own.trustDomain}${id.path}`;
/** As `spire-server` has them. */
const shown = async (): Promise<Shown[]> =>
  (JSON.parse(await own.spireServer(['agent', 'list', '-output', 'json'])) as { agents: Shown[] }).agents;
const oneOf = async (type: string): Promise<Shown | undefined> =>
  (await shown()).find((agent) => agent.attestation_type === type);
const attested = (type: string): Promise<Shown> => eventually(40, () => oneOf(type));

async function act(
  action: string,
  input: JsonObject,
): Promise<{ items: ItemResult[]; result?: ApplyResult }> {
  const { digest } = await real.plan(action, { connection: 'own', ...input });
  const items: ItemResult[] = [];
  let result: ApplyResult | undefined;
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  for await (const progress of real.client(ActionService).apply({ digest, idempotencyKey })) {
    if (progress.item) items.push(progress.item);
    result = progress.result ?? result;
  }
  return { items, ...(result ? { result } : {}) };
}

describe('join tokens and the agents that come with them', () => {
  const alias = 'spiffe://own.test/node/token-host';
  const entries = async () =>
    JSON.parse(await own.spireServer(['entry', 'show', '-spiffeID', alias, '-output', 'json'])) as {
      entries: { parent_id: { path: string } }[];
    };

  it('a token made here attests one agent, is known as used, and its agent is gone for good once evicted', async () => {
    const { items } = await act('agent.joinToken', { ttl: 60, spiffeId: alias });
    const token = items[0]?.secret ?? '';
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
    expect((await entries()).entries[0]?.parent_id.path).toBe(`/spire/agent/join_token/${token}`);
    expect((await agents.listJoinTokens({})).tokens[0]).toMatchObject({
      state: JoinTokenState.OUTSTANDING,
      fingerprint: createHash('sha256').update(token).digest('hex'),
      alias,
    });

    const host = await own.agent('token-host', token);
    host.start();
    const agent = await attested('join_token');
    expect(agent.id.path).toBe(`/spire/agent/join_token/${token}`);
    // Read through: our copy may be older than the agent.
    const found = await agents.getAgent({ id: idOf(agent) });
    expect(found.agent).toMatchObject({
      attestationType: 'join_token',
      canReattest: false,
      serialNumber: agent.x509svid_serial_number,
      state: AgentState.ATTESTED,
      entries: 1n,
    });
    expect(found.warnings.map(({ code }) => code)).toEqual(['not-reattestable']);
    const [used] = (await agents.listJoinTokens({})).tokens;
    expect(used).toMatchObject({ state: JoinTokenState.USED, agent: idOf(agent) });

    const plan = await real.plan('agent.evict', { connection: 'own', ids: [idOf(agent)] });
    expect(plan.effects.join(' ')).toContain(alias);
    await act('agent.evict', { ids: [idOf(agent)] });
    expect(await oneOf('join_token')).toBeUndefined();
    expect((await entries()).entries).toEqual([]);
    expect((await real.entries.listEntries({ search: '/node/token-host' })).entries).toEqual([]);
    await eventually(60, async () => host.exitCode() !== undefined);
    expect((await agents.listJoinTokens({})).tokens[0]?.state).toBe(JoinTokenState.USED);
  });

  it('refuses what the server would, by the field, before it is asked', async () => {
    const count = async () =>
      (JSON.parse(await own.spireServer(['entry', 'count', '-output', 'json'])) as { count: number }).count;
    const before = await count();
    for (const [input, words] of [
      [{ ttl: 0 }, /ttl: /u],
      [{ ttl: -1 }, /ttl: /u],
      [{ ttl: 2 ** 31 }, /ttl: /u],
      [{ spiffeId: 'spiffe://own.test/spire/agent/x' }, /spiffeId: /u],
      [{ spiffeId: 'spiffe://org-a.test/x' }, /spiffeId: /u],
    ] as const)
      await expect(real.plan('agent.joinToken', { connection: 'own', ...input })).rejects.toThrow(words);
    expect(await count()).toBe(before);
  });
});

describe('an agent that attests by a certificate', () => {
  it('is shown as spire-server shows it, and its renewal is seen', async () => {
    const host = await own.agent('host-1');
    host.start();
    const agent = await attested('x509pop');
    const first = (await agents.getAgent({ id: idOf(agent) })).agent;
    expect(first).toMatchObject({ canReattest: true, serialNumber: agent.x509svid_serial_number });
    expect(first?.selectors.map(({ type }) => type)).toContain('x509pop');
    const renewed = await eventually(75, async () => {
      const one = (await agents.getAgent({ id: idOf(agent) })).agent;
      return one?.renewedAt ? one : undefined;
    });
    expect(renewed.serialNumber).not.toBe(agent.x509svid_serial_number);
    expect([AgentState.ATTESTED, AgentState.OVERDUE]).toContain(renewed.state);
    expect(renewed.version).toBe((await oneOf('x509pop'))?.agent_version);
    await host.stop();
  });

  it('evicted, it is back; banned, its process ends and comes back only after the row is evicted', async () => {
    const host = await own.agent('host-2');
    const known = new Set((await shown()).map(idOf));
    host.start();
    const agent = await eventually(40, async () => (await shown()).find((one) => !known.has(idOf(one))));
    const id = idOf(agent);

    await act('agent.evict', { ids: [id] });
    const back = await eventually(60, async () => (await shown()).find((one) => idOf(one) === id));
    expect(back.x509svid_serial_number).not.toBe(agent.x509svid_serial_number);
    expect(host.exitCode()).toBeUndefined();

    const plan = await real.plan('agent.ban', { connection: 'own', ids: [id] });
    expect(plan.commands[0]?.line).toContain('agent ban');
    await act('agent.ban', { ids: [id] });
    const banned = JSON.parse(
      await own.spireServer(['agent', 'show', '-spiffeID', id, '-output', 'json']),
    ) as Shown;
    expect(banned).toMatchObject({ banned: true, x509svid_serial_number: '' });
    expect((await agents.getAgent({ id })).agent?.state).toBe(AgentState.BANNED);
    await eventually(60, async () => host.exitCode() !== undefined);
    host.forget();
    host.start();
    await eventually(60, async () => host.exitCode() !== undefined);
    expect(host.log()).toContain('agent is banned');

    await act('agent.evict', { ids: [id] });
    host.start();
    await eventually(60, async () => (await shown()).find((one) => idOf(one) === id && !one.banned));
    await host.stop();
  });

  it('is purged once it has been expired for so long, and those that run are left', async () => {
    const runs = await own.agent('host-3');
    runs.start();
    // The two hosts that were stopped: refused as nothing to purge until the first of them has expired.
    const plan = await eventually(80, async () => {
      const found = await real.plan('agent.purge', { connection: 'own', expiredFor: 1 });
      return found.changes.length >= 2 && found;
    });
    const before = await shown();
    const hit = plan.changes.map(({ target }) => target);
    expect(hit).toHaveLength(2);
    await act('agent.purge', { expiredFor: 1 });
    const after = (await shown()).map(idOf);
    expect(new Set(after)).toEqual(new Set(before.map(idOf).filter((id) => !hit.includes(id))));
    expect(after).toHaveLength(1);
    await expect(real.plan('agent.purge', { connection: 'own', expiredFor: 1 })).rejects.toThrow(
      /Nothing to purge/u,
    );
    await runs.stop();
  });
});

describe('the server itself', () => {
  const level = async () => await own.spireServer(['logger', 'get']);
  const accesses = () =>
    own
      .log()
      .split('\n')
      .filter((line) => line.includes('API accessed')).length;

  it('says how it is, and its log level is set and undone, as spire-server logger has it', async () => {
    const servers = real.client(ServerService);
    const now = await servers.getServer({ connection: 'own', details: true });
    expect(now).toMatchObject({
      health: ServerHealth.SERVING,
      level: LoggerLevel.INFO,
      launchLevel: LoggerLevel.INFO,
      details: { spiffeId: 'spiffe://own.test/spire/server', bundles: 1n },
    });
    expect(now.details?.agents).toBe(BigInt((await shown()).length));

    const { result } = await act('logger.level', { level: 'warn' });
    expect(await level()).toMatch(/^Logger Level : warning$/mu);
    const silent = accesses();
    await shown();
    // What the plan warns of: SPIRE's audit log is silent now.
    expect(accesses()).toBe(silent);
    await act('logger.level', result?.inverseInput ?? {});
    expect(await level()).toMatch(/^Logger Level : info$/mu);
    await shown();
    expect(accesses()).toBeGreaterThan(silent);
  });
});
