import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A gateway as `npm start` runs it: own home, any free port, no browser. */
export interface RunningGateway {
  origin: string;
  /** The first sign-in link. */
  link: string;
  home: string;
  pid: number;
  /** Runs `muster …` against it. */
  muster(args: string[], input?: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** A fresh sign-in link. */
  open(): Promise<string>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..');

/** @param config a muster.yaml; none for the practice network */
export async function startGatewayProcess(config?: string): Promise<RunningGateway> {
  const home = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  const env = { ...process.env, MUSTER_HOME: home };
  const args = [
    'apps/gateway/src/main.ts',
    '--port',
    '0',
    '--no-open',
    ...(config ? ['--config', config] : []),
  ];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const link = await linkOf(child);
  const muster: RunningGateway['muster'] = (argv, input) =>
    finish(spawn(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...argv], { cwd: root, env }), input);
  return {
    origin: new URL(link).origin,
    link,
    home,
    pid: child.pid ?? 0,
    muster,
    open: async () => {
      const { code, stdout, stderr } = await muster(['open', '--no-open']);
      const fresh = /http:\/\/\S+#sign-in=\S+/.exec(stdout)?.[0];
      if (code !== 0 || !fresh) throw new Error(`muster open failed (${code}): ${stderr}`);
      return fresh;
    },
    stop: async () => {
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function linkOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    const timer = setTimeout(
      () => reject(new Error(`The gateway printed no link within 30 s:\n${out}`)),
      30_000,
    );
    const read = (chunk: Buffer) => {
      out += chunk.toString();
      const link = /http:\/\/127\.0\.0\.1:\d+\/#sign-in=\S+/.exec(out)?.[0];
      if (!link) return;
      clearTimeout(timer);
      resolve(link);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code}:\n${out}`)));
  });
}

function finish(child: ChildProcess, input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin?.end(input);
  });
}
