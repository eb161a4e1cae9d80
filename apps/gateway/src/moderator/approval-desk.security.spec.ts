import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WorkerDesk } from './approval-desk.ts';
import type { DeskParts } from './approval-desk.ts';
import type { ApprovalNote } from './approval-relay.ts';

const name = { components: () => ['org', 'ns', 'eve'], id: () => '7' };
const request = (n: number) => ({
  context: {
    identity: 'canary-token',
    sourceName: name,
    metadata: new Map([
      ['rpc-id', `rpc-${n}`],
      ['service', 'channel_manager.proto.v1.ChannelOwnerApproval'],
      ['method', 'RequestApproval'],
    ]),
  },
  payload: new Uint8Array([1]).buffer,
});

/** One session of somebody who sends as they like, and what became of it. */
function session(next: (n: number) => unknown) {
  const state = { heard: 0, sent: [] as Map<string, string>[], ended: false };
  return {
    state,
    sessionType: () => 'point-to-point',
    async getMessageAsync() {
      await pause(0);
      return next(state.heard++);
    },
    async publishAndWaitAsync(_bytes: unknown, _type: string, metadata: Map<string, string>) {
      state.sent.push(metadata);
    },
  };
}

function desk(...sessions: ReturnType<typeof session>[]) {
  const notes: ApprovalNote[] = [];
  const waiting = [...sessions];
  const app = {
    listenForSessionAsync: () => waiting.shift() ?? new Promise(() => {}),
    async deleteSessionAndWaitAsync(one: ReturnType<typeof session>) {
      one.state.ended = true;
    },
  };
  const made = new WorkerDesk({
    slim: { SessionType: { Group: 'group' } },
    app,
    note: (note: ApprovalNote) => notes.push(note),
  } as unknown as DeskParts);
  return { made, notes };
}

it('S-18: who asks without end in one session is heard for a while, and then ended', async () => {
  const eve = session(request);
  const { notes } = desk(eve);
  await expect.poll(() => eve.state.ended, { timeout: 15_000 }).toBe(true);
  expect(eve.state.heard).toBe(400);
  const asked = notes.filter(({ kind }) => kind === 'approval-asked');
  expect(asked).toHaveLength(200);
  // The others were refused, each for itself; and whoever was asked about is told of once as gone.
  expect(eve.state.sent.map((metadata) => metadata.get('slimrpc-code'))).toEqual(
    Array.from({ length: 200 }, () => '8'),
  );
  expect(notes.filter(({ kind }) => kind === 'approval-withdrawn')).toHaveLength(200);
  expect(JSON.stringify(notes)).not.toContain('canary-token');
});

it('S-20: who says nothing of use holds no place for ever', async () => {
  const silent = session(() => ({ ...request(0), context: { ...request(0).context, metadata: new Map() } }));
  const { notes } = desk(silent);
  await expect.poll(() => silent.state.ended, { timeout: 15_000 }).toBe(true);
  expect(silent.state.heard).toBe(400);
  expect(notes.map(({ kind }) => kind)).toEqual(['approvals-open']);
});
