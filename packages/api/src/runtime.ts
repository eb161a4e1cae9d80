import { readSecret, type SessionSecret } from './session/secret.ts';

/** What a running gateway leaves in its home for others of the same user. */
export interface Runtime {
  /** Its loopback origin. */
  readonly url: string;
  readonly pid: number;
  /** Opens sessions. */
  readonly secret: SessionSecret;
}

/** A runtime file of more bytes is none. */
export const runtimeMostBytes = 4096;

/** Reads what a runtime file holds; a text says why it is none. It never says what stands in it (S-04). */
export function parseRuntime(text: string): Runtime | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (typeof value !== 'object' || value === null) return 'it is not an object';
  const { version, url, pid, secret }: Record<string, unknown> = { ...value };
  if (version !== 1) return 'its version is not 1';
  // Only ever loopback: a secret must not be proven to another machine.
  if (typeof url !== 'string' || !/^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d{1,5}$/u.test(url))
    return 'its url is not a loopback address';
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return 'its pid is not a number';
  const read = typeof secret === 'string' ? readSecret(secret) : undefined;
  return read ? { url, pid, secret: read } : 'its secret is not one';
}
