import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binaries } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually } from './console.ts';

const execute = promisify(execFile);

/** A real control plane that one spec has for itself, and a node that may register at it. */
export interface OwnNetwork {
  /** A muster.yaml of the control plane, `own`, and of the node, read directly: `own-node`. */
  configFile: string;
  /** `slimctl controller …` on the control plane; standard output. */
  controller(...words: string[]): Promise<string>;
  /** `slimctl node …` on the node itself; standard output. */
  node(...words: string[]): Promise<string>;
  /** Starts the node anew; it shows this secret for its domain. */
  startNode(secret: string): Promise<void>;
  /** An application on the node that listens at so many names, `prefix-0` and on. */
  listen(prefix: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

export const ownDomain = 'quarry';
export const ownNode = 'pit-1';

/** The control plane admits domains by secrets, and knows `first` from its configuration. */
export async function startOwnNetwork(): Promise<OwnNetwork> {
  const programs = binaries();
  const dir = mkdtempSync(join(tmpdir(), 'mn-'));
  const [north = 0, south = 0, data = 0, control = 0] = await freePorts(4);
  const put = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const secret = (): string => randomBytes(24).toString('hex');
  const sharedSecret = put('shared-secret', secret());
  const empty = put('slimctl.yaml', '{}\n');
  const running = new Set<ChildProcess>();
  const run = (program: string, args: string[], log: string, piped = false): ChildProcess => {
    const file = openSync(join(dir, log), 'a', 0o600);
    const child = spawn(program, args, { cwd: dir, stdio: ['ignore', piped ? 'pipe' : file, file] });
    closeSync(file);
    running.add(child);
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const slimctl = async (port: number, words: string[]): Promise<string> =>
    (await execute(programs.slimctl, ['--config', empty, '--server', `127.0.0.1:${port}`, ...words])).stdout;
  const server = (port: number): string => `{ endpoint: "127.0.0.1:${port}", tls: { insecure: true } }`;
  run(
    programs.slimControlPlane,
    [
      '--config',
      put(
        'control-plane.yaml',
        `northbound: ${server(north)}
southbound: ${server(south)}
database: { type: in_memory }
topology:
  registration_auth: { type: shared_secret, secrets: { first: ${secret()} } }
`,
      ),
    ],
    'control-plane.log',
  );
  const controller = (...words: string[]): Promise<string> => slimctl(north, ['controller', ...words]);
  await eventually(20, async () => (await controller('domain', 'list')).includes('first'));
  let node: ChildProcess | undefined;
  return {
    configFile: put(
      'muster.yaml',
      `connections:
  - name: own
    kind: slim-control-plane
    address: http://127.0.0.1:${north}
  - name: own-node
    kind: slim-node
    address: http://127.0.0.1:${data}
    controller: { address: "http://127.0.0.1:${control}" }
`,
    ),
    controller,
    node: (...words) => slimctl(control, ['node', ...words]),
    async startNode(shown) {
      if (node) await end(node);
      const config = put(
        'node.yaml',
        `runtime: { n_cores: 0, thread_name: slim, drain_timeout: 1s }
services:
  slim/0:
    node_id: ${ownNode}
    domain_name: ${ownDomain}
    auth: { type: shared_secret, secret: ${shown} }
    dataplane:
      servers:
        - endpoint: "127.0.0.1:${data}"
          tls: { insecure: true }
          metadata: { external_endpoint: "127.0.0.1:${data}" }
      clients: []
    controller:
      servers: [${server(control)}]
      clients: [{ endpoint: "http://127.0.0.1:${south}", tls: { insecure: true } }]
`,
      );
      node = run(programs.slim, ['--config', config], 'node.log');
      await eventually(20, async () => (await slimctl(control, ['node', 'connection', 'list'])) !== '');
    },
    async listen(prefix, count) {
      const script = fileURLToPath(new URL('names-process.ts', import.meta.url));
      const args = [script, `http://127.0.0.1:${data}`, sharedSecret, prefix, String(count)];
      const child = run(process.execPath, args, 'names.log', true);
      await new Promise<void>((resolve, reject) => {
        child.stdout?.once('data', () => resolve());
        child.once('exit', (code) => reject(new Error(`It ended with ${code}.`)));
      });
    },
    async stop() {
      for (const child of running) await end(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
