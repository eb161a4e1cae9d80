import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, createClient } from '@connectrpc/connect';
import type { ConnectError } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ApprovalState, ItemOutcome, KeyService, Severity, Topic } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager } from '@muster/practice/slim/manager/manager';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AskedModerator, managerName } from '../approvals/testing/asked-moderator.ts';
import type { ConnectionConfig } from '../config/types.ts';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { startHarness, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const audience = 'agntcy/ns/channel-manager';
const directory = temporaryDirectory();
const pem = (name: string): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const file = join(directory, name);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
};
const ownerKeyFile = pem('owner.pem');
const sharedSecretFile = join(directory, 'secret');
writeFileSync(sharedSecretFile, 'x'.repeat(32));
const node = {
  name: 'node',
  kind: 'slim-node' as const,
  address: 'http://127.0.0.1:1',
  moderator: { name: 'org/ns/mod', sharedSecretFile },
};
const room = 'org/ns/room';
const foreign = 'org/ns/foreign';

let moderator = new AskedModerator();
let manager: PracticeManager;
let harness: Harness;
let did: string;
const open: Harness[] = [];

const start = async (connections: ConnectionConfig[], more: Parameters<typeof startHarness>[1] = {}) => {
  const started = await startHarness(connections, { startModerator: moderator.start, ...more });
  open.push(started);
  await started.console.ready;
  return started;
};
const both = (): ConnectionConfig[] => [
  node,
  { name: 'manager', kind: 'channel-manager', address: manager.address, ownerKeyFile, audience },
];
const list = (from: Harness = harness, more: object = {}) => from.client(KeyService).listApprovals(more);
const one = async (id: string, from: Harness = harness) => (await list(from, { id })).approvals[0];
const decided = async (id: string, input: object, from: Harness = harness) => {
  const plan = await from.plan('approval.decide', { id, ...input });
  return { plan, ...(await from.apply(plan.digest)) };
};
const codeOf = (promise: Promise<unknown>): Promise<[number, string]> =>
  promise.then(
    () => [0, ''],
    (error: unknown) => [(error as ConnectError).code, (error as ConnectError).rawMessage],
  );

beforeAll(async () => {
  manager = await startPracticeManager({
    audience,
    approve: async (_callback, channel, invitee) => {
      const { decision } = await moderator.ask({ channel, invitee, requester: 'alice' }).answered;
      return decision.case === 'grant' ? decision.value : String(decision.value);
    },
  });
  harness = await start(both());
  await until(
    () => harness.client(KeyService).listOwnerKeys({}),
    ({ keys }) => keys.length === 1,
  );
  did = (await harness.client(KeyService).listOwnerKeys({})).keys[0]?.did ?? '';
  const channel = { callback: 'org/ns/mod-approval', mls: true, expiresAt: undefined, members: [] };
  manager.channels.set(room, { ...channel, owner: did });
  manager.channels.set(foreign, { ...channel, owner: 'did:key:z6MkOther' });
});
afterEach(async () => {
  moderator.breaks = 'never';
  await Promise.all(open.splice(1).map((started) => started.console.close()));
});
afterAll(async () => {
  await harness.console.close();
  await manager.close();
});

