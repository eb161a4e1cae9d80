/**
 * The bytes that both sides of a session sign. See docs/adr/0002-signed-sessions.md.
 * Every field is length-prefixed, so no two different requests have the same bytes.
 */

const text = new TextEncoder();

/** Concatenates fields, each behind its length as 4 bytes, big endian. */
export function frame(fields: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map((field) => (typeof field === 'string' ? text.encode(field) : field));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

/** An integer as 8 bytes, big endian; negative values wrap, as two's complement. */
function u64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt.asUintN(64, value));
  return out;
}

export interface OpenFields {
  instance: Uint8Array;
  secretId: Uint8Array;
  nonce: Uint8Array;
  timeMs: bigint;
  client: string;
}

/** What a client signs with the secret itself to open a session. */
export const openFields = (f: OpenFields) =>
  frame(['muster/1/open', f.instance, f.secretId, f.nonce, u64(f.timeMs), f.client]);

/** What the gateway signs with the new key, to show that it knew the secret too. */
export const openedFields = (instance: Uint8Array, session: Uint8Array, nonce: Uint8Array) =>
  frame(['muster/1/opened', instance, session, nonce]);

/**
 * HKDF info of the session's base, from which its keys come: what a window keeps is bound to a nonce that was
 * never written down, so a link left in a browser's history opens nothing (S-34). The salt is the instance id.
 */
export const baseInfo = (session: Uint8Array, nonce: Uint8Array) =>
  frame(['muster/1/session-base', session, nonce]);

/** HKDF info of a session's key; the salt is the instance id. */
export const keyInfo = (session: Uint8Array, nonce: Uint8Array, generation: number) =>
  frame(['muster/1/session-key', session, nonce, u64(BigInt(generation))]);

export interface RequestFields {
  instance: Uint8Array;
  session: Uint8Array;
  generation: number;
  /** 16 random bytes of the window: sequence numbers count per window. */
  lane: Uint8Array;
  sequence: bigint;
  timeMs: bigint;
  method: string;
  /** Path only; a query is refused. */
  path: string;
  contentType: string;
  contentEncoding: string;
  bodySha256: Uint8Array;
}

/** What a client signs with the session's key, for every request. */
export const requestFields = (f: RequestFields) =>
  frame([
    'muster/1/request',
    f.instance,
    f.session,
    u64(BigInt(f.generation)),
    f.lane,
    u64(f.sequence),
    u64(f.timeMs),
    f.method,
    f.path,
    f.contentType,
    f.contentEncoding,
    f.bodySha256,
  ]);

/** What the gateway signs for a whole response; a stream's has no body hash. */
export const responseFields = (requestMac: Uint8Array, status: number, bodySha256: Uint8Array | undefined) =>
  frame([
    'muster/1/response',
    requestMac,
    u64(BigInt(status)),
    bodySha256 ? 'whole' : 'stream',
    bodySha256 ?? new Uint8Array(),
  ]);

export const AUTH_HEADER = 'muster-auth';
export const MAC_HEADER = 'muster-mac';

export interface AuthHeader {
  session: Uint8Array;
  generation: number;
  lane: Uint8Array;
  sequence: bigint;
  timeMs: bigint;
  mac: Uint8Array;
}

export function writeAuthHeader(a: AuthHeader): string {
  return [
    '1',
    toBase64Url(a.session),
    String(a.generation),
    toBase64Url(a.lane),
    a.sequence.toString(),
    a.timeMs.toString(),
    toBase64Url(a.mac),
  ].join('.');
}

const AUTH_SHAPE = /^1\.([\w-]{22})\.(\d{1,9})\.([\w-]{22})\.([1-9]\d{0,18})\.([1-9]\d{0,15})\.([\w-]{43})$/;

/** Undefined for anything but the one form that `writeAuthHeader` writes. */
export function readAuthHeader(value: string): AuthHeader | undefined {
  // Length before the expression: nothing long reaches it.
  if (value.length > 200) return undefined;
  const m = AUTH_SHAPE.exec(value);
  if (!m) return undefined;
  const session = fromBase64Url(m[1] ?? '');
  const lane = fromBase64Url(m[3] ?? '');
  const mac = fromBase64Url(m[6] ?? '');
  if (!session || !lane || !mac) return undefined;
  return {
    session,
    generation: Number(m[2]),
    lane,
    sequence: BigInt(m[4] ?? 0),
    timeMs: BigInt(m[5] ?? 0),
    mac,
  };
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Strict: undefined unless the text is exactly what `toBase64Url` gives for the bytes. */
export function fromBase64Url(value: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(value) || value.length % 4 === 1) return undefined;
  const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return toBase64Url(bytes) === value ? bytes : undefined;
}
