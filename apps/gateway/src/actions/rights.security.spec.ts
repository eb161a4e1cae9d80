import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ActionService, AgentService, ImportService, Severity } from '@muster/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const td = 'harbor.example';
let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let parent: string;

const row = (name: string, more: object = {}): JsonObject => ({
  spiffe_id: `spiffe://${td}/rights/${name}`,
  parent_id: parent,
  selectors: [`unix:user:${name}`],
  ...more,
});
const act = (action: string, input: JsonObject) => harness.act(action, input);
const codeOf = async (work: Promise<unknown>): Promise<Code | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof ConnectError ? error.code : Code.Internal),
  );
const total = async (search: string) => (await harness.entries.listEntries({ search })).total;
/** Plans and tries to apply as an operator; answers the code and the plan’s gravest warning. */
const asOperator = async (action: string, input: JsonObject) => {
  harness.caller.role = 'operator';
  const plan = await harness.plan(action, input);
  const code = await codeOf(harness.apply(plan.digest));
  const grave = plan.warnings.find(({ severity }) => severity === Severity.DANGER)?.code;
  return { code, grave };
};

beforeAll(async () => {
  spire = await startSpire({ entries: 20 });
  harness = await startHarness(spire.connections.filter(({ kind }) => kind === 'spire-server'));
  await harness.console.ready;
  await until(
    () => harness.entries.listEntries({}),
    ({ total: all, freshness }) => all > 0n && freshness?.refreshing === false,
  );
  const { agents } = await harness.client(AgentService).listAgents({ trustDomains: [td] });
  parent = agents.find(({ banned }) => !banned)?.id ?? '';
  await act('entry.create', {
    entries: [
      row('boss', { admin: true }),
      row('pool', { parent_id: `spiffe://${td}/spire/server` }),
      row('deputy', { parent_id: `spiffe://${td}/rights/pool` }),
      row('chief', { parent_id: `spiffe://${td}/rights/deputy`, downstream: true }),
      row('plain'),
    ],
  });
});
afterEach(() => void (harness.caller.role = 'administrator'));
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('S-26: rights', () => {
  it('each action needs at least the role it is known for', async () => {
    const { actions } = await harness.client(ActionService).listActions({});
    const roles = new Map<string, string[]>();
    for (const { name, role } of actions) roles.set(role, [...(roles.get(role) ?? []), name]);
    // An action that is added must be thought about here.
    expect(Object.fromEntries([...roles].map(([role, names]) => [role, names.toSorted()]))).toEqual({
      administrator: [
        'authority.activate',
        'authority.prepare',
        'authority.revoke',
        'authority.revokeUpstream',
        'authority.taint',
        'authority.taintUpstream',
        'bundle.delete',
        'bundle.set',
        'domain.add',
        'domain.remove',
        'federation.create',
        'federation.delete',
        'federation.pair',
        'federation.unpair',
        'federation.update',
        'logger.level',
        'svid.mintJwt',
        'svid.mintX509',
      ],
      moderator: [
        'approval.decide',
        'channel.create',
        'channel.delete',
        'grant.issue',
        'group.reconcile',
        'group.register',
        'group.unregister',
        'member.invite',
        'member.remove',
        'message.send',
        'ownerKey.create',
        'ownerKey.import',
        'ownerKey.rename',
        'session.close',
        'session.open',
        'session.rejoin',
      ],
      operator: [
        'agent.ban',
        'agent.evict',
        'agent.joinToken',
        'agent.purge',
        'connection.create',
        'entry.clone',
        'entry.create',
        'entry.delete',
        'entry.import',
        'entry.restore',
        'entry.update',
        'federation.refresh',
        'link.add',
        'link.remove',
        'node.deregister',
        'ownerKey.remove',
        'route.add',
        'route.remove',
        'segment.add',
        'segment.remove',
      ],
    });
  });

  it.each(['viewer', 'moderator'] as const)('a %s plans, and applies nothing', async (role) => {
    const [plain] = (await harness.entries.listEntries({ search: '/rights/plain' })).entries;
    harness.caller.role = role;
    const inputs: [string, JsonObject][] = [
      ['entry.create', { entries: [row(`no-${role}`)] }],
      ['entry.clone', { ids: [plain?.id ?? ''], replace: [{ find: 'plain', with: `no-${role}` }] }],
      ['entry.import', { connection: 'harbor', text: JSON.stringify([row(`no-${role}`)]) }],
      ['entry.update', { id: plain?.id ?? '', set: { hint: role } }],
      ['entry.delete', { ids: [plain?.id ?? ''] }],
      ['agent.ban', { ids: [parent] }],
      ['agent.joinToken', { connection: 'harbor' }],
      ['authority.prepare', { connection: 'harbor', kind: 'jwt' }],
      ['federation.refresh', { connection: 'harbor', trust_domain: 'lighthouse.example' }],
      ['logger.level', { connection: 'harbor', level: 'debug' }],
      ['svid.mintJwt', { connection: 'harbor', spiffeId: `spiffe://${td}/x`, audience: ['a'] }],
    ];
    for (const [action, input] of inputs) {
      const planned = await harness.plan(action, input).catch((error: unknown) => {
        throw new Error(`${action}: ${String(error)}`);
      });
      expect(await codeOf(harness.apply(planned.digest)), action).toBe(Code.PermissionDenied);
    }
    expect(await total(`/rights/no-${role}`)).toBe(0n);
    expect((await harness.entries.getEntry({ id: plain?.id ?? '' })).entry?.hint).toBe('');
  });

  it('an operator makes no administrator under an administrator’s name', async () => {
    const denied = { code: Code.PermissionDenied, grave: 'power-by-name' };
    const same = row('boss', { selectors: ['unix:user:mallory'] });
    expect(await asOperator('entry.create', { entries: [same] })).toEqual(denied);
    expect(await asOperator('entry.import', { connection: 'harbor', text: JSON.stringify([same]) })).toEqual(
      denied,
    );
    const [plain] = (await harness.entries.listEntries({ search: '/rights/plain' })).entries;
    const id = plain?.id ?? '';
    expect(
      await asOperator('entry.update', { id, set: { spiffe_id: `spiffe://${td}/rights/boss` } }),
    ).toEqual(denied);
    expect(
      await asOperator('entry.clone', { ids: [id], replace: [{ find: 'plain', with: 'boss' }] }),
    ).toEqual(denied);
    expect(
      await asOperator('entry.restore', {
        connection: 'harbor',
        restore: [{ id, set: { spiffe_id: `spiffe://${td}/rights/boss` } }],
      }),
    ).toEqual(denied);
    expect(await total('/rights/boss')).toBe(1n);
  });

  it('nor through an alias that such an entry stands under, however far', async () => {
    const denied = { code: Code.PermissionDenied, grave: 'power-by-name' };
    const alias = row('pool', {
      parent_id: `spiffe://${td}/spire/server`,
      selectors: ['join_token:mallory'],
    });
    expect(await asOperator('entry.create', { entries: [alias] })).toEqual(denied);
    expect(
      await asOperator('agent.joinToken', { connection: 'harbor', spiffeId: `spiffe://${td}/rights/pool` }),
    ).toEqual(denied);
  });

  it('nor takes rights away from one', async () => {
    const [boss] = (await harness.entries.listEntries({ search: '/rights/boss' })).entries;
    const id = boss?.id ?? '';
    expect((await asOperator('entry.update', { id, set: { admin: false } })).code).toBe(
      Code.PermissionDenied,
    );
    expect((await asOperator('entry.delete', { ids: [id] })).code).toBe(Code.PermissionDenied);
    expect((await harness.entries.getEntry({ id })).entry?.admin).toBe(true);
  });

  it('and does all that is ordinary', async () => {
    expect((await asOperator('entry.create', { entries: [row('ordinary')] })).code).toBeUndefined();
    expect(await total('/rights/ordinary')).toBe(1n);
  });
});

