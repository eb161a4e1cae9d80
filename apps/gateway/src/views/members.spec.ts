import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { GroupService, Presence } from '@muster/api';
import type { ListMembersRequestSchema, Member } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionConfig, SlimIdentityRule } from '../config/types.ts';
import { toldModerator } from '../members/testing/moderator.ts';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const td = 'spiffe://harbor.example';
const self = 'acme/muster/moderator';
const room = 'acme/ops/room';
const uuid = (n: number): string => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;
const on = (n: number) => ({ instance: uuid(n), status: 'online' as const });

const slimIdentities: SlimIdentityRule[] = [
  { name: 'acme/ops/gate', spiffeId: `${td}/legacy/old-gate` },
  { name: 'acme/ops/tariffs', spiffeId: `${td}/legacy/tariff-sync` },
  { name: 'acme/ops/cutover', spiffeId: `${td}/migration/2024-cutover` },
  { name: 'acme/ops/far', spiffeId: 'spiffe://elsewhere.example/far' },
  { name: 'acme/muster/moderator', spiffeId: `${td}/muster/moderator` },
  { name: 'acme/batch/{job}', spiffeId: `${td}/batch/{job}` },
];

let spire: Awaited<ReturnType<typeof startSpire>>;
let plane: Awaited<ReturnType<typeof planeH>>;
let other: Awaited<ReturnType<typeof planeH>>;
let harness: Harness;
const told = toldModerator(self);

beforeAll(async () => {
  spire = await startSpire();
  const nodes = ['one', 'two'].map((name) => ({ id: `yard/${name}`, domain: 'yard', status: 1 }));
  const route = (source: string, destination: string, name: string, instance?: number) => ({
    id: `${name}${instance ?? ''}@${source}`,
    sourceNodeId: source,
    destNodeId: destination,
    name: wireName(name, instance === undefined ? undefined : BigInt(instance)),
    status: 1,
  });
  plane = await planeH({
    nodes,
    *routes() {
      yield route('*', 'yard/one', 'acme/ops/gate', 1);
      yield route('yard/two', 'yard/one', 'acme/ops/gate', 1);
      // The template is old: its node says that the application is there now.
      yield route('*', 'yard/one', 'acme/batch/settlement', 2);
      yield route('*', 'yard/two', 'acme/ops/idle', 9);
      yield route('*', 'yard/two', 'acme/both/known', 7);
      yield route('*', 'yard/one', 'acme/ops/twin', 21);
      yield route('*', 'yard/two', 'acme/ops/twin', 22);
      yield route('*', 'yard/two', 'acme/ops/other-room');
    },
    nodeRoutes: (node) =>
      node === 'yard/two'
        ? [{ name: wireName('acme/batch/settlement', 2n), connections: [{ id: 1n, connectionType: 0 }] }]
        : [],
  });
  other = await planeH({
    nodes: [{ id: 'far/away', domain: 'far', status: 1 }],
    *routes() {
      yield route('*', 'far/away', 'acme/both/known', 7);
    },
    nodeRoutes: () => [],
  });
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  const sharedSecretFile = join(directory, 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(40));
  const connections: ConnectionConfig[] = [
    ...spire.connections,
    {
      name: 'node',
      kind: 'slim-node',
      address: 'http://127.0.0.1:9',
      moderator: { name: self, sharedSecretFile },
    },
    { name: 'plane', kind: 'slim-control-plane', address: plane.address },
    { name: 'other', kind: 'slim-control-plane', address: other.address },
  ];
  harness = await startHarness(connections, {
    config: { connections, slimIdentities, file: 'muster.yaml' },
    startModerator: () => told.moderator,
  });
  await harness.console.ready;
  told.see(room, {
    'acme/ops/gate': on(1),
    'acme/batch/settlement': on(2),
    'acme/ops/tariffs': { instance: uuid(3), status: 'offline' },
    'acme/ops/cutover': on(4),
    'acme/batch/gone': on(5),
    'acme/ops/far': on(6),
    'acme/both/known': on(7),
    'acme/lab/nobody': { instance: '', status: 'unknown' },
  });
  await until(
    () => list(),
    ({ members }) =>
      find(members, 'gate').identity?.state === 'agent-banned' &&
      find(members, 'settlement').node === 'yard/two',
  );
}, 60_000);

afterAll(async () => {
  await harness.console.close();
  await Promise.all([plane.close(), other.close(), spire.stop()]);
});

const list = (more: MessageInitShape<typeof ListMembersRequestSchema> = {}) =>
  harness.client(GroupService).listMembers({ connection: 'node', channel: room, ...more });
const find = (members: readonly Member[], app: string): Member => {
  const found = members.find(({ name }) => name.endsWith(`/${app}`));
  if (!found) throw new Error(`no ${app}`);
  return found;
};

