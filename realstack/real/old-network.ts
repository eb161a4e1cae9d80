import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaries, wheelDir } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually } from './console.ts';
import { firstLine, ownNodeConfig, ownPrograms, ownSecret, plainServer } from './own-programs.ts';

/** Releases whose nodes and applications are run as the Python package has them. */
export const cores = ['2.0.0', '3.0.1', '3.4.6'] as const;
export type Core = (typeof cores)[number];

/** A control plane of 3.4.6 whose nodes are of these releases, each in a domain of its own, and an application on each. */
export interface OldNetwork {
  /** Of the control plane, `plane`, and of each node, read directly, by its release; on that of 2.0.0 we moderate. */
  configFile: string;
  /** `slimctl controller …`; standard output. */
  controller(...words: string[]): Promise<string>;
  /** `slimctl node …` on that node; standard output. */
  node(core: Core, ...words: string[]): Promise<string>;
  /** An application of that release that listens at so many names more, `prefix-0` and on. */
  listen(core: Core, prefix: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** As the control plane calls it. */
export const oldNode = (core: Core): string => `domain-${core}/node-${core}`;
/** org/ns/app of the application on that node. */
export const oldApp = (core: Core): string => `agntcy/old/app-${core}`;

export async function startOldNetwork(): Promise<OldNetwork> {
  const own = ownPrograms();
  const [north = 0, south = 0, ...ports] = await freePorts(2 + 2 * cores.length);
  const sharedSecret = own.put('shared-secret', ownSecret());
  const plane = own.put(
    'control-plane.yaml',
    `northbound: ${plainServer(north)}
southbound: ${plainServer(south)}
database: { type: in_memory }
topology: {}
`,
  );
  own.run(binaries().slimControlPlane, ['--config', plane], 'control-plane.log');
  const python = async (core: Core, what: 'node' | 'app', args: string[], log: string): Promise<void> => {
    const folder = wheelDir(core);
    if (!existsSync(folder))
      throw new Error(`SLIM ${core} for Python is not in the cache: run \`npm run realstack build\`.`);
    const script = fileURLToPath(new URL(`../python/${what}.py`, import.meta.url));
    const env = { PYTHONPATH: folder, RUST_LOG: 'warn' };
    const child = own.run('python3', [script, ...args], log, { piped: true, env });
    await firstLine(child, join(own.dir, log));
  };
  const nodes = cores.map((core, index) => ({
    core,
    data: ports[2 * index] ?? 0,
    control: ports[2 * index + 1] ?? 0,
  }));
  const of = (core: Core) => nodes[cores.indexOf(core)] as (typeof nodes)[number];
  await eventually(20, () => own.slimctl(north, 'controller', 'node', 'list'));
  await Promise.all(
    nodes.map(async ({ core, data, control }) => {
      const config = ownNodeConfig({ id: `node-${core}`, domain: `domain-${core}`, data, control, south });
      await python(core, 'node', [own.put(`node-${core}.yaml`, config)], `node-${core}.log`);
    }),
  );
  await Promise.all(
    nodes.map(({ core, data }) =>
      python(core, 'app', [`http://127.0.0.1:${data}`, sharedSecret, oldApp(core)], `app-${core}.log`),
    ),
  );
  const direct = nodes.map(
    ({ core, data, control }) => `  - name: "${core}"
    kind: slim-node
    address: http://127.0.0.1:${data}
    controller: { address: "http://127.0.0.1:${control}" }
`,
  );
  return {
    configFile: own.put(
      'muster.yaml',
      `connections:
  - name: plane
    kind: slim-control-plane
    address: http://127.0.0.1:${north}
${direct.join('')}  - name: moderated
    kind: slim-node
    address: http://127.0.0.1:${of('2.0.0').data}
    moderator: { name: agntcy/old/moderator, sharedSecretFile: ${JSON.stringify(sharedSecret)} }
`,
    ),
    controller: (...words) => own.slimctl(north, 'controller', ...words),
    node: (core, ...words) => own.slimctl(of(core).control, 'node', ...words),
    listen: (core, prefix, count) =>
      python(
        core,
        'app',
        [`http://127.0.0.1:${of(core).data}`, sharedSecret, prefix, String(count)],
        'names.log',
      ),
    stop: () => own.stop(),
  };
}
