import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { Fault } from '../upstream/fault.ts';
import { temporaryDirectory } from '../upstream/testing/wait.ts';
import { Keyring } from './keyring.ts';
import type { KeyHolder } from './configured.ts';
import { readPem } from './pkcs8.ts';

const open: Keyring[] = [];
const ring = async (home: string | undefined, passphraseFile?: string, holders: KeyHolder[] = []) => {
  const made = await Keyring.open({
    practice: false,
    now: () => new Date('2026-11-23T09:00:00Z'),
    holders: () => holders,
    ...(home === undefined ? {} : { home }),
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
  });
  open.push(made);
  return made;
};
const newKey = () => new OwnerKey(generateKeyPairSync('ed25519').privateKey);
const passphrase = (home: string, text = 'correct horse battery'): string => {
  const file = join(home, 'passphrase');
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
};
const vault = (home: string) => join(home, 'owner-keys.json');
const detailOf = async (work: Promise<unknown>) =>
  work.then(
    () => '',
    (error: unknown) => (error instanceof Fault ? error.detail : String(error)),
  );

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

describe.each(['a passphrase', 'a key file'])('owner keys under %s', (how) => {
  const homeOf = () => {
    const home = temporaryDirectory();
    return { home, file: how === 'a passphrase' ? passphrase(home) : undefined };
  };

  it('come back after a restart, sign as before, and stand in no file as they are', async () => {
    const { home, file } = homeOf();
    const first = await ring(home, file);
    const key = newKey();
    await first.add({ key, alias: 'ops', by: 'ada' });
    const pkcs8 = key.pkcs8();
    // The seed is the last 32 bytes (RFC 8410 7).
    for (const name of readdirSync(home)) {
      const content = readFileSync(join(home, name));
      for (const secret of [pkcs8, pkcs8.subarray(-32)])
        for (const form of ['base64', 'hex', 'latin1'] as const)
          expect(content.toString('latin1').includes(secret.toString(form)), `${name} ${form}`).toBe(false);
      if (name !== 'passphrase') expect(statSync(join(home, name)).mode & 0o077, name).toBe(0);
    }
    first.close();
    const second = await ring(home, file);
    expect(second.list()).toEqual([
      {
        did: key.did,
        alias: 'ops',
        source: 'kept',
        createdAt: new Date('2026-11-23T09:00:00Z'),
        createdBy: 'ada',
        connections: [],
        lockedReason: '',
      },
    ]);
    expect(second.signer(key.did).did).toBe(key.did);
    expect(second.aliasOf(key.did)).toBe('ops');
    await second.rename(key.did, 'operations');
    await second.remove(key.did);
    second.close();
    expect((await ring(home, file)).list()).toEqual([]);
  });

  it('are written by one gateway of a home at a time; the other reads what it wrote', async () => {
    const { home, file } = homeOf();
    const first = await ring(home, file);
    await first.add({ key: newKey(), alias: 'one', by: 'ada' });
    const second = await ring(home, file);
    expect(second.list()).toHaveLength(1);
    expect(second.changeProblem()).toMatch(/Another gateway of this home/u);
    expect(await detailOf(second.add({ key: newKey(), alias: 'x', by: 'ada' }))).toMatch(/Another gateway/u);
    await first.add({ key: newKey(), alias: 'two', by: 'ada' });
    await second.refresh();
    expect(second.list().map(({ alias }) => alias)).toEqual(['one', 'two']);
    first.close();
    await second.refresh();
    await second.add({ key: newKey(), alias: 'three', by: 'ada' });
    second.close();
    expect((await ring(home, file)).list()).toHaveLength(3);
  });
});

