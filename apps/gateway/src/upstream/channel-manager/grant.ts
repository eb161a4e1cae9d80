import { verify } from 'node:crypto';
import { publicKeyOf } from './did-key.ts';

/** What an owner allowed, as read from the JSON that it signed. */
export interface Grant {
  channel: string;
  invitee: string;
  action: 'add' | 'delete';
  notAfter: Date;
  /** Did this owner sign it, as it stands here? */
  signedBy: (did: string) => boolean;
}

const mostBytes = 16 * 1024;
const fields = ['channel', 'invitee', 'action', 'role', 'not_after', 'nonce'] as const;

/** Reads a grant; a text says what is wrong with it. */
export function readGrant(text: string): Grant | string {
  if (text.length > mostBytes) return 'it is longer than a grant.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON. A grant is the text that its owner issued, unchanged.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a grant.';
  const of = new Map<string, unknown>(Object.entries(value));
  for (const field of [...fields, 'signature'] as const) {
    const wanted = field === 'not_after' ? 'number' : 'string';
    if (typeof of.get(field) !== wanted) return `it is not a grant: ${field} is missing.`;
  }
  const action = of.get('action');
  const notAfter = of.get('not_after') as number;
  if (action !== 'add' && action !== 'delete') return 'its action is neither add nor delete.';
  if (!Number.isSafeInteger(notAfter) || notAfter < 0) return 'its not_after is no time.';
  const parts = fields.map((field) => String(of.get(field)));
  if (parts.some((part) => part.includes('\0'))) return 'a field of it holds a NUL.';
  const signed = Buffer.from(['SLIM-CHANNEL-GRANT/1', ...parts].join('\0'), 'utf8');
  const signature = Buffer.from(String(of.get('signature')), 'base64');
  return {
    channel: String(of.get('channel')),
    invitee: String(of.get('invitee')),
    action,
    // A date beyond JavaScript's is as good as the last one it has.
    notAfter: new Date(Math.min(notAfter * 1000, 8.64e15)),
    signedBy(did) {
      const key = publicKeyOf(did);
      return key !== undefined && signature.length === 64 && verify(null, signed, key, signature);
    },
  };
}
