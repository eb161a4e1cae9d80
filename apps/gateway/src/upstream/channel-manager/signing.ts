import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CredentialError } from '../../config/credential.ts';

/** How long a signed request stays good, seconds; the manager takes at most 24 h. */
const requestSeconds = 300;

/** Signs channel requests as their owner: did:key of an Ed25519 key. */
export class OwnerKey {
  readonly did: string;
  readonly #key: KeyObject;

  /** From PKCS#8 PEM; throws `CredentialError`. */
  constructor(pem: string) {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch {
      throw new CredentialError('the owner key is not a PKCS#8 PEM');
    }
    if (key.asymmetricKeyType !== 'ed25519') throw new CredentialError('the owner key is not an Ed25519 key');
    this.#key = key;
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    // The last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key (RFC 8410 4).
    this.did = `did:key:z${base58(Buffer.concat([Buffer.from([0xed, 0x01]), spki.subarray(-32)]))}`;
  }

  /** Proof for CreateChannel. */
  create(
    request: { audience: string; channel: string; mls: boolean; ttlSeconds?: bigint },
    now: Date,
  ): Uint8Array {
    const { audience, channel, mls, ttlSeconds } = request;
    const common = this.#common(now);
    const fields = [
      'SLIM-CHANNEL-CREATE/1',
      audience,
      channel,
      this.did,
      String(mls),
      ttlSeconds?.toString() ?? '',
      '',
      String(common.not_after),
      common.nonce,
    ];
    return this.#seal(fields, {
      audience,
      channel,
      owner: this.did,
      mls_enabled: mls,
      ...(ttlSeconds === undefined ? {} : { ttl_seconds: Number(ttlSeconds) }),
      ...common,
    });
  }

  /** Proof for DeleteChannel. */
  delete(request: { audience: string; channel: string }, now: Date): Uint8Array {
    const { audience, channel } = request;
    const common = this.#common(now);
    return this.#seal(['SLIM-CHANNEL-DELETE/1', audience, channel, String(common.not_after), common.nonce], {
      audience,
      channel,
      ...common,
    });
  }

  /** Grant for Add/DeleteParticipant; `invitee` must equal the request's participant name exactly. */
  grant(request: { channel: string; invitee: string; action: 'add' | 'delete' }, now: Date): Uint8Array {
    const { channel, invitee, action } = request;
    const common = this.#common(now);
    const role = 'member';
    return this.#seal(
      ['SLIM-CHANNEL-GRANT/1', channel, invitee, action, role, String(common.not_after), common.nonce],
      {
        channel,
        invitee,
        action,
        role,
        ...common,
      },
    );
  }

  #common(now: Date): { not_after: number; nonce: string } {
    return {
      not_after: Math.floor(now.getTime() / 1000) + requestSeconds,
      nonce: randomBytes(16).toString('hex'),
    };
  }

  #seal(fields: readonly string[], json: object): Uint8Array {
    const signature = sign(null, Buffer.from(fields.join('\0'), 'utf8'), this.#key).toString('base64');
    return Buffer.from(JSON.stringify({ ...json, signature }), 'utf8');
  }
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let out = '';
  while (value > 0n) {
    out = (alphabet[Number(value % 58n)] ?? '') + out;
    value /= 58n;
  }
  for (const byte of bytes) {
    if (byte !== 0) break;
    out = `1${out}`;
  }
  return out;
}
