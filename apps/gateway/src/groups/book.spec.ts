import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../upstream/testing/wait.ts';
import { GroupBook } from './book.ts';

const row = { plane: 'a', channel: 'org/ns/mod-x', moderators: ['org/ns/mod'], group: 'org/ns/room' };

it('remembers over a restart which channel stands for which group, for us alone', () => {
  const file = join(temporaryDirectory(), 'groups.json');
  const book = new GroupBook(file);
  book.add(row);
  book.add({ ...row, moderators: ['org/ns/mod', 'org/ns/other'] });
  book.add({ ...row, channel: 'org/ns/mod-y', group: '' });
  const again = new GroupBook(file);
  expect(again.get('a', row.channel)?.moderators).toHaveLength(2);
  expect(again.ofGroup('a', 'org/ns/room').map(({ channel }) => channel)).toEqual([row.channel]);
  expect(again.ofGroup('b', 'org/ns/room')).toEqual([]);
  again.remove('a', row.channel);
  expect(new GroupBook(file).get('a', row.channel)).toBeUndefined();
  expect(statSync(file).mode & 0o077).toBe(0);
});

it.each(['{', '{"channels":[{"plane":1}]}', '[]'])('keeps aside what it cannot read: %s', (text) => {
  const file = join(temporaryDirectory(), 'groups.json');
  writeFileSync(file, text, { mode: 0o600 });
  const told: string[] = [];
  const book = new GroupBook(file, (kept) => told.push(kept));
  book.add(row);
  expect(readFileSync(told[0] ?? '', 'utf8')).toBe(text);
  expect(new GroupBook(file).get('a', row.channel)).toEqual(row);
});

it('writes nothing where there is no home', () => {
  const book = new GroupBook(undefined);
  book.add(row);
  expect(book.get('a', row.channel)).toEqual(row);
  expect(existsSync('groups.json')).toBe(false);
});

it('S-28: goes on where it cannot be written: what it notes was done', () => {
  const file = join(temporaryDirectory(), 'groups.json');
  const book = new GroupBook(file);
  // A folder in its place: nothing can be renamed over it, whoever runs this.
  mkdirSync(join(file, 'in-the-way'), { recursive: true });
  book.add(row);
  expect(book.get('a', row.channel)).toEqual(row);
});

it('S-04: is taken from no file that others may write, and from no link', () => {
  const folder = temporaryDirectory();
  const file = join(folder, 'groups.json');
  new GroupBook(file).add(row);
  chmodSync(file, 0o622);
  expect(new GroupBook(file).get('a', row.channel)).toBeUndefined();
  const elsewhere = join(folder, 'elsewhere.json');
  new GroupBook(elsewhere).add(row);
  symlinkSync(elsewhere, file);
  expect(new GroupBook(file).get('a', row.channel)).toBeUndefined();
});
