import { ItemOutcome } from '@muster/api';
import { describe, expect, it } from 'vitest';
import type { Planned } from '../actions/action.ts';
import { change, done, fieldChange, refused } from '../actions/results.ts';
import { Doings } from './doings.ts';
import type { Noticed } from './doings.ts';

let now = 1_000_000;
const caller = { session: 's1', client: 'cli', role: 'moderator' } as const;
const plan = (changes: Planned['changes'], title = 'Do it'): Planned => ({
  title,
  target: { connection: 'node', trustDomain: '', fingerprints: [] },
  changes,
  effects: [],
  warnings: [],
  commands: [],
  destructive: false,
  before: null,
  check: async () => '',
  async *apply() {},
  inverseInput: () => undefined,
});
const invite = (member: string, channel = 'a/b/room') =>
  change('invite', 'member', member, 'node', [fieldChange('Channel', '', channel)]);
const joined = (member: string, more: Partial<Noticed> = {}): Noticed => ({
  connection: 'node',
  kind: 'joined',
  channel: 'a/b/room',
  member,
  instance: 'i',
  notBefore: now,
  at: now,
  ...more,
});
const doings = () => new Doings(() => new Date(now));

describe('whose action a change was', () => {
  it('is told while it goes on, and by a look that spans it', () => {
    const all = doings();
    const follow = all.began('r1', plan([invite('a/b/alice'), invite('a/b/bob')], 'Invite 2'), caller);
    expect(all.of(joined('a/b/alice'))).toEqual({ record: 'r1', title: 'Invite 2', by: 'cli s1' });
    now += 10_000;
    follow(done('a/b/alice'));
    follow();
    const began = now;
    now += 60_000;
    expect(all.of(joined('a/b/bob', { notBefore: began - 5000 }))?.record).toBe('r1');
    // The look before was after its end.
    expect(all.of(joined('a/b/bob', { notBefore: began + 5000 }))).toBeUndefined();
  });

  it('is nobody’s for another member, channel or connection, the other way, or presence', () => {
    const all = doings();
    all.began('r1', plan([invite('a/b/alice')]), caller);
    expect(all.of(joined('a/b/carol'))).toBeUndefined();
    expect(all.of(joined('a/b/alice', { channel: 'a/b/other' }))).toBeUndefined();
    expect(all.of(joined('a/b/alice', { connection: 'elsewhere' }))).toBeUndefined();
    expect(all.of(joined('a/b/alice', { kind: 'left' }))).toBeUndefined();
    expect(all.of(joined('a/b/alice', { kind: 'offline' }))).toBeUndefined();
  });

  it('is found for an instance, and for the channel itself', () => {
    const all = doings();
    const removal = change('remove', 'member', 'a/b/alice/i', 'node', [
      fieldChange('Channel', 'a/b/room', ''),
    ]);
    all.began('r1', plan([removal]), caller);
    all.began('r2', plan([change('delete', 'channel', 'a/b/room', 'node')]), caller);
    expect(all.of(joined('a/b/alice', { kind: 'left' }))?.record).toBe('r1');
    expect(all.of(joined('', { kind: 'deleted', instance: '' }))?.record).toBe('r2');
  });

  it('is not that of entries and agents', () => {
    const all = doings();
    all.began('r1', plan([change('create', 'registration entry', 'a/b/alice', 'node')]), caller);
    expect(all.of(joined('a/b/alice'))).toBeUndefined();
  });

  it('tells invitations that came to nothing', () => {
    const follow = doings().began('r1', plan([invite('a/b/alice'), invite('a/b/x')]), caller);
    expect(follow(done('a/b/alice'))).toBeUndefined();
    expect(follow(refused('a/b/x', 'Nobody answers.'))).toMatchObject({
      connection: 'node',
      channel: 'a/b/room',
      member: 'a/b/x',
      reason: 'Nobody answers.',
      record: 'r1',
    });
    expect(follow({ ...done('a/b/x'), outcome: ItemOutcome.SKIPPED })).toBeUndefined();
    expect(follow(refused('a/b/somebody', 'No.'))).toBeUndefined();
  });
});
