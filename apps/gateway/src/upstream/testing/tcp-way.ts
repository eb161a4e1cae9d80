import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** When a call breaks: before anything that is sent gets through, or before its answer does. */
export type Cut = 'never' | 'before' | 'after';

/** A way to a server on this machine that can be cut, and mended. */
export async function tcpWay(target: string) {
  let cut: Cut = 'never';
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(target).port), '127.0.0.1');
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', end).on('close', () => {
        open.delete(socket);
        end();
      });
    }
    near.on('data', (data) => (cut === 'before' ? end() : far.write(data)));
    far.on('data', (data) => (cut === 'after' ? end() : near.write(data)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (how: Cut): void => void (cut = how),
    close(): void {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
