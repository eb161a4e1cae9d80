import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Multicodec of an Ed25519 public key, as a varint. */
const ed25519 = [0xed, 0x01] as const;
/** DER of an Ed25519 SubjectPublicKeyInfo up to the key itself (RFC 8410 4). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const prefix = 'did:key:z';

/** did:key of an Ed25519 public key. */
export function didOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return `${prefix}${base58(Buffer.concat([Buffer.from(ed25519), spki.subarray(-32)]))}`;
}

/** The public key of a did:key; undefined when it is not one of an Ed25519 key. */
export function publicKeyOf(did: string): KeyObject | undefined {
  if (!did.startsWith(prefix) || did.length > 64) return undefined;
  const bytes = fromBase58(did.slice(prefix.length));
  if (bytes?.length !== 34 || bytes[0] !== ed25519[0] || bytes[1] !== ed25519[1]) return undefined;
  try {
    return createPublicKey({
      key: Buffer.concat([spkiHead, bytes.subarray(2)]),
      format: 'der',
      type: 'spki',
    });
  } catch {
    return undefined;
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

function fromBase58(text: string): Buffer | undefined {
  let value = 0n;
  for (const char of text) {
    const digit = alphabet.indexOf(char);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
