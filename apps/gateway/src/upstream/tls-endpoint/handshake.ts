import { Buffer } from 'node:buffer';
import { createDecipheriv, createHmac } from 'node:crypto';

/**
 * Reads the server's first flight as it stood on the wire. A TLS library hands over the chain that it would build:
 * in another order, without what it has no use for. An inspector shows what was presented (RFC 8446 4.4.2).
 */
export interface Flight {
  /** DER, in the order presented; empty: no Certificate message was seen. */
  certificates: Buffer[];
  asksClientCertificate: boolean;
}

/** More than any chain that is judged. */
const mostCertificates = 100;
const mostMessage = 256 * 1024;
/** A handshake has some ten; many small ones would cost a copy each. */
const mostRecords = 512;

const types = { serverHello: 2, certificate: 11, certificateRequest: 13, finished: 20 } as const;
const recordTypes = { changeCipherSpec: 20, handshake: 22, applicationData: 23 } as const;

interface Suite {
  cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305';
  hash: 'sha256' | 'sha384';
  keyLength: number;
}

/** RFC 8446 B.4; no other is offered. */
const suites = new Map<number, Suite>([
  [0x1301, { cipher: 'aes-128-gcm', hash: 'sha256', keyLength: 16 }],
  [0x1302, { cipher: 'aes-256-gcm', hash: 'sha384', keyLength: 32 }],
  [0x1303, { cipher: 'chacha20-poly1305', hash: 'sha256', keyLength: 32 }],
]);

/**
 * @param bytes what the server sent, from its first byte
 * @param secret server handshake traffic secret of TLS 1.3; undefined: a handshake of TLS 1.2, or none yet
 */
export function readFlight(bytes: Buffer, secret: Buffer | undefined): Flight {
  const flight: Flight = { certificates: [], asksClientCertificate: false };
  let plain = Buffer.alloc(0);
  let sealed = Buffer.alloc(0);
  const state: { suite: Suite | undefined; modern: boolean; ended: boolean } = {
    suite: undefined,
    modern: false,
    ended: false,
  };
  let opener: ((header: Buffer, body: Buffer) => Buffer | undefined) | undefined;
  const take = (message: Message): void => {
    if (message.type === types.serverHello) {
      const hello = readServerHello(message.body);
      state.modern = hello.modern;
      state.suite = suites.get(hello.suite);
    }
    if (message.type === types.certificate)
      flight.certificates = readCertificates(message.body, state.modern);
    if (message.type === types.certificateRequest) flight.asksClientCertificate = true;
    if (message.type === types.finished) state.ended = true;
  };
  let read = 0;
  for (let at = 0; at + 5 <= bytes.length && !state.ended && read < mostRecords;) {
    read += 1;
    const type = bytes[at] ?? 0;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) break;
    const header = bytes.subarray(at, at + 5);
    const body = bytes.subarray(at + 5, end);
    at = end;
    if (type === recordTypes.handshake) {
      plain = Buffer.concat([plain, body]);
      plain = eachMessage(plain, take);
    } else if (type === recordTypes.applicationData && state.modern && state.suite && secret) {
      opener ??= openerOf(state.suite, secret);
      const inner = opener(header, body);
      if (!inner) break;
      sealed = eachMessage(Buffer.concat([sealed, inner]), take);
    } else if (type === recordTypes.changeCipherSpec && !state.modern) break;
    if (plain.length > mostMessage || sealed.length > mostMessage) break;
  }
  return flight;
}

interface Message {
  type: number;
  body: Buffer;
}

/** @returns what is left over: the beginning of a message */
function eachMessage(bytes: Buffer, take: (message: Message) => void): Buffer<ArrayBuffer> {
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3);
    if (end > bytes.length) break;
    take({ type: bytes[at] ?? 0, body: bytes.subarray(at + 4, end) });
    at = end;
  }
  return Buffer.from(bytes.subarray(at));
}

/** RFC 8446 4.1.3; that it is TLS 1.3 is said by an extension only (4.2.1). */
function readServerHello(body: Buffer): { suite: number; modern: boolean } {
  const session = body[34] ?? 0;
  const at = 35 + session;
  if (at + 5 > body.length) return { suite: 0, modern: false };
  const suite = body.readUInt16BE(at);
  let modern = false;
  for (let next = at + 5; next + 4 <= body.length;) {
    const length = body.readUInt16BE(next + 2);
    if (body.readUInt16BE(next) === 43 && length === 2 && next + 6 <= body.length)
      modern = body.readUInt16BE(next + 4) === 0x0304;
    next += 4 + length;
  }
  return { suite, modern };
}

/** RFC 5246 7.4.2; in TLS 1.3 with a context before the list and extensions after each certificate. */
function readCertificates(body: Buffer, modern: boolean): Buffer[] {
  const out: Buffer[] = [];
  let at = modern ? 1 + (body[0] ?? 0) : 0;
  if (at + 3 > body.length) return out;
  const end = Math.min(body.length, at + 3 + body.readUIntBE(at, 3));
  at += 3;
  while (at + 3 <= end && out.length < mostCertificates) {
    const next = at + 3 + body.readUIntBE(at, 3);
    if (next > end) break;
    out.push(Buffer.from(body.subarray(at + 3, next)));
    at = next;
    if (modern) {
      if (at + 2 > end) break;
      at += 2 + body.readUInt16BE(at);
    }
  }
  return out;
}

/** Opens records of the handshake in their order (RFC 8446 5.2); undefined: not one of them. */
function openerOf(
  { cipher, hash, keyLength }: Suite,
  secret: Buffer,
): (header: Buffer, body: Buffer) => Buffer | undefined {
  const key = expandLabel(hash, secret, 'key', keyLength);
  const iv = expandLabel(hash, secret, 'iv', 12);
  let sequence = 0n;
  return (header, body) => {
    if (body.length < 17) return undefined;
    const nonce = Buffer.from(iv);
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4);
    sequence += 1n;
    const sealed = body.subarray(0, -16);
    // The three names are of one kind of cipher; their types are apart.
    const open = createDecipheriv(cipher as 'aes-128-gcm', key, nonce, { authTagLength: 16 });
    open.setAAD(header, { plaintextLength: sealed.length });
    open.setAuthTag(body.subarray(-16));
    try {
      const inner = Buffer.concat([open.update(sealed), open.final()]);
      let end = inner.length;
      while (end > 0 && inner[end - 1] === 0) end -= 1;
      // The last byte that is not padding is the type of what is inside.
      return inner[end - 1] === recordTypes.handshake ? inner.subarray(0, end - 1) : undefined;
    } catch {
      return undefined;
    }
  };
}

/** RFC 8446 7.1; one block of HKDF-Expand is enough for keys. */
function expandLabel(hash: Suite['hash'], secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
