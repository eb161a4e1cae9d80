import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Said, TalkerAnswer, TalkerQuestion } from './talker-process.ts';

type Payload = Omit<Extract<TalkerQuestion, { ask: 'send' }>, 'ask' | 'channel'>;

/** A real application in a process of its own that says what it is told to, and tells what it heard. */
export interface Talker {
  readonly name: string;
  /** Makes a channel with MLS and invites. */
  open(channel: string, members: readonly string[]): Promise<void>;
  /** Says `<text> 0`, `<text> 1`, …, so many unconfirmed at a time; the milliseconds until all were confirmed. */
  say(channel: string, text: string, count: number, atOnce: number): Promise<number>;
  send(channel: string, payload: Payload): Promise<void>;
  /** All it heard, once that is `count` messages. */
  heard(channel: string, count: number): Promise<readonly Said[]>;
  kill(): Promise<void>;
}

export async function startTalker(endpoint: string, secretFile: string, name: string): Promise<Talker> {
  const script = fileURLToPath(new URL('talker-process.ts', import.meta.url));
  const child = fork(script, [endpoint, secretFile, name], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The talker ${name} ended: ${said}`);
  });
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (question: TalkerQuestion): Promise<unknown> => {
    const asked = turn.then(async () => {
      const answered = once(child, 'message');
      child.send(question);
      const [answer] = (await Promise.race([answered, ended])) as [TalkerAnswer];
      if ('error' in answer) throw new Error(`${name}: ${answer.error}`);
      return answer.value;
    });
    turn = asked.catch(() => {});
    return asked;
  };
  return {
    name,
    open: (channel, members) => ask({ ask: 'open', channel, members }) as Promise<void>,
    say: (channel, text, count, atOnce) =>
      ask({ ask: 'say', channel, text, count, atOnce }) as Promise<number>,
    send: (channel, payload) => ask({ ask: 'send', channel, ...payload }) as Promise<void>,
    heard: (channel, count) => ask({ ask: 'heard', channel, count }) as Promise<readonly Said[]>,
    async kill() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
}
