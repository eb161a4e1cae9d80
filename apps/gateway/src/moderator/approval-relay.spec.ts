import { CallError } from '@muster/practice/slim/ipc';
import { expect, it } from 'vitest';
import { ApprovalRelay, isApprovalNote } from './approval-relay.ts';
import type { ApprovalEvent } from './approval-types.ts';

const asked = (id: string) => ({
  kind: 'approval-asked' as const,
  asked: { id, from: 'a/b/manager', fromInstance: 'i', request: new Uint8Array() },
});

function start(send: (id: string) => Promise<void> = async () => {}) {
  const events: ApprovalEvent[] = [];
  const relay = new ApprovalRelay('a/b/mod-approval', (event) => events.push(event), send);
  return { relay, events, types: () => events.map(({ type }) => type) };
}

it('knows its notes from others', () => {
  expect(isApprovalNote({ kind: 'approvals-open' })).toBe(true);
  expect(isApprovalNote({ kind: 'tick' })).toBe(false);
});

it('tells of what nobody can be answered any more when the process is gone, once', () => {
  const { relay, events, types } = start();
  expect(relay.state()).toEqual({ open: false, reason: 'the moderator is connecting' });
  relay.note({ kind: 'approvals-open' });
  relay.note(asked('1'));
  relay.note(asked('2'));
  relay.note({ kind: 'approval-withdrawn', id: '1', reason: 'gave up' });
  relay.note({ kind: 'approval-withdrawn', id: '1', reason: 'gave up' });
  relay.down('the process ended');
  relay.down('the process ended');
  expect(types()).toEqual([
    'approvals',
    'approval-asked',
    'approval-asked',
    'approval-withdrawn',
    'approval-withdrawn',
    'approvals',
  ]);
  expect(events.at(-2)).toEqual({ type: 'approval-withdrawn', id: '2', reason: 'the process ended' });
  expect(relay.state()).toEqual({ open: false, reason: 'the process ended' });
});

it('says nothing more of what was answered', async () => {
  const { relay, types } = start();
  relay.note({ kind: 'approvals-open' });
  relay.note(asked('1'));
  await relay.answer('1', new Uint8Array());
  relay.note({ kind: 'approval-withdrawn', id: '1', reason: 'gave up' });
  relay.down('the process ended');
  expect(types()).toEqual(['approvals', 'approval-asked', 'approvals']);
});

it('does not know whether an answer arrived when the process ended in the middle of it', async () => {
  const code = (relay: ApprovalRelay) =>
    relay.answer('1', new Uint8Array()).then(
      () => '',
      (error: CallError) => error.code,
    );
  const { relay } = start(async () => {
    throw new CallError('not-ready', 'the process ended');
  });
  // Not sent at all.
  expect(await code(relay)).toBe('not-ready');
  relay.note({ kind: 'approvals-open' });
  expect(await code(relay)).toBe('no-confirmation');
});
