import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';
import { canonicalJson } from '../actions/digest.ts';

/** What is known of a kept key without opening the vault. */
export interface KeyNote {
  did: string;
  alias: string;
  /** Milliseconds. */
  createdAt: number;
  createdBy: string;
}

/** How the vault's key comes about. */
export type Protection =
  | { kind: 'passphrase'; kdf: 'scrypt'; n: number; r: number; p: number; salt: string }
  /** Random, in a file beside it. */
  | { kind: 'key-file' };

/** The file: who is in it can be read, and not changed unnoticed; the keys are sealed. */
export interface VaultFile {
  version: 1;
  protection: Protection;
  /** Tells a wrong passphrase from a damaged file. */
  check: string;
  keys: KeyNote[];
  nonce: string;
  sealed: string;
}

/** Why a vault cannot be opened; the message is fit for people. */
export class VaultError extends Error {}

export const freshProtection = (): Protection & { kind: 'passphrase' } => ({
  kind: 'passphrase',
  kdf: 'scrypt',
  n: 2 ** 17,
  r: 8,
  p: 1,
  salt: randomBytes(16).toString('base64'),
});

/** 32 bytes of a passphrase; takes about half a second and 128 MiB, on purpose. */
export async function stretch(
  passphrase: string,
  protection: Protection & { kind: 'passphrase' },
): Promise<Buffer> {
  const { n, r, p, salt } = protection;
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r };
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) =>
    error ? reject(error) : resolve(key),
  );
  return promise;
}

const sub = (key: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `muster owner keys ${use}`, 32));

const bound = ({ version, protection, check, keys }: Omit<VaultFile, 'nonce' | 'sealed'>): Buffer =>
  Buffer.from(canonicalJson({ version, protection, check, keys }), 'utf8');

/** Seals keys (PKCS#8 by DID) under a key of 32 bytes. */
export function sealVault(
  key: Buffer,
  protection: Protection,
  keys: readonly KeyNote[],
  secrets: ReadonlyMap<string, Uint8Array>,
): string {
  const open = {
    version: 1 as const,
    protection,
    check: sub(key, 'check').toString('base64'),
    keys: [...keys],
  };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sub(key, 'seal'), nonce).setAAD(bound(open));
  const plain = Buffer.from(
    JSON.stringify([...secrets].map(([did, pkcs8]) => [did, Buffer.from(pkcs8).toString('base64')])),
  );
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  const file: VaultFile = { ...open, nonce: nonce.toString('base64'), sealed: sealed.toString('base64') };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** @throws {VaultError} when the key is another, or the file was changed */
export function openVault(file: VaultFile, key: Buffer): Map<string, Buffer> {
  const check = Buffer.from(file.check, 'base64');
  const expected = sub(key, 'check');
  if (check.length !== expected.length || !timingSafeEqual(check, expected))
    throw new VaultError(
      file.protection.kind === 'passphrase'
        ? 'The passphrase (ownerKeys.passphraseFile) is not the one that the owner keys were encrypted with.'
        : 'The key file beside the owner keys is not the one that they were encrypted with.',
    );
  try {
    const sealed = Buffer.from(file.sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', sub(key, 'seal'), Buffer.from(file.nonce, 'base64'), {
      authTagLength: 16,
    }).setAAD(bound(file));
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    const pairs = JSON.parse(plain.toString('utf8')) as [string, string][];
    plain.fill(0);
    return new Map(pairs.map(([did, pkcs8]) => [did, Buffer.from(pkcs8, 'base64')]));
  } catch {
    throw new VaultError(damaged);
  }
}

const damaged =
  'The file of the owner keys is damaged, or was changed by another program. Nothing is written to it.';

/** @throws {VaultError} when it is not such a file */
export function parseVault(text: string): VaultFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VaultError(damaged);
  }
  if (typeof value === 'object' && value !== null && 'version' in value && value.version !== 1)
    throw new VaultError(
      'The file of the owner keys was written by a newer Muster. Nothing is written to it; start that one.',
    );
  if (!isVault(value)) throw new VaultError(damaged);
  return value;
}

function isVault(value: unknown): value is VaultFile {
  if (typeof value !== 'object' || value === null) return false;
  const { version, protection, check, keys, nonce, sealed } = value as Partial<VaultFile>;
  return (
    version === 1 &&
    [check, nonce, sealed].every((one) => typeof one === 'string') &&
    Array.isArray(keys) &&
    keys.every(isNote) &&
    isProtection(protection)
  );
}

function isNote(value: unknown): value is KeyNote {
  if (typeof value !== 'object' || value === null) return false;
  const { did, alias, createdAt, createdBy } = value as Partial<KeyNote>;
  return (
    [did, alias, createdBy].every((one) => typeof one === 'string' && one.length <= 1024) &&
    Number.isSafeInteger(createdAt)
  );
}

function isProtection(value: unknown): value is Protection {
  if (typeof value !== 'object' || value === null) return false;
  const protection = value as Partial<Protection & { kind: 'passphrase' }>;
  if ((protection as Protection).kind === 'key-file') return true;
  const { kind, kdf, n, r, p, salt } = protection;
  // Less would be a downgrade, and more would take the machine's memory.
  return (
    kind === 'passphrase' &&
    kdf === 'scrypt' &&
    (n === 2 ** 17 || n === 2 ** 18 || n === 2 ** 19) &&
    r === 8 &&
    p === 1 &&
    typeof salt === 'string' &&
    Buffer.from(salt, 'base64').length >= 16
  );
}
