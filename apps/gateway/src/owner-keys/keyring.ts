import { createHmac, createPrivateKey, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { CredentialError, readReference } from '../config/credential.ts';
import { LooseHome, readPrivate, writePrivate } from '../home.ts';
import { Fault } from '../upstream/fault.ts';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { configuredKeys } from './configured.ts';
import type { KeyHolder } from './configured.ts';
import { takeLock } from '../lock.ts';
import { encryptedPem } from './pkcs8.ts';
import type { KeptOwnerKeys, NewOwnerKey, OwnerKeyRow } from './port.ts';
import { freshProtection, openVault, parseVault, sealVault, stretch, VaultError } from './vault.ts';
import type { KeyNote, Protection, VaultFile } from './vault.ts';

/** A person has a handful; a program that makes them without end is stopped. */
const mostKeys = 1000;
const shortestPassphrase = 12;

export interface KeyringOptions {
  /** Folder of the vault, the gateway's home; undefined: kept in memory only. */
  home?: string;
  practice: boolean;
  /** Reference of the passphrase; undefined: a random key in a file of its own. */
  passphraseFile?: string;
  /** Channel managers, whose configuration may name a key each. */
  holders: () => readonly KeyHolder[];
  now: () => Date;
}

interface Kept extends KeyNote {
  key: OwnerKey;
}

type State =
  | { state: 'open'; kept: Map<string, Kept>; secret: { key: Buffer; protection: Protection } }
  /** What is in it is known, or not even that. */
  | { state: 'locked'; reason: string; notes: readonly KeyNote[] };

/** Keys of the configuration and of the vault. Only who holds its lock writes the vault, and only after it has opened it. */
export class Keyring implements KeptOwnerKeys {
  readonly #options: KeyringOptions;
  #state: State = { state: 'locked', reason: 'The owner keys are being opened.', notes: [] };
  #unlock: (() => void) | undefined;
  #changing: Promise<unknown> = Promise.resolve();
  /** What was made of a passphrase last: half a second and 128 MiB each time that it is asked for would be too much. */
  #stretched: { of: string; key: Buffer } | undefined;
  readonly #print = randomBytes(32);

  private constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Never throws: what cannot be opened is locked, with the reason. */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const ring = new Keyring(options);
    await ring.#load();
    return ring;
  }

  list(): OwnerKeyRow[] {
    const configured = configuredKeys(this.#options.holders());
    const locked = this.#state.state === 'locked' ? this.#state.reason : '';
    const rows = this.#notes().map(({ did, alias, createdAt, createdBy }): OwnerKeyRow => ({
      did,
      alias,
      source: 'kept',
      createdAt: new Date(createdAt),
      createdBy,
      connections: configured.get(did)?.connections ?? [],
      // The configuration's copy of it signs all the same.
      lockedReason: configured.has(did) ? '' : locked,
    }));
    const kept = new Set(rows.map(({ did }) => did));
    for (const [did, { connections }] of configured) {
      if (kept.has(did)) continue;
      rows.push({
        did,
        alias: `key of ${connections.join(', ')}`,
        source: 'configured',
        createdAt: undefined,
        createdBy: '',
        connections,
        lockedReason: '',
      });
    }
    return rows.toSorted((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : a.did < b.did ? -1 : 1));
  }

  signer(did: string): OwnerKey {
    const state = this.#state;
    const kept = state.state === 'open' ? state.kept.get(did)?.key : undefined;
    const key = kept ?? configuredKeys(this.#options.holders()).get(did)?.key;
    if (key) return key;
    if (state.state === 'locked' && state.notes.some((note) => note.did === did))
      throw new Fault('owner-key', 'local', { detail: state.reason });
    throw new Fault('owner-key', 'local', { detail: 'This gateway does not hold it.' });
  }

  holds(did: string): boolean {
    return this.list().some((row) => row.did === did);
  }

  aliasOf(did: string): string {
    return this.list().find((row) => row.did === did)?.alias ?? '';
  }

  protection(): string {
    const { home, practice } = this.#options;
    if (home === undefined)
      return practice
        ? 'Practice network: kept in the memory of this gateway, and gone when it stops.'
        : 'Kept in the memory of this gateway, and gone when it stops: it has no home folder.';
    const protection = this.#state.state === 'open' ? this.#state.secret.protection : undefined;
    if (protection === undefined) return 'Encrypted on the disk, and locked.';
    return protection.kind === 'passphrase'
      ? 'Encrypted on the disk (AES-256-GCM) by a key that scrypt makes of the passphrase in ownerKeys.passphraseFile.'
      : 'Encrypted on the disk (AES-256-GCM) by a random key in a file beside them, mode 0600: who can read this gateway’s home can use them. With ownerKeys.passphraseFile in muster.yaml a passphrase is needed as well.';
  }

  changeProblem(): string {
    if (this.#state.state === 'locked') return this.#state.reason;
    if (this.#options.home !== undefined && this.#unlock === undefined)
      return 'Another gateway of this home keeps the owner keys. Change them there, or stop it.';
    return '';
  }

  async refresh(): Promise<void> {
    if (this.changeProblem() === '') return;
    await this.#inTurn(() => this.#load());
  }

  async add({ key, alias, by }: NewOwnerKey): Promise<void> {
    await this.#change((kept) => {
      if (kept.has(key.did))
        throw new Fault('owner-key', 'local', { detail: 'This gateway keeps it already.' });
      if (kept.size >= mostKeys)
        throw new Fault('owner-key', 'local', { detail: `At most ${mostKeys} are kept.` });
      kept.set(key.did, {
        did: key.did,
        alias,
        createdAt: this.#options.now().getTime(),
        createdBy: by,
        key,
      });
    });
  }

  async rename(did: string, alias: string): Promise<void> {
    await this.#change((kept) => {
      const there = kept.get(did);
      if (!there)
        throw new Fault('owner-key', 'local', { detail: 'This gateway does not keep it any more.' });
      kept.set(did, { ...there, alias });
    });
  }

  async remove(did: string): Promise<void> {
    await this.#change((kept) => {
      if (!kept.delete(did))
        throw new Fault('owner-key', 'local', { detail: 'This gateway does not keep it any more.' });
    });
  }

  async exported(did: string, passphrase: string): Promise<string> {
    const pkcs8 = this.signer(did).pkcs8();
    try {
      return await encryptedPem(pkcs8, passphrase);
    } finally {
      pkcs8.fill(0);
    }
  }

  close(): void {
    this.#unlock?.();
    this.#unlock = undefined;
  }

  #notes(): readonly KeyNote[] {
    return this.#state.state === 'open' ? [...this.#state.kept.values()] : this.#state.notes;
  }

  /** Changes a copy, has it on the disk, and only then believes it. */
  async #change(change: (kept: Map<string, Kept>) => void): Promise<void> {
    await this.#inTurn(async () => {
      const state = this.#state;
      const problem = this.changeProblem();
      if (problem !== '' || state.state !== 'open')
        throw new Fault('owner-key', 'local', { detail: problem });
      const kept = new Map(state.kept);
      change(kept);
      this.#write(kept, state.secret);
      this.#state = { ...state, kept };
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(work, work);
    this.#changing = turn.catch(() => {});
    return turn;
  }

  #write(
    kept: ReadonlyMap<string, Kept>,
    { key, protection }: { key: Buffer; protection: Protection },
  ): void {
    const { home } = this.#options;
    if (home === undefined) return;
    const secrets = new Map([...kept].map(([did, one]) => [did, one.key.pkcs8()]));
    try {
      // Before the vault that needs it.
      if (protection.kind === 'key-file' && readPrivate(keyFile(home), 1024) === undefined)
        writePrivate(keyFile(home), `${key.toString('base64')}\n`);
      const notes = [...kept.values()].map(({ key: _key, ...note }) => note);
      writePrivate(vaultFile(home), sealVault(key, protection, notes, secrets));
    } catch (error) {
      throw new Fault('owner-key', 'local', {
        detail: `The file of the owner keys cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); nothing was changed.`,
      });
    } finally {
      for (const secret of secrets.values()) secret.fill(0);
    }
  }

  async #load(): Promise<void> {
    const { home } = this.#options;
    if (home === undefined) {
      if (this.#state.state === 'open') return;
      this.#state = {
        state: 'open',
        kept: new Map(),
        secret: { key: randomBytes(32), protection: { kind: 'key-file' } },
      };
      return;
    }
    let file: VaultFile | undefined;
    try {
      // Held from before it is read: what is written later rests on what was read.
      this.#unlock ??= takeLock(join(home, 'owner-keys.lock'));
      const text = readPrivate(vaultFile(home), 16 * 1024 * 1024);
      file = text === undefined ? undefined : parseVault(text);
      this.#state = await this.#opened(home, file);
    } catch (error) {
      this.#state = { state: 'locked', reason: reasonOf(error, home), notes: file?.keys ?? [] };
    }
  }

  async #opened(home: string, file: VaultFile | undefined): Promise<State> {
    const passphrase = await this.#passphrase();
    if (!file) {
      const secret =
        passphrase === undefined
          ? { key: keyOf(home) ?? randomBytes(32), protection: { kind: 'key-file' as const } }
          : await this.#secret(passphrase, freshProtection());
      return { state: 'open', kept: new Map(), secret };
    }
    const { protection } = file;
    let key: Buffer | undefined;
    if (protection.kind === 'passphrase') {
      if (passphrase === undefined)
        throw new VaultError(
          'The owner keys are encrypted by a passphrase, and muster.yaml names none (ownerKeys.passphraseFile).',
        );
      ({ key } = await this.#secret(passphrase, protection));
    } else key = keyOf(home);
    if (!key)
      throw new VaultError('The key file beside the owner keys is gone. Without it they cannot be opened.');
    const secrets = openVault(file, key);
    const kept = new Map(file.keys.map((note) => [note.did, { ...note, key: signerOf(note, secrets) }]));
    if (protection.kind === 'passphrase' || passphrase === undefined || this.#unlock === undefined)
      return { state: 'open', kept, secret: { key, protection } };
    // A passphrase is asked for since: what the key file opens is encrypted anew, and then it goes.
    const secret = await this.#secret(passphrase, freshProtection());
    this.#write(kept, secret);
    rmSync(keyFile(home), { force: true });
    return { state: 'open', kept, secret };
  }

  async #secret(
    passphrase: string,
    protection: Protection & { kind: 'passphrase' },
  ): Promise<{ key: Buffer; protection: Protection }> {
    const of = createHmac('sha256', this.#print)
      .update(JSON.stringify([protection, passphrase]))
      .digest('hex');
    if (this.#stretched?.of !== of) this.#stretched = { of, key: await stretch(passphrase, protection) };
    return { key: this.#stretched.key, protection };
  }

  async #passphrase(): Promise<string | undefined> {
    const { passphraseFile } = this.#options;
    if (passphraseFile === undefined) return undefined;
    try {
      const passphrase = (await readReference(passphraseFile)).replace(/\r?\n$/u, '');
      if (passphrase.length >= shortestPassphrase) return passphrase;
    } catch (error) {
      if (!(error instanceof CredentialError)) throw error;
      throw new VaultError(`The passphrase of the owner keys (ownerKeys.passphraseFile): ${error.message}.`);
    }
    throw new VaultError(
      `The passphrase of the owner keys (ownerKeys.passphraseFile) has fewer than ${shortestPassphrase} characters.`,
    );
  }
}

const vaultFile = (home: string): string => join(home, 'owner-keys.json');
const keyFile = (home: string): string => join(home, 'owner-keys.key');

function keyOf(home: string): Buffer | undefined {
  const text = readPrivate(keyFile(home), 1024);
  if (text === undefined) return undefined;
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) throw new VaultError('The key file beside the owner keys is damaged.');
  return key;
}

function signerOf({ did }: KeyNote, secrets: ReadonlyMap<string, Buffer>): OwnerKey {
  const pkcs8 = secrets.get(did);
  const key = pkcs8 && new OwnerKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  pkcs8?.fill(0);
  if (key?.did !== did)
    throw new VaultError(
      'The file of the owner keys is damaged: a key in it is not the one it is said to be.',
    );
  return key;
}

function reasonOf(error: unknown, home: string): string {
  // Its words name the file by its whole path, which is nobody's business beyond this machine (S-40).
  if (error instanceof LooseHome) return error.message.replaceAll(`${home}${sep}`, '');
  if (error instanceof VaultError || error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === undefined
      ? error.message
      : `The file of the owner keys cannot be read (${code}). Nothing is written to it.`;
  }
  return 'The owner keys cannot be opened.';
}
