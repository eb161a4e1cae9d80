import { describe, expect, it } from 'vitest';
import { compare, differences } from './compare.ts';
import type { Side, SideKind } from './sides.ts';

function side(kind: SideKind, moderator: string, members: readonly string[] | undefined, locked = ''): Side {
  const byApp = new Map<string, string[]>();
  for (const name of members ?? []) {
    const app = name.split('/').slice(0, 3).join('/');
    byApp.set(app, [...(byApp.get(app) ?? []), name]);
  }
  return {
    kind,
    connection: { link: { name: kind } } as Side['connection'],
    channel: 'o/n/room',
    owner: '',
    runs: kind !== 'control-plane',
    moderators: [moderator],
    members: members && byApp,
    unread: members ? '' : 'It did not answer in time.',
    locked,
  };
}
const session = side('session', 'o/n/mod', ['o/n/mod/u0', 'o/n/a/u1', 'o/n/b/u2']);
const manager = side('channel-manager', 'o/n/cm', ['o/n/cm/u9', 'o/n/b/u2', 'o/n/c/u3']);
const plane = side('control-plane', 'o/n/mod', ['o/n/a/1', 'o/n/a/2', 'o/n/d']);

describe('a group side by side', () => {
  it('lists first what the sides do not agree on, and moderators last, who are not compared', () => {
    expect(compare([session, manager]).map((row) => [row.member, ...row.standings, row.differs])).toEqual([
      ['o/n/a', 'present', 'absent', true],
      ['o/n/c', 'absent', 'present', true],
      ['o/n/b', 'present', 'present', false],
      ['o/n/cm', 'absent', 'present', false],
      ['o/n/mod', 'present', 'absent', false],
    ]);
    expect(compare([session]).find(({ member }) => member === 'o/n/a')?.instances).toEqual(['u1']);
  });

  it('does not take a side that was not read for an empty one', () => {
    const rows = compare([session, side('channel-manager', 'o/n/cm', undefined)]);
    expect(rows.every(({ differs }) => !differs)).toBe(true);
    expect(rows[0]?.standings).toEqual(['present', 'unknown']);
    expect(differences(session, [session, side('channel-manager', 'o/n/cm', undefined)])).toEqual([]);
  });

  it('makes the others like one of them, and tells a control plane its own words', () => {
    const told = (source: Side) =>
      differences(source, [session, manager, plane]).map(
        ({ side: to, verb, named }) => `${to.kind} ${verb} ${named}`,
      );
    expect(told(session)).toEqual([
      'channel-manager invite o/n/a',
      'channel-manager remove o/n/c',
      'control-plane invite o/n/b',
      'control-plane remove o/n/d',
    ]);
    expect(told(manager)).toEqual([
      'session invite o/n/c',
      'session remove o/n/a',
      'control-plane invite o/n/b',
      'control-plane invite o/n/c',
      'control-plane remove o/n/a/1',
      'control-plane remove o/n/a/2',
      'control-plane remove o/n/d',
    ]);
  });

  it('leaves alone what cannot be changed', () => {
    const locked = side('channel-manager', 'o/n/cm', [], 'It is owned by another key.');
    expect(differences(session, [session, locked])).toEqual([]);
  });
});
