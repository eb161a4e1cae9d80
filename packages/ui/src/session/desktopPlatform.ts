import { readSecret } from '@muster/api';
import type { Platform } from '../platform.ts';
import { browserKeeper } from './browserKeeper.ts';

/** What the desktop's preload script lends the page. */
export interface DesktopBridge {
  /** The sign-in secret of this launch, base64url, once; null afterwards. */
  takeSecret(): Promise<string | null>;
  readonly platform: string;
}

declare global {
  interface Window {
    readonly musterDesktop?: DesktopBridge;
  }
}

/** The desktop window: its own process hands the secret over, so no address ever holds one. */
export function desktopPlatform(bridge: DesktopBridge): Platform {
  return {
    kind: 'desktop',
    gateway: location.origin,
    sessions: browserKeeper(),
    takeSignInSecret: async () => readSecret((await bridge.takeSecret()) ?? ''),
    onSignInSecret: () => () => {},
    // The shell denies every new window: what is outside stays outside.
    openExternal: () => {},
    signInCommand: 'Muster → Start again',
  };
}
