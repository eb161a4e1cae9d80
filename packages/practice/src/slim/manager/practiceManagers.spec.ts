import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import {
  ApprovalRequestSchema,
  ApprovalResponseSchema,
  ChannelManagerService,
} from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRACTICE_MEMBERS } from '../cast.ts';
import { PRACTICE_MANAGED } from './cast.ts';
import { fixedManagerName, managerName, startPracticeManagers } from './practiceManagers.ts';
import type { PracticeManagers } from './practiceManagers.ts';
import type { ManagerRooms, Participant } from './rooms.ts';

const callback = 'muster/practice/moderator-approval';
const met = new Map<string, string>();
/** What was done on SLIM, and who is in which channel there. */
const done: string[] = [];
const there = new Map<string, Set<string>>();
let answer = (): Uint8Array => new Uint8Array();

function rooms(manager: string): ManagerRooms {
  const join = (channel: string, name: string): void => void there.get(channel)?.add(name);
  return {
    async open(channel) {
      if (!there.has(channel)) there.set(channel, new Set([manager]));
    },
    async invite(channel, member) {
      if (member.endsWith('/nobody')) throw new Error('SessionError: message send retries exhausted');
      done.push(`invite ${member} ${channel}`);
      join(channel, member);
    },
    async expel(channel, member) {
      there.get(channel)?.delete(member);
    },
    async close(channel) {
      done.push(`close ${channel}`);
      there.delete(channel);
    },
    members: async (channel): Promise<Participant[]> =>
      [...(there.get(channel) ?? [])].map((name) => ({ name, instance: `instance of ${name}` })),
    async ask(name, request) {
      const { channelName, participantName, requester } = fromBinary(ApprovalRequestSchema, request);
      done.push(`ask ${name} ${channelName} ${participantName} ${requester ?? 'nobody'}`);
      return answer();
    },
  };
}

let managers: PracticeManagers;
let client: Client<typeof ChannelManagerService>;
let fixed: Client<typeof ChannelManagerService>;
const at = (baseUrl: string) => createClient(ChannelManagerService, createGrpcTransport({ baseUrl }));

beforeAll(async () => {
  managers = await startPracticeManagers({
    callback,
    instanceOf: () => undefined,
    meet: (name, instance) => met.set(name, instance),
    pace: { firstMs: 10, answeredMs: 60_000, ignoredMs: 60_000 },
  });
  client = at(managers.address);
  fixed = at(managers.fixedAddress);
});
afterAll(() => managers.stop());

