import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real command line as a child, as a person would. */
export function muster(
  args: readonly string[],
  {
    input = '',
    home = '/nonexistent',
    interruptAt = [],
  }: {
    input?: string | Uint8Array;
    home?: string;
    /** Ctrl-C as soon as what is printed matches, one pattern after the other. */
    interruptAt?: readonly RegExp[];
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, MUSTER_HOME: home, NODE_OPTIONS: '', CI: '1' },
    });
    let [out, err] = ['', ''];
    const left = [...interruptAt];
    const look = () => {
      if (!left[0]?.test(out + err)) return;
      left.shift();
      child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((out += text), look()));
    child.stderr.setEncoding('utf8').on('data', (text: string) => ((err += text), look()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
