import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An owner of channels: did:key of an Ed25519 key. */
export interface PracticeOwner {
  did: string;
  /** PKCS#8 PEM */
  pem: string;
  /** Allows one change of one member, for a minute: UTF-8 JSON. */
  grant: (channel: string, invitee: string, action: 'add' | 'delete') => Uint8Array;
}

export function newOwner(): PracticeOwner {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    did: didOf(privateKey),
    pem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    grant(channel, invitee, action) {
      const role = 'member';
      const notAfter = Math.floor(Date.now() / 1000) + 60;
      const nonce = randomBytes(16).toString('hex');
      const text = ['SLIM-CHANNEL-GRANT/1', channel, invitee, action, role, notAfter, nonce].join('\0');
      const signature = sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64');
      const body = { channel, invitee, action, role, not_after: notAfter, nonce, signature };
      return Buffer.from(JSON.stringify(body), 'utf8');
    },
  };
}

/** "did:key:z", then in base58btc 0xed01 and the 32 bytes of the public key. */
function didOf(key: KeyObject): string {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  let value = BigInt(`0xed01${raw.toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = `${alphabet[Number(value % 58n)] ?? ''}${text}`;
  return `did:key:z${text}`;
}