describe('the channel managers of the practice network', () => {
  it('have channels before SLIM is there: ours, of others, unowned, soon over, and fixed', async () => {
    const { channels } = await client.listChannels({});
    const owners = new Map(channels.map((one) => [one.channelName, one.owner]));
    expect(owners.get('acme/ops/war-room')).toMatch(/^did:key:z6Mk/u);
    expect(owners.get('acme/ops/shift-handover')).toBe(owners.get('acme/ops/war-room'));
    expect(new Set(owners.values()).size).toBe(4);
    expect(owners.get('acme/support/lobby')).toBeUndefined();
    const ends = channels.find((one) => one.channelName === 'acme/ops/shift-handover')?.expiresAt;
    expect(Number(ends) - Date.now() / 1000).toBeGreaterThan(40 * 60);
    const { participantName } = await client.listParticipants({ channelName: 'acme/ops/war-room' });
    // Which instances they will be there is not known yet: one told now would seem to leave.
    expect(participantName).toEqual([managerName, 'acme/ops/alice', 'acme/ops/bob']);
    for (const { members } of PRACTICE_MANAGED)
      for (const one of members) expect(PRACTICE_MEMBERS).toContain(one);
    expect(managers.ownerKey).toContain('BEGIN PRIVATE KEY');
  });

  it('change nothing while SLIM is not reachable', async () => {
    const lobby = { channelName: 'acme/support/lobby', participantName: 'acme/ops/alice' };
    expect((await client.addParticipant(lobby)).errorMsg).toMatch(/the SLIM node is not reachable$/u);
    expect((await client.createChannel({ channelName: 'a/b/c', mlsEnabled: true })).errorMsg).toMatch(
      /^failed to create channel a\/b\/c/u,
    );
    expect((await client.listChannels({})).channelName).not.toContain('a/b/c');
  });

  it('bring their channels to SLIM, and tell from then on who is in them there', async () => {
    await managers.furnish(rooms);
    expect(done).toContain('invite acme/ops/bob acme/ops/war-room');
    expect(met.get(fixedManagerName)).toBe(`instance of ${fixedManagerName}`);
    there.get('acme/ops/war-room')?.delete('acme/ops/bob');
    const { participantName } = await client.listParticipants({ channelName: 'acme/ops/war-room' });
    expect(participantName).toEqual([
      `${managerName}/instance of ${managerName}`,
      'acme/ops/alice/instance of acme/ops/alice',
    ]);
  });

  it('invite by SLIM, and say so where nobody answers', async () => {
    const lobby = (name: string) =>
      client.addParticipant({ channelName: 'acme/support/lobby', participantName: name });
    expect(await lobby('acme/ops/alice')).toMatchObject({ success: true });
    expect((await lobby('acme/ops/nobody')).errorMsg).toBe(
      'failed to invite participant acme/ops/nobody to channel acme/support/lobby: message send retries exhausted',
    );
    const gone = { channelName: 'acme/support/lobby', participantName: 'acme/support/pager' };
    expect((await client.deleteParticipant(gone)).errorMsg).toMatch(/^failed to remove participant/u);
    expect(await client.deleteChannel({ channelName: 'acme/support/lobby' })).toMatchObject({
      success: true,
    });
    expect(done).toContain('close acme/support/lobby');
  });

  it('ask the owner of the payments channel, who decides by itself', async () => {
    const monthEnd = (name: string) =>
      client.addParticipant({ channelName: 'acme/payments/month-end', participantName: name });
    const answers = await Promise.all([monthEnd('acme/ops/bob'), monthEnd('acme/payments/fraud-watch')]);
    expect(answers[0]?.errorMsg).toBe(
      'channel owner denied the request: Only applications of payments are let in',
    );
    expect(answers[1]).toMatchObject({ success: true });
  });

  it('refuse where the owner is not asked, and where the configuration has the channels', async () => {
    const hold = { channelName: 'acme/legal/hold', participantName: 'acme/ops/bob' };
    expect((await client.addParticipant(hold)).errorMsg).toMatch(/requires a grant from its owner$/u);
    const announcements = { channelName: 'acme/platform/announcements', participantName: 'acme/ops/bob' };
    expect((await fixed.deleteParticipant(announcements)).errorMsg).toMatch(/config mode/u);
  });

  it('ask us over SLIM: without an answer, by a refusal, and by somebody now and then', async () => {
    const triage = { channelName: 'acme/ops/war-room', participantName: 'acme/support/triage-bot' };
    answer = () => {
      throw new Error('no route');
    };
    expect((await client.addParticipant(triage)).errorMsg).toBe(
      'could not ask the channel owner for approval: no route',
    );
    answer = () => {
      throw Object.assign(new Error('late'), { code: 'timed-out' });
    };
    expect((await client.addParticipant(triage)).errorMsg).toMatch(
      /did not answer the approval request in time/u,
    );
    expect(done.at(-1)).toBe(`ask ${callback} acme/ops/war-room acme/support/triage-bot nobody`);
    answer = () =>
      toBinary(
        ApprovalResponseSchema,
        create(ApprovalResponseSchema, { decision: { case: 'denied', value: 'Not now' } }),
      );
    expect((await client.addParticipant(triage)).errorMsg).toBe('channel owner denied the request: Not now');
    managers.begin();
    await expect
      .poll(() => done.at(-1))
      .toBe(
        `ask ${callback} acme/ops/war-room acme/payments/fraud-watch spiffe://harbor.example/ns/payments/sa/ledger`,
      );
  });
});
