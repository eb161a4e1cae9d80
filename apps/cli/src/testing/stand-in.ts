import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ConnectRouter, createConnectRouter } from '@connectrpc/connect';
import { createFetchHandler } from '@connectrpc/connect/protocol';
import {
  baseInfo,
  keyInfo,
  openedFields,
  readAuthHeader,
  requestFields,
  responseFields,
  SessionService,
  toBase64Url,
  writeSecret,
} from '@muster/api';

/** A server that speaks the session protocol as the gateway does, with the services a spec gives it. */
export interface StandIn {
  /** For MUSTER_HOME. */
  readonly home: string;
  readonly url: string;
  /** Sessions opened and not ended. */
  open(): number;
  opened(): number;
  /** As a gateway that was started anew: whoever is signed in is not any more. */
  forgetSessions(): void;
  /** Answers with a wrong proof from now on, as a squatter on the port would. */
  forgetSecret(): void;
  close(): Promise<void>;
}

export async function startStandIn(routes: (router: ConnectRouter) => void): Promise<StandIn> {
  const [instance, id] = [randomBytes(16), randomBytes(8)];
  let secret = randomBytes(32);
  const keys = new Map<string, Buffer>();
  let current: { session: string; key: Buffer } | undefined;
  let opened = 0;
  const router = createConnectRouter();
  router.service(SessionService, {
    open: ({ nonce }) => {
      const session = randomBytes(16);
      const derive = (from: Buffer, info: Uint8Array) =>
        Buffer.from(hkdfSync('sha256', from, instance, info, 32));
      const key = derive(derive(Buffer.from(secret), baseInfo(session, nonce)), keyInfo(session, nonce, 0));
      keys.set(toBase64Url(session), key);
      opened++;
      const proof = hmac(key, openedFields(instance, session, nonce));
      return { sessionId: session, proof, idleSeconds: 900, rekeySeconds: 600 };
    },
    endSession: () => {
      keys.delete(current?.session ?? '');
      return {};
    },
    createLaunchLink: () => ({ url: `http://127.0.0.1:1/#sign-in=${'A'.repeat(75)}` }),
  });
  routes(router);
  const handlers = new Map(router.handlers.map((one) => [one.requestPath, createFetchHandler(one)]));

  const serve = async (incoming: IncomingMessage, out: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    const body = await buffer(incoming);
    const contentType = incoming.headers['content-type'] ?? '';
    const auth = readAuthHeader(String(incoming.headers['muster-auth'] ?? ''));
    const session = auth ? toBase64Url(auth.session) : '';
    const key = keys.get(session);
    if (!path.endsWith('/Open')) {
      if (!auth || !key) return void out.writeHead(401).end();
      const fields = { ...auth, instance, method: 'POST', path, contentType, contentEncoding: '' };
      const mac = hmac(key, requestFields({ ...fields, bodySha256: sha256(body) }));
      if (!mac.equals(auth.mac)) return void out.writeHead(401).end();
      current = { session, key };
    }
    const headers = { 'content-type': contentType, 'connect-protocol-version': '1' };
    const request = new Request(`http://stand-in${path}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    const answer = (await handlers.get(path)?.(request)) ?? new Response(null, { status: 404 });
    const streaming = contentType.startsWith('application/connect+');
    const whole = streaming ? undefined : Buffer.from(await answer.arrayBuffer());
    if (auth && key) {
      const fields = responseFields(auth.mac, answer.status, whole && sha256(whole));
      out.setHeader('muster-mac', toBase64Url(hmac(key, fields)));
    }
    out.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (whole || !answer.body) out.end(whole);
    else
      Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
        .on('error', () => out.destroy())
        .pipe(out);
  };
  const server = createServer((incoming, out) => void serve(incoming, out).catch(() => out.destroy()));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const home = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  await mkdir(join(home, 'run'), { mode: 0o700 });
  const text = writeSecret({ instance: own(instance), id: own(id), secret: own(secret) });
  const runtime = JSON.stringify({ version: 1, url, pid: process.pid, secret: text });
  await writeFile(join(home, 'run', 'gateway.json'), runtime, { mode: 0o600 });
  return {
    home,
    url,
    open: () => keys.size,
    opened: () => opened,
    forgetSessions: () => keys.clear(),
    forgetSecret: () => {
      secret = randomBytes(32);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(home, { recursive: true, force: true });
    },
  };
}

const hmac = (key: Uint8Array, fields: Uint8Array) => createHmac('sha256', key).update(fields).digest();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
