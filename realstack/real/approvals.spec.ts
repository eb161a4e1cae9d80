import { readdir, readFile } from 'node:fs/promises';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ApprovalState, KeyService } from '@muster/api';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

/** Seconds that a request waits here; 50 in earnest. */
const limit = 25;
const callback = 'agntcy/muster/moderator-approval';
const channel = 'agntcy/real/approved';

let real: RealConsole;
let erin: Participant;
let frank: Participant;

beforeAll(async () => {
  real = await openRealConsole(undefined, { approvalLimit: limit * 1000 });
  const { nodeA, sharedSecretFile } = real.stack.slim;
  erin = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/real/erin');
  frank = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/real/frank');
  await eventually(60, async () => (await list()).callbackNames.includes(callback));
  await real.act('channel.create', {
    connection: 'channel-manager',
    name: channel,
    owner_callback_name: callback,
  });
});
afterAll(async () => {
  await real.act('channel.delete', { connection: 'channel-manager', name: channel });
  await erin.stop();
  await frank.stop();
  await real.close();
});

const list = (more: object = {}) => real.client(KeyService).listApprovals(more);

/** As anybody does who has no grant: slimctl cannot even ask so. */
const manager = () =>
  createClient(ChannelManagerService, createGrpcTransport({ baseUrl: real.stack.slim.channelManager }));
const asking = {
  add: (participantName: string) => manager().addParticipant({ channelName: channel, participantName }),
  remove: (participantName: string) => manager().deleteParticipant({ channelName: channel, participantName }),
};
const waitsFor = (invitee: string) =>
  eventually(20, async () => {
    const { approvals } = await list({ states: [ApprovalState.WAITING], search: invitee });
    return approvals.find((one) => one.owner !== '');
  });
/** By the channel manager itself, beside our own view. */
const members = async (): Promise<string[]> =>
  (await manager().listParticipants({ channelName: channel })).participantName;

describe('the inbox of approvals, asked by the real channel manager', () => {
  it('approve: the grant is taken, and the member is in', async () => {
    const answer = asking.add(erin.name);
    const asked = await waitsFor(erin.name);
    expect(asked).toMatchObject({
      channel,
      change: 'add',
      requester: '',
      askedBy: 'agntcy/ns/channel-manager-approval',
      callbackName: callback,
      manager: 'channel-manager',
      lockedReason: '',
    });
    expect(asked.warnings.map(({ code }) => code)).toEqual(['requester-unknown']);
    const { plan } = await real.act('approval.decide', { id: asked.id, approve: true });
    expect(plan.title).toBe('Approve and let in');
    expect(await answer).toMatchObject({ success: true });
    expect((await members()).some((name) => name.startsWith(`${erin.name}/`))).toBe(true);
    expect((await list({ id: asked.id })).approvals[0]?.state).toBe(ApprovalState.APPROVED);
  });

  it('deny: it is refused with our reason', async () => {
    const answer = asking.add(frank.name);
    const { id } = await waitsFor(frank.name);
    await real.act('approval.decide', { id, approve: false, reason: 'Not this week' });
    expect(await answer).toMatchObject({
      success: false,
      errorMsg: expect.stringContaining('Not this week'),
    });
    expect((await members()).some((name) => name.startsWith(frank.name))).toBe(false);
  });

  it('nobody answers: it is denied in time, and says so', async () => {
    const before = performance.now();
    const answer = await asking.add(frank.name);
    expect(answer.errorMsg).toMatch(/channel owner denied the request: Nobody answered in time\./u);
    expect(performance.now() - before).toBeLessThan((limit + 10) * 1000);
    const { approvals } = await list({ states: [ApprovalState.EXPIRED], search: frank.name });
    expect(approvals[0]?.reason).toBe('Nobody answered in time.');
  });

  it('answers many at once, and a removal', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `agntcy/real/nobody-${n}`);
    const answers = names.map((name) => asking.add(name));
    const { approvals } = await eventually(20, async () => {
      const found = await list({ states: [ApprovalState.WAITING] });
      return found.waiting === names.length && found;
    });
    await Promise.all(
      approvals.map(({ id, invitee }) =>
        real.act('approval.decide', { id, approve: false, reason: `no to ${invitee}` }),
      ),
    );
    // Each gets its own answer.
    for (const [n, answer] of answers.entries())
      expect((await answer).errorMsg).toContain(`no to ${names[n]}`);

    const removal = asking.remove(erin.name);
    const { id } = await waitsFor(erin.name);
    await real.act('approval.decide', { id, approve: true });
    expect(await removal).toMatchObject({ success: true });
    expect((await members()).some((name) => name.startsWith(erin.name))).toBe(false);
  });

  it('listens again after its process was killed', async () => {
    const pid = await moderatorPid();
    process.kill(pid, 'SIGKILL');
    await eventually(30, async () => (await list()).warnings.some(({ code }) => code === 'inbox-shut'));
    await eventually(60, async () => (await list()).callbackNames.includes(callback));
    const answer = asking.add(frank.name);
    const { id } = await waitsFor(frank.name);
    await real.act('approval.decide', { id, approve: false });
    expect((await answer).errorMsg).toContain('The owner declined.');
  });
});

/** The one child of this process that runs the moderator. */
async function moderatorPid(): Promise<number> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/u.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === process.pid && command.includes('moderator/worker.ts')) return Number(entry);
  }
  throw new Error('There is no moderator.');
}
