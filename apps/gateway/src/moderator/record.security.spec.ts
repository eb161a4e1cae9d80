import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../upstream/testing/wait.ts';
import { homeStore } from './home-store.ts';
import { ChannelRecord, passphraseOf } from './record.ts';
import type { KeptChannel } from './record.ts';

const channel: KeptChannel = {
  name: 'org/ns/room',
  role: 'moderator',
  mls: true,
  maxRetries: 5,
  intervalMs: 1000,
  closed: false,
  createdAt: '2026-11-23T00:00:00Z',
  members: [{ name: 'org/ns/a', instance: 'i' }],
};
const file = 'channels.sealed';

function kept(connection = 'node', home = temporaryDirectory()) {
  const store = homeStore(home, connection, 'org/ns/mod');
  new ChannelRecord(store).save([channel]);
  return { store, home, path: join(store.folder, file) };
}
const aside = (folder: string) => readdirSync(folder).filter((name) => name.includes('.unreadable-'));

describe('the record of the channels of a moderator', () => {
  it('comes back as it was written', () => {
    const { store } = kept();
    expect(new ChannelRecord(store)).toMatchObject({ unreadable: false, channels: [channel] });
  });

  it.each<[string, (sealed: Buffer) => Buffer]>([
    ['cut short', (sealed) => sealed.subarray(0, -1)],
    ['cut to its tag', (sealed) => sealed.subarray(0, 29)],
    ['empty', () => Buffer.alloc(0)],
    ['of another version', (sealed) => Buffer.concat([Buffer.of(9), sealed.subarray(1)])],
    [
      'changed in its last byte',
      (sealed) => Buffer.concat([sealed.subarray(0, -1), Buffer.of((sealed.at(-1) ?? 0) ^ 1)]),
    ],
    ['changed in its tag', (sealed) => Buffer.from(sealed.map((byte, n) => (n === 13 ? byte ^ 1 : byte)))],
  ])('S-17: is put aside, told of, and never taken for “no channels” when it is %s', (_what, damage) => {
    const { store, path } = kept();
    const damaged = damage(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toString('base64');
    writeFileSync(path, damaged);
    const read = new ChannelRecord(store);
    expect(read).toMatchObject({ unreadable: true, channels: [] });
    expect(read.notices()[0]).toMatch(/could not be read/u);
    const [name = ''] = aside(store.folder);
    expect(readFileSync(join(store.folder, name), 'utf8')).toBe(damaged);
  });

  it('S-27: of another connection is not taken for this one’s, though one key encrypts both', () => {
    const mine = kept('node');
    const theirs = kept('other', mine.home);
    expect(theirs.store.key.equals(mine.store.key)).toBe(true);
    copyFileSync(theirs.path, mine.path);
    expect(new ChannelRecord(mine.store)).toMatchObject({ unreadable: true, channels: [] });
    expect(new ChannelRecord(theirs.store).channels).toEqual([channel]);
  });

  it('S-13: opens by its own key only, which is none that the bindings are given', () => {
    const { store } = kept();
    const other = { folder: store.folder, key: randomBytes(32) };
    expect(passphraseOf(other)).not.toBe(passphraseOf(store));
    expect(passphraseOf(store)).not.toContain(store.key.toString('base64url'));
    expect(new ChannelRecord(other).unreadable).toBe(true);
  });

  it('says that it could not be written, and how', () => {
    const { store, path } = kept();
    const record = new ChannelRecord(store);
    // A folder in its place: nothing can be renamed over it, whoever runs this.
    mkdirSync(`${path}.${process.pid}.tmp/in-the-way`, { recursive: true });
    record.save([{ ...channel, closed: true }]);
    expect(record.notices()[0]).toMatch(/could not be written/u);
    expect(new ChannelRecord(store).channels).toEqual([channel]);
  });
});