describe('who stands behind a member', () => {
  it('is said by the rules, as the inventory has it', async () => {
    const { members, identityStates } = await list();
    expect(
      Object.fromEntries(members.map(({ name, identity }) => [name.split('/')[2], identity?.state])),
    ).toEqual({
      moderator: 'mapped',
      gate: 'agent-banned',
      settlement: 'mapped',
      tariffs: 'agent-gone',
      cutover: 'expired',
      gone: 'entry-gone',
      far: 'unknown',
      known: 'unmapped',
      nobody: 'unmapped',
    });
    expect(Object.fromEntries(identityStates.map(({ value, count }) => [value, Number(count)]))).toEqual({
      ...{
        mapped: 2,
        'agent-banned': 1,
        'agent-gone': 1,
        expired: 1,
        'entry-gone': 1,
        unknown: 1,
        unmapped: 2,
      },
    });
    const settlement = find(members, 'settlement').identity;
    expect(settlement).toMatchObject({
      spiffeId: `${td}/batch/settlement`,
      rule: `acme/batch/{job} <-> ${td}/batch/{job}`,
      connection: 'harbor',
      reason: '',
    });
    expect(settlement?.entryId).not.toBe('');
    expect(settlement?.agentId).toMatch(/^spiffe:\/\/harbor\.example\/spire\/agent\//u);
    expect(find(members, 'gone').identity?.reason).toBe('harbor has no registration entry for it.');
    expect(find(members, 'gate').identity?.reason).toContain('banned');
    expect(find(members, 'far').identity?.reason).toContain('No SPIRE server of elsewhere.example');
    // Our own Workload API was given that SVID.
    expect(find(members, 'moderator').identity?.expiresAt).toBeDefined();
  });

  it('changes as soon as its entry is deleted here', async () => {
    const { members } = await list();
    const id = find(members, 'settlement').identity?.entryId ?? '';
    const plan = await harness.plan('entry.delete', { connection: 'harbor', ids: [id] });
    const { result } = await harness.apply(plan.digest);
    const after = await list();
    expect(find(after.members, 'settlement').identity).toMatchObject({ state: 'entry-gone', entryId: '' });
    const back = await harness.plan(result.inverse, result.inverseInput ?? {});
    await harness.apply(back.digest);
    expect(find((await list()).members, 'settlement').identity?.state).toBe('mapped');
  });
});

describe('where a member is', () => {
  it('is told by its node before the template of the control plane', async () => {
    const { members } = await list();
    expect(find(members, 'settlement')).toMatchObject({
      node: 'yard/two',
      domain: 'yard',
      controlPlane: 'plane',
      nodeReason: '',
    });
    expect(find(members, 'gate')).toMatchObject({ node: 'yard/one', routes: 1 });
  });

  it('is not guessed', async () => {
    const { members } = await list();
    expect(find(members, 'cutover')).toMatchObject({ node: '', controlPlane: '' });
    expect(find(members, 'cutover').nodeReason).toBe('plane, other know no route to it.');
    expect(find(members, 'known').nodeReason).toMatch(/Several control planes know it: plane, other/u);
  });

  it('of candidates too; channels and members are none', async () => {
    const { candidates, candidatesTotal } = await list();
    expect(candidates.map(({ name, instance, node }) => [name, instance, node])).toEqual([
      ['acme/ops/idle', uuid(9), 'yard/two'],
      ['acme/ops/twin', uuid(21), 'yard/one'],
      ['acme/ops/twin', uuid(22), 'yard/two'],
    ]);
    expect(candidatesTotal).toBe(3n);
    expect(candidates[0]?.identity?.state).toBe('unmapped');
  });
});

describe('the list', () => {
  it('begins with whom a person should look at', async () => {
    const { members, presences } = await list();
    expect(members[0]?.name).toBe('acme/ops/tariffs');
    expect(members.slice(1, 4).map(({ identity }) => identity?.state)).toEqual([
      'entry-gone',
      'expired',
      'agent-banned',
    ]);
    expect(Object.fromEntries(presences.map(({ value, count }) => [value, Number(count)]))).toEqual({
      online: 7,
      offline: 1,
      unknown: 1,
    });
  });

  it('is searched, filtered and paged', async () => {
    const names = async (more: MessageInitShape<typeof ListMembersRequestSchema>) => {
      const { members, total, all } = await list(more);
      expect(all).toBe(9n);
      return [Number(total), ...members.map(({ name }) => name.split('/')[2])];
    };
    expect(await names({ search: 'BATCH/gon' })).toEqual([1, 'gone']);
    expect(await names({ search: uuid(4) })).toEqual([1, 'cutover']);
    expect(await names({ search: 'yard/one' })).toEqual([1, 'gate']);
    expect(await names({ search: 'legacy/tariff' })).toEqual([1, 'tariffs']);
    expect(await names({ presences: [Presence.OFFLINE, Presence.UNKNOWN] })).toEqual([
      2,
      'tariffs',
      'nobody',
    ]);
    expect(await names({ identityStates: ['unmapped'] })).toEqual([2, 'known', 'nobody']);
    expect(await names({ page: { offset: 1n, limit: 2 } })).toEqual([9, 'gone', 'cutover']);
    expect(await names({ page: { offset: 100n, limit: 2 } })).toEqual([9]);
  });

  it('says of several instances and of one instance with two names', async () => {
    told.see('acme/ops/doubles', {
      'acme/ops/twin': on(21),
      'acme/ops/alone': on(30),
      'acme/ops/shadow': on(30),
    });
    const { members } = await list({ channel: 'acme/ops/doubles' });
    const codes = (app: string) => find(members, app).warnings.map(({ code }) => code);
    expect(codes('twin')).toEqual(['more-instances']);
    expect(codes('alone')).toEqual(['same-instance']);
    expect(codes('shadow')).toEqual(['same-instance']);
  });

  it.each([
    [{ connection: 'nowhere' }, Code.NotFound],
    [{ connection: 'plane' }, Code.NotFound],
    [{ presences: [99 as Presence] }, Code.InvalidArgument],
    [{ page: { limit: 1 }, search: '\0'.repeat(1025) }, Code.InvalidArgument],
    [{ identityStates: Array.from({ length: 40 }, () => 'x') }, Code.InvalidArgument],
  ])('refuses what makes no sense: %#', async (more, code) => {
    const refused = await list(more).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ConnectError);
    expect((refused as ConnectError).code).toBe(code);
  });
});
