import { userInfo } from 'node:os';
import type { Caller } from '../caller.ts';

/**
 * Whose session it is, for what stays longer than a session does. Every way to sign in here (launch code, runtime file,
 * the window's own pipe) is open to the user alone who runs the gateway, so it is that user.
 */
export function personOf(_caller: Caller): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that no file names.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
