import { createPrivateKey, createPublicKey, KeyObject, randomBytes, sign } from 'node:crypto';
import { CredentialError } from '../../config/credential.ts';
import { didOf } from './did-key.ts';

/** How long a signed request stays good, seconds; the manager takes at most 24 h. */
const requestSeconds = 300;

/** What a channel is created with; the owner's signature covers all of it. */
export interface CreateRequest {
  audience: string;
  channel: string;
  mls: boolean;
  ttlSeconds?: bigint;
  /** SLIM name that the manager asks for approval. */
  callback?: string;
}

/** What a grant allows: one change of one member, once. */
export interface GrantRequest {
  channel: string;
  /** Must equal the participant's name of the request exactly. */
  invitee: string;
  action: 'add' | 'delete';
  /** How long it stays good; unset: as a request. The manager has no cap. */
  seconds?: number;
}

/** Signs channel requests as their owner: did:key of an Ed25519 key. */
export class OwnerKey {
  readonly did: string;
  readonly #key: KeyObject;

  /** From PKCS#8 PEM, or of a key at hand; throws `CredentialError`. */
  constructor(from: string | KeyObject) {
    let key: KeyObject;
    try {
      key = from instanceof KeyObject ? from : createPrivateKey(from);
    } catch {
      throw new CredentialError('the owner key is not a PKCS#8 PEM');
    }
    if (key.asymmetricKeyType !== 'ed25519') throw new CredentialError('the owner key is not an Ed25519 key');
    this.#key = key;
    this.did = didOf(createPublicKey(key));
  }

  /** The private key, for keeping it and nothing else. */
  pkcs8(): Buffer {
    return this.#key.export({ format: 'der', type: 'pkcs8' });
  }

  /** Proof for CreateChannel. */
  create({ audience, channel, mls, ttlSeconds, callback }: CreateRequest, now: Date): Uint8Array {
    const common = commonOf(now, requestSeconds);
    const fields = [
      'SLIM-CHANNEL-CREATE/1',
      audience,
      channel,
      this.did,
      String(mls),
      ttlSeconds?.toString() ?? '',
      callback ?? '',
      String(common.not_after),
      common.nonce,
    ];
    return this.#seal(fields, {
      audience,
      channel,
      owner: this.did,
      mls_enabled: mls,
      ...(ttlSeconds === undefined ? {} : { ttl_seconds: Number(ttlSeconds) }),
      ...(callback === undefined ? {} : { owner_callback_name: callback }),
      ...common,
    });
  }

  /** Proof for DeleteChannel. */
  delete(request: { audience: string; channel: string }, now: Date): Uint8Array {
    const { audience, channel } = request;
    const common = commonOf(now, requestSeconds);
    return this.#seal(['SLIM-CHANNEL-DELETE/1', audience, channel, String(common.not_after), common.nonce], {
      audience,
      channel,
      ...common,
    });
  }

  /** Grant for Add/DeleteParticipant: UTF-8 JSON. */
  grant({ channel, invitee, action, seconds }: GrantRequest, now: Date): Uint8Array {
    const common = commonOf(now, seconds ?? requestSeconds);
    const role = 'member';
    return this.#seal(
      ['SLIM-CHANNEL-GRANT/1', channel, invitee, action, role, String(common.not_after), common.nonce],
      { channel, invitee, action, role, ...common },
    );
  }

  #seal(fields: readonly string[], json: object): Uint8Array {
    const signature = sign(null, Buffer.from(fields.join('\0'), 'utf8'), this.#key).toString('base64');
    return Buffer.from(JSON.stringify({ ...json, signature }), 'utf8');
  }
}

function commonOf(now: Date, seconds: number): { not_after: number; nonce: string } {
  return {
    not_after: Math.floor(now.getTime() / 1000) + seconds,
    nonce: randomBytes(16).toString('hex'),
  };
}
