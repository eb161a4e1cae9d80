import { connect, type NetConnectOpts } from 'node:net';
import type { Ready } from './state.ts';

/** Whether everything named accepts connections now. */
export async function accepts({ ports, sockets }: Ready): Promise<boolean> {
  const answers = await Promise.all([
    ...ports.map((port) => accept({ host: '127.0.0.1', port })),
    ...sockets.map((path) => accept({ path })),
  ]);
  return answers.every(Boolean);
}

function accept(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
