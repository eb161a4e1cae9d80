import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writePrivate } from '../home.ts';
import type { ModeratorStore, SessionSettings } from './types.ts';

/** What is kept of a channel, beside the bindings' own store: what ought to be there. */
export interface KeptChannel extends SessionSettings {
  name: string;
  role: 'moderator' | 'participant';
  /** Our session was closed, and not rejoined. */
  closed: boolean;
  /** ISO 8601 */
  createdAt: string;
  /** Those who were in it, ourselves not counted. */
  members: { name: string; instance: string }[];
}

const FILE = 'channels.sealed';
const VERSION = 1;
/** What it is encrypted for. */
const PURPOSE = 'muster moderator channels 1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The passphrase of the bindings' store; the key itself encrypts nothing, so that neither can stand for the other. */
export function passphraseOf(store: ModeratorStore): string {
  return derive(store, 'muster moderator sessions').toString('base64url');
}

function derive({ key }: ModeratorStore, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32));
}

/**
 * The channels of a moderator on disk, encrypted by AES-256-GCM. What cannot be read is put aside under another name
 * and told of: never overwritten, and never taken for "no channels".
 */
export class ChannelRecord {
  readonly #store: ModeratorStore;
  readonly #key: Buffer;
  /** All moderators of a home have one key: the record of another is not taken for this one's. */
  readonly #bound: Buffer;
  /** It was there and could not be read: what the bindings bring back is then all that is known. */
  readonly unreadable: boolean;
  readonly channels: readonly KeptChannel[];
  #written = '';
  #problem = '';

  constructor(store: ModeratorStore) {
    this.#store = store;
    this.#key = derive(store, 'muster moderator channels');
    this.#bound = Buffer.from(`${PURPOSE}\0${basename(store.folder)}`);
    const read = this.#read();
    this.unreadable = read === undefined;
    this.channels = read ?? [];
  }

  save(channels: readonly KeptChannel[]): void {
    const text = JSON.stringify(channels);
    if (text === this.#written) return;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    cipher.setAAD(this.#bound);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
    try {
      writePrivate(join(this.#store.folder, FILE), sealed.toString('base64'));
      this.#written = text;
      this.#problem = '';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      this.#problem = `What channels there are could not be written to the home of this gateway (${code}): a channel changed now may be missing after a restart.`;
    }
  }

  /** What a person should know: what could not be read or written, and where it was put. */
  notices(): string[] {
    const aside = readdirSync(this.#store.folder).filter((name) => name.includes('.unreadable-'));
    return [
      ...(this.#problem === '' ? [] : [this.#problem]),
      ...aside.map(
        (name) =>
          `Kept sessions could not be read, being damaged or encrypted by another key. They were put aside as ${name} in the folder “moderator” of this gateway’s home; channels whose settings were known were made anew. Delete it once it is of no use.`,
      ),
    ];
  }

  /** Undefined when it is there and cannot be read. */
  #read(): KeptChannel[] | undefined {
    const file = join(this.#store.folder, FILE);
    let sealed: Buffer;
    try {
      sealed = Buffer.from(readFileSync(file, 'utf8'), 'base64');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return this.#setAside(file);
    }
    try {
      const text = this.#unseal(sealed);
      const channels: unknown = JSON.parse(text);
      if (!Array.isArray(channels) || !channels.every(isKept)) return this.#setAside(file);
      this.#written = text;
      return channels;
    } catch {
      return this.#setAside(file);
    }
  }

  #unseal(sealed: Buffer): string {
    if (sealed[0] !== VERSION) throw new Error('not a record of channels');
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
    // The length is given, since a shortened tag would be accepted otherwise.
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#bound);
    decipher.setAuthTag(tag);
    const body = sealed.subarray(1 + IV_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }

  #setAside(file: string): undefined {
    try {
      renameSync(file, `${file}.unreadable-${Date.now()}`);
    } catch {
      this.#problem = 'The record of the channels in this gateway’s home can neither be read nor put aside.';
    }
    return undefined;
  }
}

function isKept(value: unknown): value is KeptChannel {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Partial<KeptChannel>;
  return (
    typeof one.name === 'string' &&
    (one.role === 'moderator' || one.role === 'participant') &&
    typeof one.mls === 'boolean' &&
    typeof one.maxRetries === 'number' &&
    typeof one.intervalMs === 'number' &&
    typeof one.closed === 'boolean' &&
    typeof one.createdAt === 'string' &&
    Array.isArray(one.members) &&
    one.members.every(isMember)
  );
}

function isMember(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, instance } = value as { name?: unknown; instance?: unknown };
  return typeof name === 'string' && typeof instance === 'string';
}
