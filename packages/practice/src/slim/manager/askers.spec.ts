import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Askers } from './askers.ts';
import { WISHED_CHANNEL } from './cast.ts';
import type { PracticeChannel } from './manager.ts';

const pace = { firstMs: 20, answeredMs: 60, ignoredMs: 300 };
const channel = (): PracticeChannel => ({
  owner: 'did:key:z6MkOwner',
  callback: 'a/b/owner',
  mls: true,
  expiresAt: undefined,
  members: ['acme/ops/alice'],
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(answer: () => Promise<string> = async () => '') {
  const channels = new Map([[WISHED_CHANNEL, channel()]]);
  const asked: string[] = [];
  const askers = new Askers(
    {
      channels,
      change: async (action, _channel, member) => {
        asked.push(`${action} ${member}`);
        return answer();
      },
    },
    pace,
  );
  return { askers, asked, channels };
}

it('asks once it begins, then a while after each answer, and never for what is so already', async () => {
  const { askers, asked, channels } = start();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  askers.begin();
  askers.begin();
  await vi.advanceTimersByTimeAsync(20);
  expect(asked).toEqual(['add acme/payments/fraud-watch']);
  channels.get(WISHED_CHANNEL)?.members.push('acme/payments/fraud-watch', 'acme/support/triage-bot');
  await vi.advanceTimersByTimeAsync(60);
  await vi.advanceTimersByTimeAsync(60);
  expect(asked.slice(1)).toEqual(['add acme/ops/pager-bot', 'delete acme/payments/fraud-watch']);
  askers.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(3);
});

it('leaves whoever does not answer alone for longer', async () => {
  const { askers, asked } = start(async () => 'channel owner denied the request: Nobody answered in time.');
  askers.begin();
  await vi.advanceTimersByTimeAsync(20 + 299);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(599);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(3);
  askers.stop();
});

it('asks nothing of a channel that is gone', async () => {
  const { askers, asked, channels } = start();
  channels.clear();
  askers.begin();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  askers.stop();
});
