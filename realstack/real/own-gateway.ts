import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { readState } from '../start.ts';
import { type RealConsole, signIn } from './console.ts';
import type { GatewayUp } from './gateway-process.ts';

export interface OwnGateway {
  readonly console: RealConsole;
  /** As a crash does it: `kill -9`. Its home stays. */
  kill(): Promise<void>;
}

export interface OwnGatewayOptions {
  readonly configFile?: string;
  /** Folder of a stack of one's own, instead of the one that all specs share. */
  readonly stackDir?: string;
}

/** A gateway on the real stack in a process of its own, on a home that outlives it; its log goes to that home. */
export async function startOwnGateway(
  home: string,
  { configFile, stackDir = inject('stackDir') }: OwnGatewayOptions = {},
): Promise<OwnGateway> {
  const stack = readState(stackDir);
  if (!stack) throw new Error('The real stack does not run.');
  const script = fileURLToPath(new URL('gateway-process.ts', import.meta.url));
  const child = fork(script, [home, configFile ?? stack.musterConfig], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The gateway ended: ${said}`);
  });
  ended.catch(() => {});
  const [{ origin, secret }] = (await Promise.race([once(child, 'message'), ended])) as [GatewayUp];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  };
  return { console: await signIn(stack, origin, secret, kill), kill };
}
