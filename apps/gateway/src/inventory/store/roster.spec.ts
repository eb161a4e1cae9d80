import { describe, expect, it } from 'vitest';
import { openStore } from './open.ts';
import { keptEvents } from './roster.ts';
import type { RosterLine, RosterQuery, RosterWrite } from './roster.ts';

const none: RosterWrite = {
  events: [],
  put: [],
  drop: [],
  channelsPut: [],
  channelsDrop: [],
  until: 0,
  gapFrom: 0,
};
const all: RosterQuery = {
  connection: '',
  channel: '',
  member: '',
  kinds: [],
  since: 0,
  until: 0,
  offset: 0,
  limit: 100,
};
const line = (at: number, member: string): RosterLine => ({
  at,
  notBefore: at - 1,
  channel: 'a/b/room',
  kind: 'joined',
  member,
  instance: '',
  record: '',
  title: '',
  by: '',
  note: '',
});

describe('the history of rosters in the store', () => {
  it('keeps what later looks are compared with', () => {
    const store = openStore(':memory:');
    const one = { channel: 'a/b/room', member: 'a/b/x', instance: '1', presence: 'online' };
    store.writeRoster('c', { ...none, channelsPut: ['a/b/room'], put: [one], until: 10 });
    store.writeRoster('c', { ...none, put: [{ ...one, presence: 'offline' }], until: 20 });
    expect(store.keptRoster('c')).toEqual({
      since: 10,
      until: 20,
      channels: ['a/b/room'],
      members: [{ ...one, presence: 'offline' }],
    });
    expect(store.keptRoster('other')).toEqual({ since: 0, until: 0, channels: [], members: [] });
    store.writeRoster('c', { ...none, channelsDrop: ['a/b/room'], until: 30 });
    expect(store.keptRoster('c')).toMatchObject({ since: 10, until: 30, channels: [], members: [] });
    store.close();
  });

  it('keeps the newest events only, and says from when on', () => {
    const store = openStore(':memory:');
    store.writeRoster('c', { ...none, until: 5 });
    expect(store.rosterEvents(all)).toMatchObject({ total: 0, keptSince: 5 });
    const many = (from: number, number: number): RosterLine[] =>
      Array.from({ length: number }, (_, index) => line(from + index, `a/b/m${from + index}`));
    store.writeRoster('c', { ...none, events: many(10, keptEvents) });
    expect(store.rosterEvents(all)).toMatchObject({ total: keptEvents, keptSince: 5 });
    store.writeRoster('c', { ...none, events: many(10 + keptEvents, 1500) });
    const page = store.rosterEvents(all);
    expect(page.total).toBe(keptEvents);
    expect(page.keptSince).toBe(10 + 1500);
    expect(page.events[0]?.member).toBe(`a/b/m${10 + keptEvents + 1499}`);
    store.close();
  });

  it('writes an event with what it is compared with, or neither', () => {
    const store = openStore(':memory:');
    const bad = { ...none, events: [line(1, 'a/b/x')], put: [{ channel: 'r', member: 'm', instance: 'i' }] };
    expect(() => store.writeRoster('c', bad as RosterWrite)).toThrow();
    expect(store.rosterEvents(all).total).toBe(0);
    store.close();
  });

  it('tells gaps of the time asked for', () => {
    const store = openStore(':memory:');
    store.writeRoster('c', { ...none, until: 100 });
    store.writeRoster('c', { ...none, until: 200, gapFrom: 100 });
    store.writeRoster('d', { ...none, until: 400, gapFrom: 300 });
    expect(store.rosterEvents(all).gaps).toEqual([
      { connection: 'd', from: 300, until: 400 },
      { connection: 'c', from: 100, until: 200 },
    ]);
    expect(store.rosterEvents({ ...all, connection: 'c' }).gaps).toHaveLength(1);
    expect(store.rosterEvents({ ...all, since: 250 }).gaps).toHaveLength(1);
    expect(store.rosterEvents({ ...all, until: 250 }).gaps).toHaveLength(1);
    store.close();
  });
});
