import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaries } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually } from './console.ts';
import { firstLine, ownNodeConfig, ownPrograms, ownSecret, plainServer } from './own-programs.ts';

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
  const { slim, slimControlPlane } = binaries();
  const own = ownPrograms();
  const [north = 0, south = 0, data = 0, control = 0] = await freePorts(4);
  const sharedSecret = own.put('shared-secret', ownSecret());
  const plane = own.put(
    'control-plane.yaml',
    `northbound: ${plainServer(north)}
southbound: ${plainServer(south)}
database: { type: in_memory }
topology:
  registration_auth: { type: shared_secret, secrets: { first: ${ownSecret()} } }
`,
  );
  own.run(slimControlPlane, ['--config', plane], 'control-plane.log');
  const controller = (...words: string[]): Promise<string> => own.slimctl(north, 'controller', ...words);
  await eventually(20, async () => (await controller('domain', 'list')).includes('first'));
  let node: ChildProcess | undefined;
  return {
    configFile: own.put(
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
    node: (...words) => own.slimctl(control, 'node', ...words),
    async startNode(secret) {
      if (node) await own.end(node);
      const config = own.put(
        'node.yaml',
        ownNodeConfig({ id: ownNode, domain: ownDomain, data, control, south, secret }),
      );
      node = own.run(slim, ['--config', config], 'node.log');
      await eventually(20, async () => (await own.slimctl(control, 'node', 'connection', 'list')) !== '');
    },
    async listen(prefix, count) {
      const script = fileURLToPath(new URL('names-process.ts', import.meta.url));
      const args = [script, `http://127.0.0.1:${data}`, sharedSecret, prefix, String(count)];
      await firstLine(
        own.run(process.execPath, args, 'names.log', { piped: true }),
        join(own.dir, 'names.log'),
      );
    },
    stop: () => own.stop(),
  };
}
