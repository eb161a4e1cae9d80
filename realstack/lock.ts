import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process that names the same lock does; waits for one that does.
 * The lock is a socket in Linux's abstract namespace: the kernel lets go of it when its holder ends,
 * however it ends, so an interrupted build never blocks the next one.
 */
export async function withLock<T>(
  name: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const address = `\0muster-lock-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  let held = await take(address);
  for (let waited = 0; held === undefined; waited += 1) {
    if (waited % 30 === 0) say(`another process holds the lock on ${name}; waiting for it`);
    await sleep(1000);
    held = await take(address);
  }
  try {
    return await work();
  } finally {
    held.close();
  }
}

function take(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}
