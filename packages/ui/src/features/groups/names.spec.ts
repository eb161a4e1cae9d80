import { Mls } from '@muster/api';
import { describe, expect, it } from 'vitest';
import {
  channelKey,
  lastPart,
  memberKey,
  mlsWords,
  nameProblem,
  ownerWords,
  shortInstance,
} from './names.ts';

describe('keys of the address', () => {
  it('name the connection, because two may hold a channel of one name', () => {
    expect(channelKey({ connection: 'node-a', name: 'acme/ops/fleet' })).toBe('node-a/acme/ops/fleet');
  });
  it('tell instances of one name apart', () => {
    expect(memberKey({ name: 'acme/ops/bob', instance: '' })).toBe('acme/ops/bob');
    expect(memberKey({ name: 'acme/ops/bob', instance: '7f' })).toBe('acme/ops/bob/7f');
  });
  it('shorten for pictures', () => {
    expect(lastPart('acme/ops/bob')).toBe('bob');
    expect(lastPart('acme/')).toBe('acme/');
    expect(shortInstance('01234567-89ab')).toBe('01234567…');
    expect(shortInstance('short')).toBe('short');
  });
});

describe('nameProblem', () => {
  it('accepts three parts', () => {
    expect(nameProblem('acme/ops/fleet', 'channel')).toBeUndefined();
    expect(nameProblem('acme/ops/bob', 'member')).toBeUndefined();
  });
  it('says what is missing or wrong', () => {
    expect(nameProblem('', 'member')).toContain('organization/namespace/app');
    expect(nameProblem('acme/ops', 'member')).toContain('organization/namespace');
    expect(nameProblem('acme//bob', 'member')).toContain('empty');
    expect(nameProblem('acme/ops/a b', 'channel')).toContain('white space');
    expect(nameProblem('acme/ops/fleet/1', 'channel')).toContain('three');
  });
});

describe('words of chips', () => {
  it('warns of what nodes can read and of what anyone may change', () => {
    expect(mlsWords(Mls.ON).tone).toBe('ok');
    expect(mlsWords(Mls.OFF)).toMatchObject({ tone: 'warn', label: 'MLS off' });
    expect(mlsWords(Mls.UNKNOWN)).toMatchObject({ tone: 'unknown' });
    expect(ownerWords({ owner: '', ownedByUs: false, managedBy: 'channel-manager' }).reason).toContain(
      'anyone',
    );
    expect(ownerWords({ owner: 'did:key:z6Mk', ownedByUs: true, managedBy: 'channel-manager' }).tone).toBe(
      'ok',
    );
    expect(
      ownerWords({ owner: 'did:key:z6Mk', ownedByUs: false, managedBy: 'channel-manager' }).reason,
    ).toContain('did:key:z6Mk');
    expect(ownerWords({ owner: '', ownedByUs: false, managedBy: 'slim-node' }).label).toBe('moderated here');
  });
});
