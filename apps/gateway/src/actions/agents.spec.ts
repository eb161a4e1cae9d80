import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { ConnectError, createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import {
  ActionService,
  AgentService,
  AgentState,
  ItemOutcome,
  JoinTokenState,
  LoggerLevel,
  ServerService,
} from '@muster/api';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChannel } from '../upstream/transport.ts';
import type { Channel } from '../upstream/transport.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import type { ActionContext } from './action.ts';
import { loggerLevel } from './logger-level.ts';
import { newKey, startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';

let harness: Harness;
let spire: Awaited<ReturnType<typeof startSpire>>;
let agents: Client<typeof AgentService>;
let servers: Client<typeof ServerService>;
let raw: Client<typeof Agent>;
let channel: Channel;
const home = temporaryDirectory();
const connection = 'harbor';
const td = 'harbor.example';

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections, { home });
  agents = harness.client(AgentService);
  servers = harness.client(ServerService);
  const address = spire.connections.find(({ name }) => name === connection)?.address ?? '';
  channel = openChannel({ address });
  raw = createClient(Agent, channel.transport);
  await until(
    () => agents.listAgents({ trustDomains: [td] }),
    ({ total }) => total === 12n,
  );
});
afterAll(async () => {
  await harness.console.close();
  channel.close();
  await spire.stop();
});

const list = async (more: object = {}) => (await agents.listAgents({ trustDomains: [td], ...more })).agents;
const ofType = async (attestationType: string, state = AgentState.ATTESTED) => {
  const [found] = await list({ attestationType, state });
  if (!found) throw new Error(`no ${attestationType} agent`);
  return found;
};
const there = async (id: string) => {
  const path = id.slice(`spiffe://${td}`.length);
  return raw.getAgent({ id: { trustDomain: td, path } }).catch(() => undefined);
};
const act = async (action: string, input: JsonObject) => {
  const plan = await harness.plan(action, { connection, ...input });
  return { plan, ...(await harness.apply(plan.digest)) };
};
const refusalOf = async (action: string, input: JsonObject) => {
  const before = await raw.listAgents({});
  const error = await harness.plan(action, input).then(
    () => undefined,
    (reason: unknown) => ConnectError.from(reason),
  );
  expect(await raw.listAgents({})).toEqual(before);
  return error?.rawMessage ?? 'it was planned';
};

describe('agent.ban', () => {
  it('bans one: the row stays, its serial goes, and who loses an agent is named', async () => {
    const agent = (await list({ attestationType: 'k8s_psat', state: AgentState.ATTESTED })).find(
      ({ entries }) => entries > 0n,
    );
    if (!agent) throw new Error('no agent with entries');
    const { plan, items } = await act('agent.ban', { ids: [agent.id] });
    expect(plan).toMatchObject({ title: 'Ban 1 agent', destructive: true, inverse: '' });
    expect(plan.changes[0]?.fields.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['Banned', 'no', 'yes'],
      ['SVID serial', agent.serialNumber, ''],
    ]);
    expect(plan.effects.join(' ')).toMatch(/no unban/u);
    expect(plan.effects.join(' ')).toMatch(/entr(y|ies)/u);
    expect(plan.commands[0]?.line).toMatch(/agent ban .*-spiffeID spiffe:/u);
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
    expect(await there(agent.id)).toMatchObject({ banned: true, x509svidSerialNumber: '' });
    // The list has it at once, not after the next reading.
    expect((await agents.getAgent({ id: agent.id })).agent).toMatchObject({
      state: AgentState.BANNED,
      serialNumber: '',
    });
  });

  it('refuses what is no agent of this server, naming the field, and changes nothing', async () => {
    const agent = await ofType('x509pop');
    for (const [ids, words] of [
      [
        [agent.id, `spiffe://elsewhere.example/spire/agent/x509pop/a`],
        /^ids\[1\]: it is of elsewhere\.example/u,
      ],
      [[`spiffe://${td}/web`], /^ids\[0\]: not the ID of an agent/u],
      [[`spiffe://${td}:8081/spire/agent/x`], /^ids\[0\]: /u],
      [['nonsense'], /^ids\[0\]: /u],
      [[`spiffe://${td}/spire/agent/x509pop/none`], /^ids: harbor has no agent/u],
      [[], /^ids: at least 1/u],
    ] as const)
      expect(await refusalOf('agent.ban', { connection, ids: [...ids] })).toMatch(words);
    expect(await refusalOf('agent.ban', { connection: 'nowhere', ids: [agent.id] })).toMatch(
      /^connection: /u,
    );
    expect(await refusalOf('agent.ban', { ids: [agent.id], force: true })).toMatch(/^force: /u);
  });

  it('S-27: an agent that was banned since is not the one that was planned for', async () => {
    const agent = await ofType('x509pop');
    const plan = await harness.plan('agent.evict', { connection, ids: [agent.id] });
    await raw.banAgent({ id: { trustDomain: td, path: agent.id.slice(`spiffe://${td}`.length) } });
    await expect(harness.apply(plan.digest)).rejects.toThrow(/was banned/u);
    expect(await there(agent.id)).toBeDefined();
    await act('agent.evict', { ids: [agent.id] });
  });

  it('S-26: needs the role of an operator', async () => {
    const agent = await ofType('k8s_psat');
    const plan = await harness.plan('agent.ban', { connection, ids: [agent.id] });
    harness.caller.role = 'moderator';
    await expect(harness.apply(plan.digest)).rejects.toThrow(/operator/u);
    harness.caller.role = 'administrator';
    expect(await there(agent.id)).toMatchObject({ banned: false });
  });
});

