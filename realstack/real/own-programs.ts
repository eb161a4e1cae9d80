import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaries } from '../paths.ts';

const execute = promisify(execFile);

/** Real programs that one spec has for itself, in a folder of their own. */
export interface OwnPrograms {
  readonly dir: string;
  /** Writes a file that only this user reads; its path. */
  put(name: string, text: string): string;
  /** Runs until `stop`; what it writes goes to `log`, with `piped` only its errors. */
  run(program: string, args: readonly string[], log: string, options?: RunOptions): ChildProcess;
  /** As a crash does it. */
  end(child: ChildProcess): Promise<void>;
  /** `slimctl --server …`, without the configuration of whoever runs this; standard output. */
  slimctl(port: number, ...words: string[]): Promise<string>;
  /** Ends all that runs, and removes the folder. */
  stop(): Promise<void>;
}

interface RunOptions {
  readonly piped?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export function ownPrograms(): OwnPrograms {
  const dir = mkdtempSync(join(tmpdir(), 'mn-'));
  const running = new Set<ChildProcess>();
  const put = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const empty = put('slimctl.yaml', '{}\n');
  const end = async (child: ChildProcess): Promise<void> => {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  return {
    dir,
    put,
    run(program, args, log, { piped = false, env } = {}) {
      const file = openSync(join(dir, log), 'a', 0o600);
      const child = spawn(program, args, {
        cwd: dir,
        stdio: ['ignore', piped ? 'pipe' : file, file],
        env: { ...process.env, ...env },
      });
      closeSync(file);
      running.add(child);
      return child;
    },
    end,
    slimctl: async (port, ...words) =>
      (
        await execute(binaries().slimctl, ['--config', empty, '--server', `127.0.0.1:${port}`, ...words], {
          timeout: 30_000,
        })
      ).stdout,
    async stop() {
      for (const child of running) await end(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves at the first line that the program prints; its log is in the error when it ends without one. */
export async function firstLine(child: ChildProcess, log: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`It ended with ${code}: ${readFileSync(log, 'utf8').slice(-2000)}`)),
    );
  });
}

export const ownSecret = (): string => randomBytes(24).toString('hex');

/** As SLIM's configurations have a server without TLS. */
export const plainServer = (port: number): string =>
  `{ endpoint: "127.0.0.1:${port}", tls: { insecure: true } }`;

/** A node's configuration, the same in all releases from 2.0 to 3.4. */
export function ownNodeConfig(node: {
  id: string;
  domain: string;
  data: number;
  control: number;
  south: number;
  /** That it shows for its domain. */
  secret?: string;
}): string {
  return `runtime: { n_cores: 0, thread_name: slim, drain_timeout: 1s }
services:
  slim/0:
    node_id: ${node.id}
    domain_name: ${node.domain}
${node.secret === undefined ? '' : `    auth: { type: shared_secret, secret: ${node.secret} }\n`}    dataplane:
      servers:
        - endpoint: "127.0.0.1:${node.data}"
          tls: { insecure: true }
          metadata: { external_endpoint: "127.0.0.1:${node.data}" }
      clients: []
    controller:
      servers: [${plainServer(node.control)}]
      clients: [{ endpoint: "http://127.0.0.1:${node.south}", tls: { insecure: true } }]
`;
}
