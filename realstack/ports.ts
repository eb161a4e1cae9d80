import { createServer, type Server } from 'node:net';

/** Loopback ports that are free now. All are held until the last is found, so none comes twice. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, hold));
  const ports = held.map(({ port }) => port);
  await Promise.all(held.map(({ server }) => new Promise<void>((done) => server.close(() => done()))));
  return ports;
}

function hold(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve({ server, port: address.port });
    });
  });
}
