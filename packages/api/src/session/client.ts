import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import { sha256 as hashHere } from '@noble/hashes/sha2.js';
import { SessionService } from '../gen/muster/v1/session_pb.js';
import {
  AUTH_HEADER,
  fromBase64Url,
  baseInfo,
  keyInfo,
  MAC_HEADER,
  openedFields,
  openFields,
  requestFields,
  responseFields,
  writeAuthHeader,
} from './fields.ts';
import type { SessionSecret } from './secret.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a window needs to go on with a session. Keys cannot be read out, only used; IndexedDB can hold them. */
export interface StoredSession {
  instance: Bytes;
  session: Bytes;
  /** HKDF input of the session's keys, usable for deriving only. */
  base: CryptoKey;
  /** HMAC key of the current generation. */
  key: CryptoKey;
  generation: number;
  idleSeconds: number;
  rekeySeconds: number;
}

/** The program that answered does not hold the session's key: it is not our gateway (S-05). */
export class NotOurGateway extends Error {
  constructor(what: string) {
    super(`The program that answers here is not our gateway: ${what}. Nothing more is sent to it.`);
    this.name = 'NotOurGateway';
  }
}

// More than the gateway's window of 64 in flight could overtake each other out of it.
const IN_FLIGHT = 32;

const REFUSALS: ReadonlySet<Code> = new Set([
  Code.Unauthenticated,
  Code.ResourceExhausted,
  Code.Unavailable,
  Code.Unknown,
  Code.PermissionDenied,
]);

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
// Handing a small body to WebCrypto's threads and back takes twenty times as long as hashing it here.
const SMALL = 8 * 1024;

async function sha256(body: Bytes): Promise<Bytes> {
  if (body.length <= SMALL) return new Uint8Array(hashHere(body));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', body));
}

async function deriveBase(
  root: CryptoKey,
  instance: Bytes,
  session: Bytes,
  nonce: Bytes,
): Promise<CryptoKey> {
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: instance, info: baseInfo(session, nonce) };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(algorithm, root, 256));
  const base = await crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']);
  bits.fill(0);
  return base;
}

const deriveKey = (base: CryptoKey, instance: Bytes, session: Bytes, nonce: Bytes, generation: number) =>
  crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: instance, info: keyInfo(session, nonce, generation) },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  );

/**
 * Opens a session by proving the secret.
 * @throws {NotOurGateway} when the answer's proof is wrong
 * @throws {ConnectError} Unauthenticated when the gateway refuses the proof (used, expired, unknown)
 */
