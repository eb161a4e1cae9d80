import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectRouter } from '@connectrpc/connect';
import { openSession, SignedChannel, type SessionSecret } from '@muster/api';
import { EventBus } from '../events.ts';
import { Pages } from '../http/pages.ts';
import { RpcFront } from '../http/rpc.ts';
import { HttpFront } from '../http/server.ts';
import { line, type Log, type LogFields } from '../log.ts';
import type { Clock } from '../sessions/clock.ts';
import { sessionRoutes } from '../sessions/service.ts';
import { Sessions } from '../sessions/sessions.ts';
import { watchRoutes } from '../watch/service.ts';

export interface Front {
  origin: string;
  port: number;
  sessions: Sessions;
  events: EventBus;
  rpcPaths: readonly string[];
  clock: FakeClock;
  /** What the log got, as its file would have it. */
  logged: string[];
  code(): SessionSecret;
  /** Signs in as a window does. */
  signIn(client?: 'browser' | 'cli'): Promise<SignedChannel>;
  close(): Promise<void>;
}

/** Real time plus what a test adds. */
class FakeClock implements Clock {
  wallAhead = 0;
  monotonicAhead = 0;
  wall = (): number => Date.now() + this.wallAhead;
  monotonic = (): number => performance.now() + this.monotonicAhead;
  /** Lets time pass on both clocks. */
  pass(ms: number): void {
    this.wallAhead += ms;
    this.monotonicAhead += ms;
  }
}

/** The gateway's whole front over a real socket, with sessions and watch, and behind it only what is given. */
export async function startFront(...more: ((router: ConnectRouter) => unknown)[]): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-front-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Muster</title>');
  const clock = new FakeClock();
  const events = new EventBus();
  const sessions = new Sessions(clock);
  const logged: string[] = [];
  const write = (level: string) => (event: string, fields?: LogFields) =>
    void logged.push(line(level, event, fields ?? {}));
  const log: Log = { info: write('info'), error: write('error') };
  const listener = { origin: '' };
  const rpc = new RpcFront(sessions, log, [
    sessionRoutes(sessions, () => listener.origin, 'test'),
    watchRoutes(events),
    ...more,
  ]);
  const http = await HttpFront.listen(0, rpc, await Pages.read(folder), log);
  listener.origin = http.origin;
  const code = () => sessions.createLaunchCode();
  return {
    origin: http.origin,
    port: http.port,
    sessions,
    events,
    rpcPaths: rpc.paths,
    clock,
    logged,
    code,
    signIn: async (client = 'browser') => new SignedChannel(await openSession(http.origin, code(), client)),
    close: async () => {
      await http.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** Sends bytes as they are and reads the whole answer; status 0 when the socket just closed. */
export function raw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const chunks: Buffer[] = [];
    const done = () => {
      const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
        head,
        body: rest.join('\r\n\r\n'),
      });
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) socket.end();
    });
    socket.on('close', done);
    socket.on('error', () => {});
    socket.write(bytes);
  });
}
