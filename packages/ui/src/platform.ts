import type { SessionSecret } from '@muster/api';
import type { SessionKeeper } from './session/keeper.ts';

/** What the console needs of the place it runs in. One implementation per entry; no feature asks where it runs. */
export interface Platform {
  readonly kind: 'browser' | 'desktop';
  /** Origin of the gateway, e.g. `http://127.0.0.1:7420`. */
  readonly gateway: string;
  readonly sessions: SessionKeeper;
  /** The secret this window was given to sign in with, once; undefined when it was given none. */
  takeSignInSecret(): SessionSecret | undefined | Promise<SessionSecret | undefined>;
  /** Calls back when the window is given another secret later. @returns what stops it */
  onSignInSecret(arrived: () => void): () => void;
  /** Opens an https address outside of the console, for links that are shown whole. */
  openExternal(url: string): void;
  /** How a person gets a fresh sign-in link here, as a sentence's end. */
  readonly signInCommand: string;
}
