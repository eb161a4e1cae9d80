import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import type { Presence, Roster, SeenMember } from './compare.ts';

const channel = 'acme/ops/room';
const member = (name: string, instance = '1', presence: Presence = 'online'): SeenMember => ({
  name: `acme/ops/${name}`,
  instance,
  presence,
});
const said = (out: ReturnType<typeof compare>): string[] =>
  out.differences.map(({ kind, member: who, instance }) =>
    [kind, who.split('/').at(-1), instance].filter(Boolean).join(' '),
  );

describe('two looks at the channels', () => {
  it('tell who joined, left, went offline and came back, each once', () => {
    const roster: Roster = new Map();
    const look = (...members: SeenMember[]) => said(compare(roster, new Map([[channel, members]])));
    expect(look(member('alice'), member('bob'))).toEqual(['created', 'joined alice 1', 'joined bob 1']);
    expect(look(member('alice'), member('bob'))).toEqual([]);
    expect(look(member('alice'), member('bob', '1', 'offline'))).toEqual(['offline bob 1']);
    expect(look(member('alice'), member('bob', '1', 'offline'))).toEqual([]);
    expect(look(member('alice'), member('bob'))).toEqual(['online bob 1']);
    expect(look(member('bob'))).toEqual(['left alice 1']);
    expect(look(member('bob', '2'))).toEqual(['left bob 1', 'joined bob 2']);
    expect(said(compare(roster, new Map()))).toEqual(['deleted']);
    expect(said(compare(roster, new Map()))).toEqual([]);
  });

  it('say nothing of presence while nobody watches, and compare with what was last known', () => {
    const roster: Roster = new Map();
    const look = (presence: Presence) =>
      said(compare(roster, new Map([[channel, [member('alice', '1', presence)]]])));
    look('online');
    expect(look('unknown')).toEqual([]);
    expect(look('online')).toEqual([]);
    expect(look('unknown')).toEqual([]);
    expect(look('offline')).toEqual(['offline alice 1']);
    expect(look('unknown')).toEqual([]);
    expect(look('online')).toEqual(['online alice 1']);
  });

  it('take an instance that came to be known for the same member', () => {
    const roster: Roster = new Map();
    const look = (one: SeenMember) => compare(roster, new Map([[channel, [one]]]));
    look(member('alice', ''));
    const out = look(member('alice', '7'));
    expect(said(out)).toEqual([]);
    expect(out.drop).toHaveLength(1);
    expect(out.put).toEqual([{ channel, member: 'acme/ops/alice', instance: '7', presence: 'online' }]);
  });

  it('keep the members of a channel that could not be read', () => {
    const roster: Roster = new Map();
    compare(roster, new Map([[channel, [member('alice')]]]));
    expect(said(compare(roster, new Map([[channel, undefined]])))).toEqual([]);
    expect(said(compare(roster, new Map([[channel, [member('alice')]]])))).toEqual([]);
  });

  it('wait for what is being restored, but believe what was deleted on purpose', () => {
    const roster: Roster = new Map();
    const both = new Map([
      [channel, [member('alice'), member('bob')]],
      ['acme/ops/other', []],
    ]);
    compare(roster, both);
    const half = new Map([[channel, [member('alice', '1', 'offline')]]]);
    expect(said(compare(roster, half, { restoring: true }))).toEqual([]);
    expect(said(compare(roster, half, { restoring: true, deleted: new Set(['acme/ops/other']) }))).toEqual([
      'deleted',
    ]);
    expect(said(compare(roster, half))).toEqual(['left bob 1', 'offline alice 1']);
  });
});
