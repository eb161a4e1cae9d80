import { escapeUnsafe } from './text.ts';

const MOST = 2048;

/**
 * Whom a sender's token names, once the bindings have verified it: the `sub` of a JWT, or the id that a holder of a
 * shared secret goes by. The token itself is a bearer credential and goes no further (S-13); '' when there is none.
 */
export function subjectOf(token: string | undefined): string {
  if (!token) return '';
  const [head = '', body = '', ...rest] = token.split('.');
  if (rest.length === 1 && head.startsWith('eyJ')) return safe(claim(body));
  // `<id>_<8 random characters>:<time>:<nonce>:<claims>:<code>`, of the bindings' shared secret.
  const [id, ...fields] = token.split(':');
  return fields.length >= 3 && id ? safe(id.replace(/_[A-Za-z0-9]{8}$/u, '')) : '';
}

function claim(body: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : '';
    return typeof subject === 'string' ? subject : '';
  } catch {
    return '';
  }
}

const safe = (text: string): string => escapeUnsafe(text.slice(0, MOST)).slice(0, MOST);
