import { verify } from 'node:crypto';
import { publicKeyOf } from './did-key.ts';

/** What stands in a JSON that somebody signed: a Map, because its names come from elsewhere (S-25). */
export type Fields = ReadonlyMap<string, unknown>;

export interface SignedJson {
  of: Fields;
  notAfter: Date;
  /** Did this owner sign these parts of it, followed by its not_after and nonce? */
  signed: (parts: readonly string[]) => (did: string) => boolean;
}

const mostBytes = 16 * 1024;

/**
 * Reads a JSON that was signed elsewhere; a text says what is wrong with it.
 *
 * @param what "grant", as it is called where it is refused
 * @param names fields that it must have, each a text
 */
export function readSignedJson(text: string, what: string, names: readonly string[]): SignedJson | string {
  if (text.length > mostBytes) return `it is longer than a ${what}.`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `it is not JSON. A ${what} is the text that was signed, unchanged.`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `it is not a ${what}.`;
  const of: Fields = new Map<string, unknown>(Object.entries(value));
  const missing = [...names, 'nonce', 'signature'].find((name) => typeof of.get(name) !== 'string');
  if (missing !== undefined) return `it is not a ${what}: ${missing} is missing.`;
  const notAfter = of.get('not_after');
  if (typeof notAfter !== 'number') return `it is not a ${what}: not_after is missing.`;
  if (!Number.isSafeInteger(notAfter) || notAfter < 0) return 'its not_after is no time.';
  // What is signed is joined by NULs: one within a field could pass for the end of it.
  if ([...of.values()].some((one) => typeof one === 'string' && one.includes('\0')))
    return 'a field of it holds a NUL.';
  return {
    of,
    // A date beyond JavaScript's is as good as the last one it has.
    notAfter: new Date(Math.min(notAfter * 1000, 8.64e15)),
    signed: (parts) => signedBy(of, [...parts, String(notAfter), textOf(of, 'nonce')].join('\0')),
  };
}

export const textOf = (of: Fields, field: string): string => String(of.get(field));

function signedBy(of: Fields, whole: string): (did: string) => boolean {
  const signature = Buffer.from(textOf(of, 'signature'), 'base64');
  return (did) => {
    const key = publicKeyOf(did);
    return (
      key !== undefined && signature.length === 64 && verify(null, Buffer.from(whole, 'utf8'), key, signature)
    );
  };
}