export async function openSession(
  baseUrl: string,
  secret: SessionSecret,
  client: 'browser' | 'desktop' | 'cli',
): Promise<StoredSession> {
  const root = await crypto.subtle.importKey('raw', secret.secret, 'HKDF', false, ['deriveBits']);
  const prover = await crypto.subtle.importKey(
    'raw',
    secret.secret,
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const nonce = random(16);
  const timeMs = BigInt(Date.now());
  const fields = openFields({ instance: secret.instance, secretId: secret.id, nonce, timeMs, client });
  const proof = new Uint8Array(await crypto.subtle.sign('HMAC', prover, fields));
  // The secret's bytes are not needed again, and need not wait for the collector.
  secret.secret.fill(0);
  const transport = createConnectTransport({ baseUrl, useBinaryFormat: true });
  const reply = await createClient(SessionService, transport)
    .open({ secretId: secret.id, nonce, timeMs, client, proof })
    .catch((error: unknown) => {
      const { code } = ConnectError.from(error);
      // What does not even speak the protocol is no gateway of ours; these codes are how ours refuses.
      if (REFUSALS.has(code)) throw error;
      throw new NotOurGateway('it does not answer as a gateway does');
    });
  const session = new Uint8Array(reply.sessionId);
  const base = await deriveBase(root, secret.instance, session, nonce);
  const key = await deriveKey(base, secret.instance, session, nonce, 0);
  const shown = new Uint8Array(reply.proof);
  if (!(await crypto.subtle.verify('HMAC', key, shown, openedFields(secret.instance, session, nonce))))
    throw new NotOurGateway('it could not prove that it knows the sign-in secret');
  return {
    instance: secret.instance,
    session,
    base,
    key,
    generation: 0,
    idleSeconds: reply.idleSeconds,
    rekeySeconds: reply.rekeySeconds,
  };
}

/** Signs every request of one window and checks every answer. */
export class SignedChannel {
  /** A `fetch` for Connect transports. */
  readonly fetch: typeof globalThis.fetch = (input, init) => this.#send(input, init);
  #stored: StoredSession;
  readonly #lane = random(16);
  #sequence = 0n;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #onRefused: (() => void) | undefined;

  /** @param onRefused called when the gateway no longer knows the session */
  constructor(stored: StoredSession, onRefused?: () => void) {
    this.#stored = stored;
    this.#onRefused = onRefused;
  }

  get stored(): StoredSession {
    return this.#stored;
  }

  /** Takes over keys that another window of the same session has agreed on. */
  adopt(stored: StoredSession): void {
    if (stored.generation > this.#stored.generation) this.#stored = stored;
  }

  /** Changes the key. The gateway takes the old one for a minute more, for requests under way. */
  async rekey(baseUrl: string): Promise<StoredSession> {
    const nonce = random(16);
    const { instance, session, base } = this.#stored;
    const transport = createConnectTransport({ baseUrl, fetch: this.fetch });
    const { generation } = await createClient(SessionService, transport).rekey({ nonce });
    const key = await deriveKey(base, instance, session, nonce, generation);
    this.#stored = { ...this.#stored, key, generation };
    return this.#stored;
  }

  async #send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    const body = await bodyBytes(init.body);
    const streaming = headers.get('content-type')?.startsWith('application/connect+') ?? false;
    if (!streaming) await this.#enter();
    try {
      const { instance, session, generation, key } = this.#stored;
      const timeMs = BigInt(Date.now());
      const sequence = ++this.#sequence;
      const method = init.method ?? 'GET';
      const fields = requestFields({
        instance,
        session,
        generation,
        lane: this.#lane,
        sequence,
        timeMs,
        method,
        path: url.pathname,
        contentType: headers.get('content-type') ?? '',
        contentEncoding: headers.get('content-encoding') ?? '',
        bodySha256: await sha256(body),
      });
      const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, fields));
      headers.set(
        AUTH_HEADER,
        writeAuthHeader({ session, generation, lane: this.#lane, sequence, timeMs, mac }),
      );
      const response = await fetch(url, { ...init, body, headers, cache: 'no-store', credentials: 'omit' });
      return await this.#check(response, key, mac, streaming);
    } finally {
      if (!streaming) this.#leave();
    }
  }

  async #check(response: Response, key: CryptoKey, requestMac: Bytes, streaming: boolean): Promise<Response> {
    const shown = fromBase64Url(response.headers.get(MAC_HEADER) ?? '');
    if (!shown?.length) {
      // A gateway that does not know the session has no key to sign with; that answer only ever signs us out.
      if (response.status === 401) {
        this.#onRefused?.();
        throw new ConnectError('The session has ended. Sign in again.', Code.Unauthenticated);
      }
      // Refused before the session was looked up: caps and malformed requests.
      if ([403, 413, 421, 429, 503].includes(response.status)) return response;
      throw new NotOurGateway('its answer is not signed');
    }
    if (streaming && response.ok) {
      await verify(key, shown, responseFields(requestMac, response.status, undefined));
      return response;
    }
    const body = new Uint8Array(await response.arrayBuffer());
    await verify(key, shown, responseFields(requestMac, response.status, await sha256(body)));
    return new Response(body, { status: response.status, headers: response.headers });
  }

  async #enter(): Promise<void> {
    while (this.#inFlight >= IN_FLIGHT) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inFlight++;
  }

  #leave(): void {
    this.#inFlight--;
    this.#waiting.shift()?.();
  }
}

async function verify(key: CryptoKey, shown: Bytes, fields: Bytes): Promise<void> {
  if (!(await crypto.subtle.verify('HMAC', key, shown, fields)))
    throw new NotOurGateway('the signature of its answer is wrong');
}

async function bodyBytes(body: RequestInit['body']): Promise<Bytes> {
  if (body === null || body === undefined) return new Uint8Array();
  // What Connect hands over; anything else takes the long way.
  if (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer) return body as Bytes;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** The transport of one window: binary Connect over the signing channel. */
export const signedTransport = (baseUrl: string, channel: SignedChannel) =>
  createConnectTransport({ baseUrl, fetch: channel.fetch, useBinaryFormat: true });
