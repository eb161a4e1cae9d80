import { readSignedJson, textOf } from './signed-json.ts';

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

const what = 'signed request';
/** A manager takes none that is good for longer. */
export const mostRequestSeconds = 24 * 3600;

/** Reads a signed request to create a channel; a text says what is wrong with it. */
export function readSignedCreate(text: string): SignedCreate | string {
  const read = readSignedJson(text, what, ['audience', 'channel', 'owner']);
  if (typeof read === 'string') return read;
  const { of, notAfter, signed } = read;
  const [mls, ttl, callback] = [of.get('mls_enabled'), of.get('ttl_seconds'), of.get('owner_callback_name')];
  if (typeof mls !== 'boolean')
    return 'it is not a signed request to create a channel: mls_enabled is missing.';
  if (ttl !== undefined && (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 1))
    return 'its ttl_seconds is no lifetime.';
  if (callback !== undefined && typeof callback !== 'string') return 'its owner_callback_name is no name.';
  const [audience, channel, owner] = [textOf(of, 'audience'), textOf(of, 'channel'), textOf(of, 'owner')];
  return {
    ...{ audience, channel, owner, mls, notAfter },
    ...(ttl === undefined ? {} : { ttlSeconds: BigInt(ttl) }),
    ...(callback === undefined ? {} : { callback }),
    proof: new TextEncoder().encode(text),
    signedBy: signed([
      ...['SLIM-CHANNEL-CREATE/1', audience, channel, owner, String(mls)],
      ...[ttl === undefined ? '' : String(ttl), callback ?? ''],
    ]),
  };
}

/** Reads a signed request to delete a channel; a text says what is wrong with it. It does not say who signed it. */
export function readSignedDelete(text: string): SignedDelete | string {
  const read = readSignedJson(text, what, ['audience', 'channel']);
  if (typeof read === 'string') return read;
  const { of, notAfter, signed } = read;
  if (of.has('owner')) return 'it asks to create a channel, not to delete one.';
  const [audience, channel] = [textOf(of, 'audience'), textOf(of, 'channel')];
  return {
    ...{ audience, channel, notAfter },
    proof: new TextEncoder().encode(text),
    signedBy: signed(['SLIM-CHANNEL-DELETE/1', audience, channel]),
  };
}
