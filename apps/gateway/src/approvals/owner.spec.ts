import { expect, it } from 'vitest';
import { asksAs, ownerOf } from './owner.ts';
import type { Manager } from './owner.ts';

const manager = (name: string, more: Partial<Manager> & { owner?: string } = {}) => {
  let listed = 0;
  return {
    link: { name, up: true },
    config: { audience: `org/ns/${name}` },
    channels: async () => {
      listed += 1;
      return [{ name: 'org/ns/room', owner: more.owner ?? `did:key:${name}` }];
    },
    listed: () => listed,
    ...more,
  };
};

it('takes the channel manager that asks before others with a channel of this name', async () => {
  const all = [manager('one'), manager('two')];
  expect(await ownerOf(all, 'org/ns/room', 'org/ns/two-approval')).toEqual({
    manager: 'two',
    owner: 'did:key:two',
  });
  expect(await ownerOf(all, 'org/ns/room', 'org/ns/stranger')).toMatchObject({ manager: 'one' });
  expect(await ownerOf(all, 'org/ns/other', 'org/ns/two-approval')).toBeUndefined();
});

it('asks none that is down, and takes one that fails for one without channels', async () => {
  const down = manager('down', { link: { name: 'down', up: false } });
  const failing = manager('failing', { channels: async () => Promise.reject(new Error('broken')) });
  expect(await ownerOf([down, failing, manager('one')], 'org/ns/room', '')).toMatchObject({ manager: 'one' });
  expect(down.listed()).toBe(0);
});

it('lists the channels once for many that ask at one time', async () => {
  const one = manager('one');
  await Promise.all(Array.from({ length: 100 }, () => ownerOf([one], 'org/ns/room', '')));
  expect(one.listed()).toBe(1);
});

it('does not know by which name a channel manager asks whose audience is not configured', () => {
  expect(asksAs({ config: {} })).toBe('');
});
