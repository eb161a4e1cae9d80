import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrowdAnswer, CrowdQuestion } from './crowd-process.ts';

/** Real members that share a process, each with a connection of its own. */
export interface Crowd {
  readonly names: readonly string[];
  /** Whom one of them sees in a channel. */
  see(question: CrowdQuestion): Promise<CrowdAnswer>;
  /** As a crash does it. */
  kill(): Promise<void>;
}

export async function startCrowd(
  endpoint: string,
  sharedSecretFile: string,
  names: readonly string[],
): Promise<Crowd> {
  const script = fileURLToPath(new URL('crowd-process.ts', import.meta.url));
  const child = fork(script, [endpoint, sharedSecretFile, ...names], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`A crowd ended: ${said}`);
  });
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    names,
    see(question) {
      const asked = turn.then(async () => {
        const answer = once(child, 'message');
        child.send(question);
        const [{ seen }] = (await Promise.race([answer, ended])) as [{ seen: CrowdAnswer }];
        return seen;
      });
      turn = asked.catch(() => {});
      return asked;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
}
