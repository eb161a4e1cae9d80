import { GroupSideKind, GroupStanding } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { endpointOf, groupLine, managedWords, remedyWords, sourceOf, standingWords } from './group-words.ts';

const side = (kind: GroupSideKind, unreadReason = '') => ({ kind, unreadReason }) as never;

describe('a group in words', () => {
  it('says who knows it, and whether they agree', () => {
    const sides = [side(GroupSideKind.SESSION), side(GroupSideKind.CHANNEL_MANAGER)];
    expect(groupLine({ sides, differing: 0n })).toBe(
      'Known to session and channel manager: the same members',
    );
    expect(groupLine({ sides, differing: 1n })).toMatch(/: 1 member differs$/u);
    expect(groupLine({ sides: [...sides, side(GroupSideKind.CONTROL_PLANE, 'down')], differing: 2n })).toBe(
      'Known to session, channel manager and control plane; not all can be read',
    );
    expect(groupLine({ sides: sides.slice(1), differing: 0n })).toBe('');
  });

  it('says what manages a channel, and what a remedy comes to', () => {
    expect(managedWords({ managedBy: 'slim-control-plane' })).toBe('control plane up to 1.4');
    expect(remedyWords({ adds: 2, removes: 0 })).toBe('adds 2');
    expect(remedyWords({ adds: 2, removes: 1 })).toBe('adds 2, removes 1');
    expect(remedyWords({ adds: 0, removes: 0 })).toBe('changes nothing');
    expect(sourceOf({ kind: GroupSideKind.CHANNEL_MANAGER })).toBe('channel-manager');
    expect(standingWords(GroupStanding.UNKNOWN).tone).toBe('unknown');
  });

  it.each([
    ['slim/0=http://10.0.0.1:46357', { node: 'slim/0', endpoint: 'http://10.0.0.1:46357' }],
    ['slim/0=10.0.0.1:46357', undefined],
    ['http://10.0.0.1:46357', undefined],
    ['slim/0=http://user:pass@10.0.0.1:46357', undefined],
  ])('takes an endpoint with its node: %s', (text, found) => expect(endpointOf(text)).toEqual(found));
});
