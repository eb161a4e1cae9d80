import { fromBase64Url, toBase64Url } from './fields.ts';

/**
 * A secret that opens sessions on one gateway process: instance id (16 bytes), the secret's own id
 * (8 bytes) and the secret (32 bytes). The instance travels with it, so a program that squats on the
 * gateway's port does not know it.
 */
export interface SessionSecret {
  instance: Uint8Array<ArrayBuffer>;
  id: Uint8Array<ArrayBuffer>;
  secret: Uint8Array<ArrayBuffer>;
}

export const writeSecret = (s: SessionSecret): string =>
  toBase64Url(new Uint8Array([...s.instance, ...s.id, ...s.secret]));

export function readSecret(text: string): SessionSecret | undefined {
  const bytes = text.length <= 100 ? fromBase64Url(text) : undefined;
  if (bytes?.length !== 56) return undefined;
  return { instance: bytes.slice(0, 16), id: bytes.slice(16, 24), secret: bytes.slice(24) };
}

const FRAGMENT = '#sign-in=';

/** A link that signs in once: the secret stands in the fragment, which no browser sends. */
export const signInLink = (origin: string, secret: SessionSecret): string =>
  `${origin}/${FRAGMENT}${writeSecret(secret)}`;

export const secretFromFragment = (hash: string): SessionSecret | undefined =>
  hash.startsWith(FRAGMENT) ? readSecret(hash.slice(FRAGMENT.length)) : undefined;
