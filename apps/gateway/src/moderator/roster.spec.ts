import { expect, it } from 'vitest';
import type { Seen } from './protocol.ts';
import { compareRoster, unwatched } from './roster.ts';
import type { Member } from './types.ts';

const self = { name: 'acme/muster/moderator', instance: 'm1', moderates: true };
const start = new Date(1000);
const later = new Date(2000);
const see = (name: string, instance: string, online = true): Seen => ({ name, instance, online });
const us = see(self.name, self.instance);
const poll = (before: Member[], seen: Seen[], now = later, keepUnknown = false, grace = false) =>
  compareRoster(before, [us, ...seen], self, now, { keepUnknown, grace });
const types = (roster: { changes: { type: string; member: Member }[] }) =>
  roster.changes.map(({ type, member }) => `${type} ${member.name} ${member.instance}`);

it('tells joins, leaves, crashes and returns, and never its own presence', () => {
  const first = poll([], [see('a/b/alice', '1'), see('a/b/bob', '2')], start);
  expect(types(first)).toEqual(['member-joined a/b/alice 1', 'member-joined a/b/bob 2']);
  expect(first.members.map((one) => [one.name, one.isModerator])).toEqual([
    ['a/b/alice', false],
    ['a/b/bob', false],
    [self.name, true],
  ]);

  const second = poll(first.members, [see('a/b/alice', '1', false)]);
  expect(types(second)).toEqual(['member-offline a/b/alice 1', 'member-left a/b/bob 2']);
  expect(second.members[0]?.since).toBe(later);

  const third = poll(second.members, [see('a/b/alice', '1')]);
  expect(types(third)).toEqual(['member-online a/b/alice 1']);
});

it('keeps `since` while nothing changes', () => {
  const first = poll([], [see('a/b/alice', '1')], start);
  expect(poll(first.members, [see('a/b/alice', '1')]).members[0]?.since).toBe(start);
});

it('mends who moderates, though nothing else changed', () => {
  const before = poll([], [], start).members.map((one) => ({ ...one, isModerator: false }));
  const { members, changes } = poll(before, []);
  expect(members).toEqual([
    { name: self.name, instance: 'm1', status: 'online', since: start, isModerator: true },
  ]);
  expect(changes).toEqual([]);
});

it('shows two instances of one application as two members', () => {
  const { members } = poll([], [see('a/b/alice', '2'), see('a/b/alice', '1')]);
  expect(members.slice(0, 2).map((one) => one.instance)).toEqual(['1', '2']);
});

it('says unknown while nobody watches, and keeps those not yet invited again', () => {
  const { members } = poll([], [see('a/b/alice', '1'), see('a/b/bob', '2'), see('a/b/carol', '3')], start);
  const away = unwatched(members, self.name, later);
  expect(away.map((one) => [one.name, one.status])).toEqual([
    ['a/b/alice', 'unknown'],
    ['a/b/bob', 'unknown'],
    ['a/b/carol', 'unknown'],
  ]);
  // Bob is back as he was, carol as a new instance, alice not yet.
  const back = poll(away, [see('a/b/bob', '2'), see('a/b/carol', '4')], later, true);
  expect(types(back)).toEqual([
    'member-online a/b/bob 2',
    'member-joined a/b/carol 4',
    'member-left a/b/carol 3',
  ]);
  expect(back.members.find((one) => one.name === 'a/b/alice')?.status).toBe('unknown');
});
