import { readSecret, secretFromFragment, type SessionSecret } from '@muster/api';
import type { Platform } from '../platform.ts';
import { browserKeeper } from './browserKeeper.ts';

const FRAGMENT = '#sign-in=';

/** The browser: the secret comes in the address's fragment, which no server sees, and is erased from it at once. */
export function browserPlatform(): Platform {
  return {
    kind: 'browser',
    gateway: location.origin,
    sessions: browserKeeper(),
    takeSignInSecret: () => takeFromAddress(),
    onSignInSecret: (arrived) => {
      const look = () => location.hash.startsWith(FRAGMENT) && arrived();
      addEventListener('hashchange', look);
      return () => removeEventListener('hashchange', look);
    },
    openExternal: (url) => {
      if (url.startsWith('https://')) window.open(url, '_blank', 'noopener,noreferrer');
    },
    signInCommand: 'npx muster open',
  };
}

/** Takes the secret out of the address bar and the history, whether it can be read or not. */
export function takeFromAddress(): SessionSecret | undefined {
  if (!location.hash.startsWith(FRAGMENT)) return undefined;
  const secret = secretFromFragment(location.hash);
  history.replaceState(history.state, '', location.pathname + location.search);
  return secret;
}

export type PastedLink = { ok: true; secret: SessionSecret } | { ok: false; reason: string };

/** Reads a sign-in link, or only its code, as a person pastes it. */
export function readPastedLink(text: string, gateway: string): PastedLink {
  const pasted = text.trim();
  const at = pasted.indexOf(FRAGMENT);
  if (at > 0 && URL.canParse(pasted) && new URL(pasted).origin !== gateway)
    return {
      ok: false,
      reason: `This link belongs to ${new URL(pasted).origin}, and this page to ${gateway}.`,
    };
  const secret = readSecret(at >= 0 ? pasted.slice(at + FRAGMENT.length) : pasted);
  return secret
    ? { ok: true, secret }
    : { ok: false, reason: 'This is not a whole sign-in link. Copy it once more.' };
}
