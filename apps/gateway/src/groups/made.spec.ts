import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../upstream/testing/wait.ts';
import { MadeChannels } from './made.ts';

const row = {
  connection: 'cm',
  channel: 'a/b/c',
  owner: 'did:key:zA',
  mls: true,
  callback: 'a/b/desk',
  at: 1,
};

it('remembers over a restart, and forgets what another owner made of the same name', () => {
  const file = join(temporaryDirectory(), 'made.json');
  const made = new MadeChannels(file);
  made.add(row);
  made.add({ ...row, mls: false });
  expect(statSync(file).mode & 0o077).toBe(0);
  const again = new MadeChannels(file);
  expect(again.get('cm', 'a/b/c', 'did:key:zA')).toMatchObject({ mls: false, callback: 'a/b/desk' });
  expect(again.get('cm', 'a/b/c', 'did:key:zB')).toBeUndefined();
  expect(again.get('other', 'a/b/c', 'did:key:zA')).toBeUndefined();
  again.remove('cm', 'a/b/c');
  expect(new MadeChannels(file).get('cm', 'a/b/c', 'did:key:zA')).toBeUndefined();
});

it.each(['{', '[]', '{"channels":[{"connection":1},null]}'])(
  'starts anew from what it cannot read: %s',
  (text) => {
    const file = join(temporaryDirectory(), 'made.json');
    writeFileSync(file, text, { mode: 0o600 });
    const made = new MadeChannels(file);
    made.add(row);
    expect(new MadeChannels(file).get('cm', 'a/b/c', 'did:key:zA')).toEqual(row);
  },
);

it('goes on where nothing can be written', () => {
  const made = new MadeChannels('/nonexistent/made.json');
  made.add(row);
  expect(made.get('cm', 'a/b/c', 'did:key:zA')).toEqual(row);
  expect(new MadeChannels(undefined).get('cm', 'a/b/c', '')).toBeUndefined();
});
