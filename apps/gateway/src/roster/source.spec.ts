import { describe, expect, it } from 'vitest';
import { look, memberOf } from './source.ts';
import type { RosterConnection } from './source.ts';

const id = '7f1c22d0-9b1e-4c6f-8a55-0d3f71e24ab1';
// What a look asks of a connection, and nothing else.
const fake = (one: object): RosterConnection =>
  ({ link: { name: 'x', up: true }, ...one }) as unknown as RosterConnection;

describe('one look at the channels of a connection', () => {
  it('of a channel manager has names and instances, and no presence', async () => {
    const manager = fake({
      kind: 'channel-manager',
      channels: async () => [{ name: 'a/b/room' }, { name: 'a/b/going' }],
      participants: async (channel: string) => {
        if (channel === 'a/b/going') throw new Error('channel a/b/going not found');
        return [`a/b/alice/${id}`, 'a/b/bob'];
      },
    });
    expect(await look(manager)).toEqual(
      new Map([
        [
          'a/b/room',
          [
            { name: 'a/b/alice', instance: id, presence: '' },
            { name: 'a/b/bob', instance: '', presence: '' },
          ],
        ],
        // Deleted while it was read: nobody is said to have left it.
        ['a/b/going', undefined],
      ]),
    );
  });

  it('of a control plane is one only where that has the channels', async () => {
    const plane = {
      channels: async () => [{ id: 'a/b/mod-XyZ' }],
      participants: async () => ['whatever it was given'],
    };
    expect(await look(fake({ kind: 'slim-control-plane', holdsChannels: false, plane }))).toBeUndefined();
    expect(await look(fake({ kind: 'slim-control-plane', holdsChannels: true, plane }))).toEqual(
      new Map([['a/b/mod-XyZ', [{ name: 'whatever it was given', instance: '', presence: '' }]]]),
    );
  });

  it('is none while the connection or the moderator is away', async () => {
    expect(await look(fake({ kind: 'channel-manager', link: { name: 'x', up: false } }))).toBeUndefined();
    const away = { state: () => ({ state: 'degraded', reason: 'it is away' }) };
    expect(await look(fake({ kind: 'slim-node', moderator: away }))).toBeUndefined();
  });

  it('of our own sessions leaves the moderator out, and knows nobody in one that is closed', async () => {
    const moderator = {
      state: () => ({ state: 'ready' }),
      channels: () => [
        { name: 'a/b/room', session: 'open' },
        { name: 'a/b/shut', session: 'closed' },
      ],
      members: () => [
        { name: 'a/b/us', instance: '1', status: 'online', since: new Date(0), isModerator: true },
        { name: 'a/b/them', instance: '2', status: 'offline', since: new Date(0), isModerator: false },
      ],
    };
    expect(await look(fake({ kind: 'slim-node', moderator }))).toEqual(
      new Map([
        ['a/b/room', [{ name: 'a/b/them', instance: '2', presence: 'offline' }]],
        ['a/b/shut', undefined],
      ]),
    );
  });

  it.each([
    ['a/b/c', 'a/b/c', ''],
    [`a/b/c/${id}`, 'a/b/c', id],
    ['a/b/c/42', 'a/b/c', '42'],
    ['a/b', 'a/b', ''],
    ['a/b/c/d/e', 'a/b/c/d/e', ''],
    ['', '', ''],
  ])('takes %j for what it is', (full, name, instance) => {
    expect(memberOf(full)).toEqual({ name, instance, presence: '' });
  });
});
