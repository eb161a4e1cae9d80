import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { temporaryDirectory } from '../upstream/testing/wait.ts';
import { Keyring } from './keyring.ts';
import type { VaultFile } from './vault.ts';

const open: Keyring[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function ring(home: string, passphraseFile?: string): Promise<Keyring> {
  const made = await Keyring.open({
    home,
    practice: false,
    now: () => new Date('2026-11-23T12:00:00Z'),
    holders: () => [],
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
  });
  open.push(made);
  return made;
}
const newKey = () => new OwnerKey(generateKeyPairSync('ed25519').privateKey);
const vault = (home: string) => join(home, 'owner-keys.json');
const keyFile = (home: string) => join(home, 'owner-keys.key');

/** A home with one key kept in it. */
async function kept(alias = 'ops', passphraseFile?: string) {
  const home = temporaryDirectory();
  const first = await ring(home, passphraseFile);
  const key = newKey();
  await first.add({ key, alias, by: 'ada' });
  first.close();
  return { home, key };
}
const changed = (home: string, change: (file: VaultFile) => void): void => {
  const file = JSON.parse(readFileSync(vault(home), 'utf8')) as VaultFile;
  change(file);
  writeFileSync(vault(home), JSON.stringify(file));
};
/** Why it is locked; and that nothing was written over what is there. */
async function locked(home: string, passphraseFile?: string): Promise<string> {
  const before = readFileSync(vault(home));
  const made = await ring(home, passphraseFile);
  const problem = made.changeProblem();
  await expect(made.add({ key: newKey(), alias: 'more', by: 'eve' })).rejects.toThrow();
  expect(readFileSync(vault(home)).equals(before)).toBe(true);
  for (const { lockedReason } of made.list()) expect(lockedReason).not.toBe('');
  return problem;
}

describe('the vault of owner keys', () => {
  it('S-17: is read through no link', async () => {
    const { home } = await kept();
    renameSync(vault(home), join(home, 'elsewhere.json'));
    symlinkSync(join(home, 'elsewhere.json'), vault(home));
    expect(await locked(home)).toMatch(/^owner-keys\.json is a symbolic link/u);
  });

  it('S-40: is told of without the path of its home', async () => {
    const { home } = await kept();
    renameSync(vault(home), join(home, 'elsewhere.json'));
    symlinkSync(join(home, 'elsewhere.json'), vault(home));
    expect(await locked(home)).not.toContain(home);
  });

  it('S-18: is refused where it is larger than any', async () => {
    const { home } = await kept();
    truncateSync(vault(home), 17 * 1024 * 1024);
    expect(await locked(home)).toMatch(/larger than/u);
  });

  it('S-24: of another home is not opened with the key of this one', async () => {
    const [mine, theirs] = [await kept(), await kept('theirs')];
    copyFileSync(vault(theirs.home), vault(mine.home));
    expect(await locked(mine.home)).toMatch(/not the one that they were encrypted with/u);
    copyFileSync(vault(mine.home), vault(theirs.home));
    copyFileSync(keyFile(mine.home), keyFile(theirs.home));
    expect(await locked(theirs.home)).toMatch(/not the one that they were encrypted with/u);
  });

  it.each<[string, (file: VaultFile) => void]>([
    ['cost less', (file) => Object.assign(file.protection, { n: 2 })],
    ['cost all memory', (file) => Object.assign(file.protection, { n: 2 ** 30 })],
    ['run side by side', (file) => Object.assign(file.protection, { p: 1000 })],
    ['need no salt', (file) => Object.assign(file.protection, { salt: '' })],
    ['be another function', (file) => Object.assign(file.protection, { kdf: 'pbkdf2' })],
  ])('S-23: lets nobody make its passphrase %s', async (_what, change) => {
    const passphraseFile = join(temporaryDirectory(), 'passphrase');
    writeFileSync(passphraseFile, 'correct horse battery', { mode: 0o600 });
    const { home } = await kept('ops', passphraseFile);
    changed(home, change);
    expect(await locked(home, passphraseFile)).toMatch(/damaged/u);
  });

  it.each<[string, (file: VaultFile) => void]>([
    ['that its keys are another’s', (file) => Object.assign(file.keys[0] ?? {}, { createdBy: 'eve' })],
    [
      'that there are more keys',
      (file) => file.keys.push({ ...(file.keys[0] as never as object), did: 'did:key:zEve' } as never),
    ],
    ['that there is none', (file) => file.keys.splice(0)],
    ['another time', (file) => Object.assign(file.keys[0] ?? {}, { createdAt: 0 })],
  ])('S-29: is not believed when it says %s', async (_what, change) => {
    const { home } = await kept();
    changed(home, change);
    expect(await locked(home)).toMatch(/damaged|changed by another program/u);
  });

  it('S-23: is not opened as one of a newer Muster, and not written over', async () => {
    const { home } = await kept();
    changed(home, (file) => Object.assign(file, { version: 2 }));
    expect(await locked(home)).toMatch(/newer Muster/u);
  });

  it('S-25: may name a key like a member of objects', async () => {
    const { home, key } = await kept('__proto__');
    const again = await ring(home);
    expect(again.aliasOf(key.did)).toBe('__proto__');
    expect(again.signer(key.did).did).toBe(key.did);
    expect(again.aliasOf('__proto__')).toBe('');
    expect(again.holds('constructor')).toBe(false);
    expect(() => again.signer('__proto__')).toThrow();
  });

  it('S-28: keeps every key of many that are made at once', async () => {
    const home = temporaryDirectory();
    const made = await ring(home);
    const keys = Array.from({ length: 20 }, newKey);
    await Promise.all(keys.map((key, n) => made.add({ key, alias: `k${n}`, by: 'ada' })));
    made.close();
    const again = await ring(home);
    for (const { did } of keys) expect(again.signer(did).did).toBe(did);
    expect(
      again
        .list()
        .map(({ did }) => did)
        .toSorted(),
    ).toEqual(keys.map(({ did }) => did).toSorted());
  });
});