describe('owner keys', () => {
  it.each([
    ['cut short', (text: string) => text.slice(0, -40)],
    ['empty', () => ''],
    ['another JSON', () => '{"version":1}'],
    ['a name that was changed', (text: string) => text.replace('"ops"', '"oops"')],
    ['a did:key that was changed', (text: string) => text.replace(/did:key:z6Mk./u, 'did:key:z6Mk1')],
    [
      'a sealed byte that was changed',
      (text: string) =>
        text.replace(/"sealed": "(.)/u, (_all, c: string) => `"sealed": "${c === 'A' ? 'B' : 'A'}`),
    ],
  ])('are locked, and the file is left as it is, when it is damaged: %s', async (_what, damage) => {
    const home = temporaryDirectory();
    const first = await ring(home);
    await first.add({ key: newKey(), alias: 'ops', by: 'ada' });
    first.close();
    const text = damage(readFileSync(vault(home), 'utf8'));
    writeFileSync(vault(home), text);
    const second = await ring(home);
    expect(second.changeProblem()).toMatch(/damaged/u);
    expect(await detailOf(second.add({ key: newKey(), alias: 'b', by: 'ada' }))).toMatch(/damaged/u);
    expect(readFileSync(vault(home), 'utf8')).toBe(text);
  });

  it('under another passphrase are named, locked, and opened once it is the right one', async () => {
    const home = temporaryDirectory();
    const file = passphrase(home);
    const first = await ring(home, file);
    const key = newKey();
    await first.add({ key, alias: 'ops', by: 'ada' });
    first.close();
    passphrase(home, 'another passphrase');
    const before = readFileSync(vault(home), 'utf8');
    const second = await ring(home, file);
    expect(second.list()[0]).toMatchObject({ did: key.did, alias: 'ops' });
    expect(second.list()[0]?.lockedReason).toMatch(/passphrase .* is not the one/u);
    expect(() => second.signer(key.did)).toThrow(Fault);
    expect(await detailOf(second.exported(key.did, 'x'.repeat(12)))).toMatch(/is not the one/u);
    expect(readFileSync(vault(home), 'utf8')).toBe(before);
    passphrase(home);
    await second.refresh();
    expect(second.signer(key.did).did).toBe(key.did);
  });

  it.each([
    ['missing', undefined, /cannot be read/u],
    ['too short', 'short', /fewer than 12/u],
  ])('with a passphrase file that is %s are refused', async (_what, text, words) => {
    const home = temporaryDirectory();
    const file = text === undefined ? join(home, 'none') : passphrase(home, text);
    const made = await ring(home, file);
    expect(made.changeProblem()).toMatch(words);
    expect(existsSync(vault(home))).toBe(false);
  });

  it('are encrypted anew when a passphrase is asked for, and the key file goes', async () => {
    const home = temporaryDirectory();
    const first = await ring(home);
    const key = newKey();
    await first.add({ key, alias: 'ops', by: 'ada' });
    expect(first.protection()).toMatch(/random key in a file beside them/u);
    first.close();
    const second = await ring(home, passphrase(home));
    expect(second.protection()).toMatch(/scrypt/u);
    expect(existsSync(join(home, 'owner-keys.key'))).toBe(false);
    second.close();
    expect((await ring(home)).list()[0]?.lockedReason).toMatch(/names none/u);
    expect((await ring(home, passphrase(home))).signer(key.did).did).toBe(key.did);
  });

  it('S-04: are not read from a file that others may write', async () => {
    const home = temporaryDirectory();
    const first = await ring(home);
    await first.add({ key: newKey(), alias: 'ops', by: 'ada' });
    first.close();
    chmodSync(vault(home), 0o666);
    expect((await ring(home)).changeProblem()).toMatch(/open to other users/u);
  });

  it('are not kept when they cannot be written', async () => {
    const home = temporaryDirectory();
    const made = await ring(home);
    await made.add({ key: newKey(), alias: 'one', by: 'ada' });
    // A folder in its place: nothing can be renamed over it, whoever runs this.
    const full = join(home, `owner-keys.json.${process.pid}.tmp`);
    mkdirSync(join(full, 'in-the-way'), { recursive: true });
    expect(await detailOf(made.add({ key: newKey(), alias: 'two', by: 'ada' }))).toMatch(
      /cannot be written/u,
    );
    expect(made.list()).toHaveLength(1);
  });

  it('of the configuration sign as well, and are not kept', async () => {
    const key = newKey();
    const holder = (name: string) => ({ link: { name }, ownerKey: key });
    const made = await ring(undefined, undefined, [holder('cm-a'), holder('cm-b')]);
    expect(made.list()).toEqual([
      expect.objectContaining({ did: key.did, source: 'configured', connections: ['cm-a', 'cm-b'] }),
    ]);
    expect(made.signer(key.did)).toBe(key);
    expect(await detailOf(made.remove(key.did))).toMatch(/not keep it/u);
    expect(() => made.signer(newKey().did)).toThrow(Fault);
  });

  it('are exported under a passphrase that opens them, and only that', async () => {
    const made = await ring(undefined);
    const key = newKey();
    await made.add({ key, alias: 'ops', by: 'ada' });
    const pem = await made.exported(key.did, 'a long passphrase ü');
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/u);
    const back = createPrivateKey({ key: pem, format: 'pem', passphrase: 'a long passphrase ü' });
    expect(new OwnerKey(back).did).toBe(key.did);
    expect(new OwnerKey(readPem(pem, 'a long passphrase ü')).did).toBe(key.did);
    expect(() => readPem(pem, 'another passphrase')).toThrow(/does not open it/u);
  });
});
