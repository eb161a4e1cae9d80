/** A child for the specs of the supervisor: echoes, fails and dies on request. */
import { CallError, serveCalls } from '../ipc.ts';

export type EchoCalls = {
  echo(input: unknown): unknown;
  fail(input: { code: string }): void;
  die(input: { code: number }): void;
  hang(): Promise<never>;
  /** What this process was started with. */
  started(): { environment: Record<string, string | undefined>; arguments: string[] };
};

const calls: EchoCalls = {
  echo: (input) => input,
  fail: ({ code }) => {
    throw new CallError(code, `failed with ${code}`);
  },
  die: ({ code }) => process.exit(code),
  hang: () => new Promise<never>(() => {}),
  started: () => ({ environment: { ...process.env }, arguments: [...process.execArgv, ...process.argv] }),
};
const note = serveCalls<string>(calls);
note('hello');
