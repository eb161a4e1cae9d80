import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CredentialError } from '../config/credential.ts';
import { LooseHome, readPrivate, writePrivate } from '../home.ts';
import type { ModeratorStore } from './types.ts';

const KEY_BYTES = 32;

/**
 * Where the sessions of one moderator are kept in the home of the gateway: a folder for each connection and name, and
 * one key for all. The key stands in a file of our own (0600): it keeps the sessions from whoever gets hold of the
 * folder or a copy of it without that file, not from whoever can act as this user.
 * @throws {CredentialError} when the key file is open to others or does not hold a key
 */
export function homeStore(home: string, connection: string, name: string): ModeratorStore {
  const base = join(home, 'moderator');
  // By a hash: a SLIM name has slashes, and neither name nor connection should be told by a folder.
  const folder = join(base, createHash('sha256').update(`${connection}\0${name}`).digest('hex').slice(0, 32));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { folder, key: keyIn(join(base, 'key')) };
}

function keyIn(file: string): Buffer {
  const text = kept(file);
  if (text !== undefined) {
    const key = Buffer.from(text.trim(), 'base64url');
    if (key.length === KEY_BYTES) return key;
    throw new CredentialError('moderator/key in the home of this gateway does not hold a key of 32 bytes');
  }
  const key = randomBytes(KEY_BYTES);
  writePrivate(file, `${key.toString('base64url')}\n`);
  return key;
}

function kept(file: string): string | undefined {
  try {
    return readPrivate(file, 1024);
  } catch (error) {
    if (!(error instanceof LooseHome)) throw error;
    throw new CredentialError('moderator/key in the home of this gateway is open to other users, or a link');
  }
}
