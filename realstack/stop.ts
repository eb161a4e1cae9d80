import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAlive } from './identity.ts';
import { end } from './process.ts';
import { readState, type StackState } from './state.ts';

// All end within 50 ms, but a channel manager with channels takes 5 s to close them; here they go with everything else.
const GRACE_MS = 2000;

/** Ends what `startStack` started in `dir`, and nothing else, then removes the directory. False when no stack is there. */
export async function stopStack(dir: string): Promise<boolean> {
  const state = readState(resolve(dir));
  if (!state) return false;
  await endAll(state);
  rmSync(state.dir, { recursive: true });
  return true;
}

/** Ends the clients before the servers they talk to, so that each says goodbye to somebody. */
export async function endAll(state: StackState): Promise<void> {
  const alive = state.processes.filter(isAlive);
  const isClient = (name: string): boolean => name === 'channel-manager' || name.startsWith('agent-');
  await end(
    alive.filter(({ name }) => isClient(name)),
    GRACE_MS,
  );
  await end(
    alive.filter(({ name }) => !isClient(name)),
    GRACE_MS,
  );
}
