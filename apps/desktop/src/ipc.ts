/** The whole contract between the page and the shell. Nothing else crosses. */
export const TAKE_SECRET = 'muster:take-secret';

/** What the page finds as `window.musterDesktop`. */
export interface DesktopBridge {
  /**
   * The sign-in secret of this launch (56 bytes, base64url), once. Null afterwards, and for any frame but the
   * window's own page.
   */
  takeSecret(): Promise<string | null>;
  readonly platform: string;
}