describe('S-18: what grows', () => {
  it('replacements that would fill any memory are refused', async () => {
    const [plain] = (await harness.entries.listEntries({ search: '/rights/plain' })).entries;
    const replace = Array.from({ length: 20 }, () => ({ find: 'a', with: 'a'.repeat(2048) }));
    expect(await codeOf(harness.plan('entry.clone', { ids: [plain?.id ?? ''], replace }))).toBe(
      Code.InvalidArgument,
    );
  });

  it('a row with a hundred thousand mistakes is answered with the first of them', async () => {
    const keys = Array.from({ length: 100_000 }, (_one, n) => `"k${n}":1`).join();
    const { rows } = await harness
      .client(ImportService)
      .previewImport({ connection: 'harbor', text: `[{${keys}}]` });
    expect(rows[0]?.problems.length).toBeLessThan(60);
    expect(rows[0]?.problems.at(-1)?.message).toMatch(/^and \d+ more mistakes/u);
  }, 20_000);
});

describe('S-25: names of prototype members', () => {
  it('are names, in every action’s input', async () => {
    const { actions } = await harness.client(ActionService).listActions({});
    for (const { name } of actions) {
      for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
        const input = JSON.parse(`{"${key}": {"polluted": true}}`) as JsonObject;
        expect(await codeOf(harness.plan(name, input)), `${name} ${key}`).toBe(Code.InvalidArgument);
      }
    }
    for (const key of ['constructor', 'toString', '__proto__'])
      expect(await codeOf(harness.plan(key, {}))).toBe(Code.InvalidArgument);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