describe('agent.evict', () => {
  it('says that evicting is no ban, and the agent is back within seconds', async () => {
    const agent = await ofType('k8s_psat');
    const { plan, items } = await act('agent.evict', { ids: [agent.id] });
    expect(plan.effects[0]).toMatch(/no ban/u);
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
    expect((await list()).some(({ id }) => id === agent.id)).toBe(false);
    const back = await until(
      () => list(),
      (all) => all.some(({ id }) => id === agent.id),
      20_000,
    );
    expect(back.find(({ id }) => id === agent.id)?.serialNumber).not.toBe(agent.serialNumber);
  }, 25_000);

  it('warns that it lifts a ban, and one that cannot attest again is gone', async () => {
    const banned = (await list({ state: AgentState.BANNED }))[0];
    const plan = await harness.plan('agent.evict', { connection, ids: [banned?.id ?? ''] });
    expect(plan.warnings.map(({ code }) => code)).toContain('unban');
    const token = await ofType('join_token');
    const { plan: second, result } = await act('agent.evict', { ids: [token.id] });
    expect(second.effects[0]).toMatch(/cannot attest again by itself/u);
    expect(result).toMatchObject({ done: 1, inverse: '' });
    expect(await there(token.id)).toBeUndefined();
  });

  it('answers for each: one that is gone meanwhile does not keep the others', async () => {
    const [one, two] = await list({ attestationType: 'k8s_psat', state: AgentState.ATTESTED });
    const plan = await harness.plan('agent.evict', { connection, ids: [one?.id ?? '', two?.id ?? ''] });
    const run = harness.actions.apply({ digest: plan.digest, idempotencyKey: newKey() });
    const outcomes: ItemOutcome[] = [];
    for await (const { item } of run) if (item) outcomes.push(item.outcome);
    expect(outcomes).toEqual([ItemOutcome.DONE, ItemOutcome.DONE]);
    await expect(harness.apply(plan.digest)).rejects.toThrow(/applied already/u);
  });
});

