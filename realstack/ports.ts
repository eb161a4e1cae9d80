import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

// Below the range that Linux takes outgoing connections from (32768 up): a port stays free while its server is restarted.
const FIRST = 20_000;
const END = 32_000;
const TRIES = 100;

/** Loopback ports that are free now. All are held until the last is found, so none comes twice. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, hold));
  await Promise.all(held.map(({ server }) => new Promise<void>((done) => server.close(() => done()))));
  return held.map(({ port }) => port);
}

async function hold(): Promise<{ server: Server; port: number }> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(FIRST, END);
    const server = await listen(port);
    if (server) return { server, port };
  }
  throw new Error(`no free port between ${FIRST} and ${END} on loopback`);
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
