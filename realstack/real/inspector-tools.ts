import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { buildGoSpiffe } from '../go-spiffe.ts';

/** One document and what it is judged by, as `muster verify --jsonl` and the program with go-spiffe take it. */
export interface Case {
  readonly id: string;
  readonly kind: 'x509-svid' | 'x509-svid-keypair' | 'jwt-svid';
  readonly input: Uint8Array;
  readonly key?: Uint8Array;
  /** Trust domain to SPIFFE bundle. */
  readonly bundles: Readonly<Record<string, string>>;
  readonly audience?: string;
  readonly at?: Date;
}

export interface Answer {
  readonly id: string;
  readonly verdict: string;
  readonly fails: readonly string[];
  readonly reason?: string;
}

const root = join(import.meta.dirname, '../..');

/** `muster …` as a shell starts it; its exit code and what it printed. */
export async function muster(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return run(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...args]);
}

export async function judgedByMuster(cases: readonly Case[]): Promise<ReadonlyMap<string, Answer>> {
  const args = [join(root, 'apps/cli/src/main.ts'), 'verify', '--jsonl', '-'];
  return answers(await run(process.execPath, args, requests(cases)));
}

export async function judgedByGoSpiffe(cases: readonly Case[]): Promise<ReadonlyMap<string, Answer>> {
  return answers(await run(await buildGoSpiffe(() => {}), ['judge'], requests(cases)));
}

/** Runs a program to its end, whatever its exit code. */
export function run(
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.on('error', () => {}).end(input);
  });
}

function requests(cases: readonly Case[]): string {
  const text = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
  const lines = cases.map(({ id, kind, input, key, bundles, audience, at = new Date() }) =>
    JSON.stringify({
      id,
      kind,
      input_b64: text(input),
      ...(key ? { key_b64: text(key) } : {}),
      bundles: Object.fromEntries(Object.entries(bundles).map(([name, bundle]) => [name, text(bundle)])),
      audience,
      evaluation_time: at.toISOString(),
    }),
  );
  return `${lines.join('\n')}\n`;
}

function answers({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) {
  if (code !== 0) throw new Error(stderr);
  const list = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  return new Map(list.map((answer) => [answer.id, answer]));
}