describe('agent.purge', () => {
  it('lists what it hits, leaves what spire-server leaves, and says so', async () => {
    const expired = await list({ state: AgentState.EXPIRED });
    const plan = await harness.plan('agent.purge', { connection, expiredFor: 60 });
    const hit = plan.changes.map(({ target }) => target);
    expect(hit).toEqual(expired.filter(({ canReattest }) => canReattest).map(({ id }) => id));
    expect(plan.warnings.map(({ code }) => code)).toContain('left-not-reattestable');
    const all = await harness.plan('agent.purge', {
      connection,
      expiredFor: 60,
      includeNotReattestable: true,
    });
    expect(new Set(all.changes.map(({ target }) => target))).toEqual(new Set(expired.map(({ id }) => id)));
    expect(all.commands[0]?.line).toContain('agent purge');
    expect(all.commands[0]?.line).toContain('-expiredFor 60s');
    const { items } = await harness.apply(all.digest);
    expect(items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    for (const { id } of expired) expect(await there(id)).toBeUndefined();
    expect(await list({ state: AgentState.EXPIRED })).toEqual([]);
  });

  it('refuses when there is nothing, and bad input by its field', async () => {
    expect(await refusalOf('agent.purge', { connection, expiredFor: 60 })).toMatch(
      /^Nothing to purge: none/u,
    );
    for (const expiredFor of [-1, 1.5, '720h', 1e12])
      expect(await refusalOf('agent.purge', { connection, expiredFor })).toMatch(/^expiredFor: /u);
    expect(await refusalOf('agent.purge', {})).toMatch(/^connection: name one of/u);
  });
});

describe('agent.joinToken', () => {
  const filesOf = (): string =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('');

  it('S-14, S-21: the token is told once, and is in no record, no event and no file', async () => {
    const logged: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => (logged.push(String(text)), true);
    const key = newKey();
    const plan = await harness.plan('agent.joinToken', { connection, ttl: 300 });
    const { items } = await harness.apply(plan.digest, key);
    process.stderr.write = write;
    const token = items[0]?.secret ?? '';
    expect(token).toMatch(/^[0-9a-f-]{36}$/u);
    // The same key again: what was done, without the secret.
    const again = await harness.apply(plan.digest, key);
    expect(again.items[0]).toMatchObject({ outcome: ItemOutcome.DONE, secret: '' });
    const { records } = await harness.actions.listRecords({});
    const { tokens } = await agents.listJoinTokens({});
    const said = JSON.stringify([plan, records, tokens, harness.events, logged], (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    expect(said).not.toContain(token);
    expect(filesOf()).not.toContain(token);
    expect(tokens[0]).toMatchObject({
      connection,
      ending: token.slice(-4),
      alias: '',
      state: JoinTokenState.OUTSTANDING,
      session: harness.caller.session,
      fingerprint: createHash('sha256').update(token).digest('hex'),
    });
    expect(Number(tokens[0]?.expiresAt?.seconds)).toBeCloseTo(Date.now() / 1000 + 300, -1);
  });

  it('makes the alias entry, and says that it shows the token', async () => {
    const alias = `spiffe://${td}/node/new`;
    const { plan, items } = await act('agent.joinToken', { spiffeId: alias });
    expect(plan.warnings.map(({ code }) => code)).toContain('alias-shows-token');
    expect(plan.commands[0]?.line).toContain(`-ttl 600 -spiffeID ${alias}`);
    const { entries } = await harness.entries.listEntries({ search: '/node/new' });
    expect(entries.map(({ spiffeId, parentId }) => [spiffeId, parentId])).toEqual([
      [alias, `spiffe://${td}/spire/agent/join_token/${items[0]?.secret}`],
    ]);
  });

  it('refuses bad input by its field, and makes nothing', async () => {
    const before = (await agents.listJoinTokens({})).tokens.length;
    for (const ttl of [-1, 0, 1.5, 2 ** 31, 1e15])
      expect(await refusalOf('agent.joinToken', { connection, ttl })).toMatch(/^ttl: /u);
    for (const [spiffeId, words] of [
      ['spiffe://elsewhere.example/node', /^spiffeId: it is of elsewhere\.example/u],
      [`spiffe://${td}/spire/agent/x`, /^spiffeId: paths below \/spire/u],
      [`spiffe://${td}`, /^spiffeId: a path is needed/u],
      [`spiffe://${td}:1/x`, /^spiffeId: /u],
    ] as const)
      expect(await refusalOf('agent.joinToken', { connection, spiffeId })).toMatch(words);
    expect((await agents.listJoinTokens({})).tokens).toHaveLength(before);
  });
});

describe('logger.level', () => {
  const level = async () => (await servers.getServer({ connection })).level;

  it('sets it, says that below INFO the audit log is silent, and is undone', async () => {
    const { plan, result } = await act('logger.level', { level: 'warn' });
    expect(plan.warnings.map(({ code }) => code)).toEqual(['silences-audit']);
    expect(plan.changes[0]?.fields[0]).toMatchObject({ before: 'INFO', after: 'WARN' });
    expect(await level()).toBe(LoggerLevel.WARN);
    expect((await servers.getServer({ connection })).warnings.map(({ code }) => code)).toEqual([
      'silences-audit',
    ]);
    expect(result).toMatchObject({ inverse: 'logger.level', inverseInput: { connection, level: 'reset' } });
    await act('logger.level', result.inverseInput ?? {});
    expect(await level()).toBe(LoggerLevel.INFO);
  });

  it('refuses what is no level, and plans anew when it changed meanwhile', async () => {
    expect(await refusalOf('logger.level', { connection, level: 'verbose' })).toMatch(/^level: one of/u);
    expect(await refusalOf('logger.level', { connection })).toMatch(/^level: /u);
    const plan = await harness.plan('logger.level', { connection, level: 'debug' });
    await act('logger.level', { level: 'error' });
    await expect(harness.apply(plan.digest)).rejects.toThrow(/level is ERROR/u);
    await act('logger.level', { level: 'reset' });
  });

  it('is refused before anything is read where the server does not offer it, with the reason', async () => {
    const reason = 'SPIRE offers this on its own host’s socket only, not over the network.';
    const link = { name: 'remote', lacks: (name: string) => (name === 'logger' ? reason : '') };
    const context = { connections: { spire: [{ link, config: {} }] } } as unknown as ActionContext;
    await expect(loggerLevel.plan({ level: 'warn' }, context)).rejects.toThrow(`remote: ${reason}`);
  });
});

it('every action is listed with its schema', async () => {
  const { actions } = await harness.client(ActionService).listActions({});
  for (const name of ['agent.ban', 'agent.evict', 'agent.purge', 'agent.joinToken', 'logger.level'])
    expect(JSON.parse(actions.find((one) => one.name === name)?.inputSchema ?? '{}')).toMatchObject({
      type: 'object',
      additionalProperties: false,
    });
});
