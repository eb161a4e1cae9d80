import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Channel } from './channel.ts';

const self = { name: 'acme/muster/moderator', instance: 'm' };
const bob = { name: 'acme/ops/bob', instance: 'b' };
const kept = {
  name: 'acme/ops/room',
  role: 'moderator' as const,
  mls: true,
  maxRetries: 5,
  intervalMs: 5000,
  closed: false,
  createdAt: '2026-11-01T00:00:00.000Z',
  members: [bob],
};
const statusOf = (channel: Channel) => channel.members.find((one) => one.name === bob.name)?.status;
const see = (channel: Channel, online: boolean) => channel.see([{ ...bob, online }], self, false);

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

it('is restoring until its members are heard of: nobody is Offline before 30 s have passed', () => {
  const channel = Channel.kept(kept);
  expect(statusOf(channel)).toBe('unknown');
  channel.isBack();
  expect(see(channel, false)).toEqual([]);
  expect([channel.session, statusOf(channel)]).toEqual(['restoring', 'unknown']);
  expect(see(channel, true).map(({ type }) => type)).toEqual(['member-online']);
  expect([channel.session, statusOf(channel)]).toEqual(['open', 'online']);
  // Heard of and gone again is Offline, whenever it is.
  expect(see(channel, false).map(({ type }) => type)).toEqual(['member-offline']);
});

it('takes who is not heard of within 30 s for Offline', () => {
  const channel = Channel.kept(kept);
  channel.isBack();
  see(channel, false);
  vi.advanceTimersByTime(30_001);
  expect(see(channel, false).map(({ type }) => type)).toEqual(['member-offline']);
  expect([channel.session, statusOf(channel)]).toEqual(['open', 'offline']);
});

it('keeps what it was kept as, and whether it is closed', () => {
  const channel = Channel.kept(kept);
  channel.isBack();
  see(channel, true);
  expect(channel.keep(self.name)).toEqual(kept);
  channel.close();
  expect(channel.keep(self.name)).toEqual({ ...kept, closed: true });
  expect([channel.session, statusOf(channel)]).toEqual(['closed', 'unknown']);
  channel.open();
  channel.lose('removed', self.name);
  expect(channel.summary()).toMatchObject({ session: 'lost', sessionReason: 'removed', online: 0 });
});
