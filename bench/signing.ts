import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, createConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { createConnectTransport } from '@connectrpc/connect-web';
import { SessionService, signedTransport } from '@muster/api';
import { startFront } from '../apps/gateway/src/testing/front.ts';
import { median } from './stats.ts';

const CALLS = 2_000;

/** What signing and checking add to a unary call, against the same service served plainly. */
export async function signing(): Promise<void> {
  const front = await startFront();
  const routes = (router: ReturnType<typeof createConnectRouter>) =>
    router.service(SessionService, { listSessions: () => ({ limit: 16, sessions: [] }) });
  const plain = createServer(connectNodeAdapter({ routes }));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  const bare = createClient(SessionService, createConnectTransport({ baseUrl, useBinaryFormat: true }));
  const signed = createClient(SessionService, signedTransport(front.origin, await front.signIn()));
  const times = { bare: [] as number[], signed: [] as number[] };
  const timed = async (into: number[], call: () => Promise<unknown>) => {
    const began = performance.now();
    await call();
    into.push(performance.now() - began);
  };
  for (let i = 0; i < CALLS; i++) {
    // Within the rate of one session, and paired, so that a noisy moment hits both.
    await timed(times.bare, () => bare.listSessions({}));
    await timed(times.signed, () => signed.listSessions({}));
  }
  plain.close();
  plain.closeAllConnections();
  await front.close();
  const [b, s] = [median(times.bare.slice(200)), median(times.signed.slice(200))];
  console.log(
    `signing   median call ${s.toFixed(3)} ms signed, ${b.toFixed(3)} ms plain: adds ${(s - b).toFixed(3)} ms, ratio ${(s / b).toFixed(2)}`,
  );
}
