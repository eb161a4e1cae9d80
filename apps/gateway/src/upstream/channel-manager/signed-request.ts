import { verify } from 'node:crypto';
import { publicKeyOf } from './did-key.ts';

interface Signed {
  audience: string;
  channel: string;
  notAfter: Date;
  /** As it was signed, to be sent. */
  proof: Uint8Array;
  /** Did the owner of this did:key sign it, as it stands here? */
  signedBy: (did: string) => boolean;
}

/** A request to create a channel that was signed elsewhere, as `slimctl --signed-request-file` takes it. */
export interface SignedCreate extends Signed {
  /** did:key */
  owner: string;
  mls: boolean;
  ttlSeconds?: bigint;
  callback?: string;
}

export type SignedDelete = Signed;

const mostBytes = 16 * 1024;
/** A manager takes none that is good for longer. */
export const mostRequestSeconds = 24 * 3600;

/** Reads a signed request to create a channel; a text says what is wrong with it. */
export function readSignedCreate(text: string): SignedCreate | string {
  const read = fieldsOf(text, ['audience', 'channel', 'owner', 'nonce', 'signature']);
  if (typeof read === 'string') return read;
  const { of, notAfter } = read;
  const [mls, ttl, callback] = [of.get('mls_enabled'), of.get('ttl_seconds'), of.get('owner_callback_name')];
  if (typeof mls !== 'boolean') return 'it is no signed request to create a channel: mls_enabled is missing.';
  if (ttl !== undefined && (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 1))
    return 'its ttl_seconds is no lifetime.';
  if (callback !== undefined && typeof callback !== 'string') return 'its owner_callback_name is no name.';
  const [audience, channel, owner] = [textOf(of, 'audience'), textOf(of, 'channel'), textOf(of, 'owner')];
  return {
    ...{ audience, channel, owner, mls, notAfter },
    ...(ttl === undefined ? {} : { ttlSeconds: BigInt(ttl) }),
    ...(callback === undefined ? {} : { callback }),
    proof: new TextEncoder().encode(text),
    signedBy: signed(of, [
      ...['SLIM-CHANNEL-CREATE/1', audience, channel, owner, String(mls)],
      ...[ttl === undefined ? '' : String(ttl), callback ?? ''],
    ]),
  };
}

/** Reads a signed request to delete a channel; a text says what is wrong with it. It does not say who signed it. */
export function readSignedDelete(text: string): SignedDelete | string {
  const read = fieldsOf(text, ['audience', 'channel', 'nonce', 'signature']);
  if (typeof read === 'string') return read;
  const { of, notAfter } = read;
  if (of.has('owner')) return 'it asks to create a channel, not to delete one.';
  const [audience, channel] = [textOf(of, 'audience'), textOf(of, 'channel')];
  return {
    ...{ audience, channel, notAfter },
    proof: new TextEncoder().encode(text),
    signedBy: signed(of, ['SLIM-CHANNEL-DELETE/1', audience, channel]),
  };
}

type Fields = ReadonlyMap<string, unknown>;

const textOf = (of: Fields, field: string): string => String(of.get(field));

function fieldsOf(text: string, names: readonly string[]): { of: Fields; notAfter: Date } | string {
  if (text.length > mostBytes) return 'it is longer than a signed request.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON. A signed request is the text that was signed, unchanged.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no signed request.';
  const of: Fields = new Map<string, unknown>(Object.entries(value));
  const missing = names.find((name) => typeof of.get(name) !== 'string');
  if (missing !== undefined) return `it is no signed request: ${missing} is missing.`;
  const notAfter = of.get('not_after');
  if (typeof notAfter !== 'number' || !Number.isSafeInteger(notAfter) || notAfter < 0)
    return 'it is no signed request: not_after is missing.';
  if ([...of.values()].some((one) => typeof one === 'string' && one.includes('\0')))
    return 'a field of it holds a NUL.';
  // A date beyond JavaScript's is as good as the last one it has.
  return { of, notAfter: new Date(Math.min(notAfter * 1000, 8.64e15)) };
}

function signed(of: Fields, parts: readonly string[]): (did: string) => boolean {
  const whole = [...parts, String(of.get('not_after')), textOf(of, 'nonce')].join('\0');
  const signature = Buffer.from(textOf(of, 'signature'), 'base64');
  return (did) => {
    const key = publicKeyOf(did);
    return (
      key !== undefined && signature.length === 64 && verify(null, Buffer.from(whole, 'utf8'), key, signature)
    );
  };
}
