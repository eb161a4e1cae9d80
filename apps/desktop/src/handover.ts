/** What the gateway writes on its inherited pipe, one JSON line at a time. */
export interface Handover {
  /** Origin of its page, without a slash at the end. */
  readonly url: string;
  /** Opens one session: 56 bytes, base64url. */
  readonly secret: string;
}

const URL_SHAPE = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})\/?$/u;
const SECRET_SHAPE = /^[\w-]{75}$/u;

/** Undefined for anything but the one form agreed on: the window loads this address, so nothing is guessed. */
export function readHandover(line: string): Handover | undefined {
  if (line.length > 1000) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('url' in value) || !('secret' in value))
    return undefined;
  const { url, secret } = value;
  if (typeof url !== 'string' || typeof secret !== 'string' || !SECRET_SHAPE.test(secret)) return undefined;
  const port = Number(URL_SHAPE.exec(url)?.[1] ?? 0);
  if (port < 1 || port > 65535) return undefined;
  return { url: `http://127.0.0.1:${port}`, secret };
}

/** Hands each secret out once. */
export class SecretBox {
  #secret: string | undefined;

  put(secret: string): void {
    this.#secret = secret;
  }

  take(): string | null {
    const secret = this.#secret ?? null;
    this.#secret = undefined;
    return secret;
  }
}
