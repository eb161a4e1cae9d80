import { createHash, randomBytes } from 'node:crypto';
import { requestFields, type StoredSession, writeAuthHeader } from '@muster/api';
import type { Front } from './front.ts';

export const LIST = '/muster.v1.SessionService/ListSessions';
export const PROTO = 'application/proto';

/** A signed request as parts, to send again or to spoil. */
export interface Signed {
  path: string;
  method: string;
  type: string;
  body: Buffer;
  auth: string;
}

/** Signs as a window does, with every field open to a test. */
export async function sign(
  stored: StoredSession,
  sequence: bigint,
  change: Partial<Omit<Signed, 'auth'>> & { timeMs?: bigint; lane?: Uint8Array } = {},
): Promise<Signed> {
  const { path = LIST, method = 'POST', type = PROTO, body = Buffer.alloc(0) } = change;
  const lane = change.lane ?? LANE;
  const timeMs = change.timeMs ?? BigInt(Date.now());
  const { instance, session, generation, key } = stored;
  const bodySha256 = createHash('sha256').update(body).digest();
  const fields = requestFields({
    instance,
    session,
    generation,
    lane,
    sequence,
    timeMs,
    method,
    path,
    contentType: type,
    contentEncoding: '',
    bodySha256,
  });
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, fields));
  return {
    path,
    method,
    type,
    body,
    auth: writeAuthHeader({ session, generation, lane, sequence, timeMs, mac }),
  };
}
export const LANE = randomBytes(16);

export async function send(to: Front, r: Signed): Promise<{ status: number; text: string }> {
  const response = await fetch(to.origin + r.path, {
    method: r.method,
    headers: { 'content-type': r.type, 'muster-auth': r.auth },
    body: new Uint8Array(r.body),
  });
  return { status: response.status, text: await response.text() };
}