describe('the inbox', () => {
  it('listens at the moderator’s name with -approval, or where the configuration says', async () => {
    expect(moderator.options?.approvals).toBe('org/ns/mod-approval');
    expect(await list()).toMatchObject({ callbackNames: ['org/ns/mod-approval'], warnings: [], waiting: 0 });
    moderator.become({ open: false, reason: 'the process was ended by SIGKILL' });
    const { warnings, callbackNames } = await list();
    expect(callbackNames).toEqual([]);
    expect(warnings[0]).toMatchObject({ code: 'inbox-shut' });
    expect(warnings[0]?.text).toMatch(/org\/ns\/mod-approval \(node\).*SIGKILL\. Channel managers deny/u);
    moderator.become({ open: true });
    const other = moderator;
    moderator = new AskedModerator();
    await start([{ ...node, moderator: { ...node.moderator, approvals: 'org/ns/owner' } }]);
    expect(moderator.options?.approvals).toBe('org/ns/owner');
    moderator = other;
  });

  it('says that nobody can ask where no node has a moderator', async () => {
    const bare = await start(both().slice(1));
    expect((await list(bare)).warnings.map(({ code }) => code)).toEqual(['no-moderator']);
  });

  it('tells windows at once, and says who asks for what, whose channel it is and until when', async () => {
    const { id, answered } = moderator.ask({ channel: room, invitee: 'org/ns/bob', requester: 'alice' });
    expect(harness.events.at(-1)).toEqual({ kind: 'invalidated', topic: Topic.APPROVALS, scope: 'node' });
    const row = await until(
      () => one(id),
      (found) => found?.owner !== '',
    );
    expect(row).toMatchObject({
      state: ApprovalState.WAITING,
      channel: room,
      invitee: 'org/ns/bob',
      change: 'add',
      requester: 'alice',
      connection: 'node',
      callbackName: 'org/ns/mod-approval',
      askedBy: managerName,
      owner: did,
      manager: 'manager',
      lockedReason: '',
      warnings: [],
    });
    expect(Number(row?.deadline?.seconds) - Number(row?.askedAt?.seconds)).toBe(50);
    await decided(id, { approve: false });
    await answered;
  });

  it('S-40: shows no text of the network as it came, and asks nobody about what is no plain name', async () => {
    const requester = `eve\u001b[31m\u202e${'x'.repeat(2000)}`;
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob', requester });
    const row = await one(id);
    expect(row?.requester).toMatch(/^eve\\u\{1b\}\[31m\\u\{202e\}x+$/u);
    expect(row?.requester.length).toBeLessThan(550);
    await decided(id, { approve: false });
    const before = (await list()).total;
    for (const invitee of [
      'org/ns/\u202ebob',
      'org/ns/bob/1',
      'bob',
      'org/ns/b b',
      `org/ns/${'b'.repeat(2000)}`,
    ]) {
      const { decision } = await moderator.ask({ channel: room, invitee }).answered;
      expect(decision).toMatchObject({ case: 'denied' });
      expect(String(decision.value)).toMatch(/^Not understood: Its participant/u);
    }
    const { decision } = await moderator.askRaw(new Uint8Array([0xff, 0x01])).answered;
    expect(decision.value).toBe('Not understood: It is no ApprovalRequest.');
    const { total, warnings } = await list();
    expect(total).toBe(before);
    expect(warnings[0]?.text).toMatch(/^6 requests were denied unseen/u);
  });

  it('turns a flood away at once, and keeps what people decided', async () => {
    const { total: before } = await list();
    const asked = Array.from({ length: 300 }, (_, n) =>
      moderator.ask({ channel: room, invitee: `org/ns/a${n}` }),
    );
    const turnedAway = await Promise.all(asked.slice(100).map(({ answered }) => answered));
    expect(new Set(turnedAway.map(({ decision }) => decision.case))).toEqual(new Set(['denied']));
    expect(turnedAway[0]?.decision.value).toMatch(/More than 100 requests wait/u);
    const { waiting, total } = await list();
    expect(waiting).toBe(100);
    expect(total - before).toBe(100n);
    for (const { id } of asked.slice(0, 100)) moderator.withdraw(id);
    expect((await list()).waiting).toBe(0);
  });

  it('denies in time what nobody answers, and keeps that over a restart', async () => {
    const home = temporaryDirectory();
    const first = await start([node], { home, approvalLimit: 60 });
    const { id, answered } = moderator.ask({ channel: room, invitee: 'org/ns/late' });
    expect((await answered).decision).toEqual({ case: 'denied', value: 'Nobody answered in time.' });
    const row = await one(id, first);
    expect(row).toMatchObject({
      state: ApprovalState.EXPIRED,
      decidedBy: '',
      reason: 'Nobody answered in time.',
    });
    expect((await codeOf(first.plan('approval.decide', { id, approve: true })))[1]).toMatch(
      /nobody waits for this answer any more: it was denied at .* \(Nobody answered in time\)/u,
    );
    await first.console.close();
    open.pop();
    const second = await start([node], { home });
    expect(await one(id, second)).toMatchObject({ state: ApprovalState.EXPIRED, invitee: 'org/ns/late' });
  });

  it('denies what waits when the gateway closes', async () => {
    const other = moderator;
    moderator = new AskedModerator();
    const closing = await start([node]);
    const { answered } = moderator.ask({ channel: room, invitee: 'org/ns/left' });
    moderator = other;
    await closing.console.close();
    open.pop();
    expect((await answered).decision).toMatchObject({ case: 'denied' });
  });

  it('takes back what the channel manager does not wait for any more', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/gone' });
    moderator.withdraw(id);
    expect(await one(id)).toMatchObject({
      state: ApprovalState.EXPIRED,
      reason: 'Nobody answered in time. The channel manager stopped waiting.',
    });
  });

  it('is searched and filtered', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/needle' });
    await decided(id, { approve: false, reason: 'a haystack' });
    expect((await list(harness, { search: 'NEEDLE' })).approvals.map((row) => row.id)).toEqual([id]);
    expect((await list(harness, { search: 'haystack', states: [ApprovalState.DENIED] })).total).toBe(1n);
    expect((await list(harness, { search: 'haystack', states: [ApprovalState.WAITING] })).total).toBe(0n);
    expect((await list(harness, { page: { limit: 1 } })).approvals).toHaveLength(1);
  });
});

