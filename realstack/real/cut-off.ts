import { createServer } from 'node:net';

/**
 * Stands in for a server that is gone: takes one connection at its port and cuts it off half-way, then is gone too. Resolves
 * whether one came within `ms`; whoever comes after is refused.
 */
export async function cutOffOne(port: number, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer((socket) => {
    server.close();
    socket.on('error', () => {});
    // What was asked is underway by then: a connection that is refused or ends at once would be tried again.
    socket.once('data', () => setTimeout(() => resolve(socket.resetAndDestroy() !== undefined), 50));
  });
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1');
  const timer = setTimeout(() => resolve(false), ms);
  const came = await promise;
  clearTimeout(timer);
  server.close();
  return came;
}
