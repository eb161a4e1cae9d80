import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';

/** A unix socket in front of another, which can break the connection after so many bytes. */
export interface CutProxy {
  /** Breaks after this many more bytes sent by the client, or by the server. */
  cutAfter: (side: 'client' | 'server', bytes: number) => void;
  /** Passes everything again. */
  mend: () => void;
  /** Breaks what is open, and passes what comes to another socket. */
  leadTo: (target: string) => void;
  close: () => Promise<void>;
}

export async function startCutProxy(path: string, first: string): Promise<CutProxy> {
  let target = first;
  const left = { client: Number.POSITIVE_INFINITY, server: Number.POSITIVE_INFINITY };
  const sockets = new Set<Socket>();
  const pass = (side: 'client' | 'server', from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      const some = chunk.subarray(0, Math.max(0, Math.min(chunk.length, left[side])));
      left[side] -= chunk.length;
      if (some.length > 0) to.write(some);
      if (left[side] <= 0) {
        // What was let through must arrive before the break.
        setTimeout(() => {
          from.destroy();
          to.destroy();
        }, 20);
      }
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(target);
    sockets.add(client).add(upstream);
    pass('client', client, upstream);
    pass('server', upstream, client);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    cutAfter(side, bytes) {
      left[side] = bytes;
    },
    mend() {
      left.client = Number.POSITIVE_INFINITY;
      left.server = Number.POSITIVE_INFINITY;
    },
    leadTo(next) {
      target = next;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