describe('approval.decide', () => {
  it('approves with a grant that the channel manager takes for this change and no other', async () => {
    const bystander = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
    expect(bystander.did).not.toBe(did);
    const asking = askManager('org/ns/ann');
    const { approvals } = await until(
      () => list(harness, { search: 'org/ns/ann' }),
      (found) => found.approvals.length === 1,
    );
    const id = approvals[0]?.id ?? '';
    const { plan, items } = await decided(id, { approve: true, expires_in: 60 });
    expect(plan.title).toBe('Approve and let in');
    expect(plan.destructive).toBe(false);
    expect(plan.effects.join(' ')).toMatch(
      /org\/ns\/ann is invited to org\/ns\/room.*good once and for 60 s/u,
    );
    expect(plan.changes[0]?.fields.map(({ field }) => field)).toEqual([
      'Channel',
      'Asks to',
      'Asked by',
      'For',
      'Signed by',
    ]);
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
    expect(await asking).toMatchObject({ success: true });
    expect(manager.channels.get(room)?.members).toContain('org/ns/ann');
    const answer = moderator.answers.get(id)?.decision;
    const grant = JSON.parse(Buffer.from((answer?.value ?? '') as Uint8Array).toString()) as Record<
      string,
      unknown
    >;
    expect(grant).toMatchObject({ channel: room, invitee: 'org/ns/ann', action: 'add' });
    expect(Number(grant['not_after']) - Date.now() / 1000).toBeLessThan(61);
    expect(await one(id)).toMatchObject({
      state: ApprovalState.APPROVED,
      decidedBy: 'browser 0011223344556677',
      ownerAlias: expect.any(String),
    });
  });

  it('denies with the reason that is given', async () => {
    const asking = askManager('org/ns/eve');
    const { approvals } = await until(
      () => list(harness, { search: 'org/ns/eve' }),
      (found) => found.approvals.length === 1,
    );
    const { plan } = await decided(approvals[0]?.id ?? '', { approve: false, reason: 'Not this week' });
    expect(plan.effects.join(' ')).toContain('“Not this week”');
    expect(await asking).toMatchObject({
      success: false,
      errorMsg: expect.stringContaining('Not this week'),
    });
    expect(manager.channels.get(room)?.members).not.toContain('org/ns/eve');
  });

  it('is refused a second time, with what happened', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/twice' });
    const late = await harness.plan('approval.decide', { id, approve: true });
    await decided(id, { approve: false });
    const [code, text] = await codeOf(harness.apply(late.digest));
    expect(code).toBe(Code.FailedPrecondition);
    expect(text).toMatch(
      /changed since it was planned: it was denied by browser 0011223344556677 at .*The owner declined/u,
    );
    expect((await codeOf(harness.plan('approval.decide', { id: 'no-such', approve: true })))[0]).toBe(
      Code.NotFound,
    );
  });

  it('approves a removal as what it is', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/ann', change: 'delete' });
    const { plan } = await decided(id, { approve: true });
    expect(plan).toMatchObject({ title: 'Approve removal', destructive: true });
    const answer = moderator.answers.get(id)?.decision;
    expect(Buffer.from((answer?.value ?? '') as Uint8Array).toString()).toContain('"action":"delete"');
  });

  it('cannot approve for an owner whose key is not held here, and says so; it can deny', async () => {
    const { id } = moderator.ask({ channel: foreign, invitee: 'org/ns/bob' });
    const row = await until(
      () => one(id),
      (found) => found?.owner !== '',
    );
    expect(row?.lockedReason).toMatch(/key of its owner is not held here/u);
    const [code, text] = await codeOf(harness.plan('approval.decide', { id, approve: true }));
    expect(code).toBe(Code.FailedPrecondition);
    expect(text).toMatch(/org\/ns\/foreign cannot be approved here.*not held here/u);
    expect((await decided(id, { approve: false })).items[0]?.outcome).toBe(ItemOutcome.DONE);
  });

  it('warns that somebody else asks than the channel manager, and that nobody knows for whom', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob', from: 'org/ns/stranger' });
    const plan = await harness.plan('approval.decide', { id, approve: true });
    expect(plan.warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ['asked-by-another', Severity.DANGER],
      ['requester-unknown', Severity.INFO],
    ]);
    expect(plan.warnings[0]?.text).toMatch(
      /^org\/ns\/stranger asks, and not agntcy\/ns\/channel-manager-approval/u,
    );
    await decided(id, { approve: false });
  });

  it('needs to be told the key where no channel manager tells whose channel it is', async () => {
    const { id } = moderator.ask({ channel: 'org/ns/unknown', invitee: 'org/ns/bob', requester: 'a' });
    const plan = await harness.plan('approval.decide', { id, approve: true });
    expect(plan.warnings.map(({ code }) => code)).toEqual(['manager-unknown']);
    await harness.apply((await harness.plan('ownerKey.create', { alias: 'second' })).digest);
    expect((await codeOf(harness.plan('approval.decide', { id, approve: true })))[1]).toMatch(
      /^owner: no channel manager/u,
    );
    const named = await harness.plan('approval.decide', { id, approve: true, owner: 'second' });
    expect(named.changes[0]?.fields.at(-1)?.after).toMatch(/^second \(did:key:z6Mk/u);
    await decided(id, { approve: false });
  });

  it('takes no owner that is not the channel’s, and nothing odd', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
    for (const [input, words] of [
      [{ approve: true, owner: 'second' }, /is owned by .*no other key is taken/u],
      [{ approve: false, expires_in: 60 }, /^expires_in: /u],
      [{ approve: true, expires_in: 5 }, /expires_in/u],
      [{ approve: true, expires_in: 86_400 }, /expires_in/u],
      [{ approve: false, reason: 'a\u001b[31m' }, /reason/u],
    ] as const)
      expect(await codeOf(harness.plan('approval.decide', { id, ...input }))).toEqual([
        Code.InvalidArgument,
        expect.stringMatching(words),
      ]);
    await decided(id, { approve: false });
  });
});

/** As anybody does who has no grant. */
async function askManager(member: string) {
  const client = createClient(ChannelManagerService, createGrpcTransport({ baseUrl: manager.address }));
  return client.addParticipant({ channelName: room, participantName: member });
}
