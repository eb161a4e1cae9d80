import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, run } from './command.ts';
import type { Layout, Letter } from './layout.ts';
import type { Binaries } from './paths.ts';
import { until } from './process.ts';
import { channelManagerConfig, controlPlaneConfig, nodeConfig } from './slim-config.ts';
import type { Bring } from './spire.ts';
import type { Launch } from './state.ts';

const SLIMCTL_CONFIG = 'slimctl.yaml';

/** Brings up the control plane, both nodes linked across their domains, and the channel manager. */
export async function bringUpSlim(
  layout: Layout,
  programs: Binaries,
  bring: Bring,
  abort: AbortSignal,
): Promise<void> {
  const { slim } = layout;
  writeSecrets(layout);
  const launch = (name: Launch['name'], program: string, config: string, ports: number[]): Launch => {
    const file = join(slim.dir, `${name}.yaml`);
    writeFileSync(file, config, { mode: 0o600 });
    const option = name === 'channel-manager' ? '--config-file' : '--config';
    return {
      name,
      program,
      args: [option, file],
      cwd: slim.dir,
      log: join(layout.logs, `${name}.log`),
      ready: { ports, sockets: [] },
    };
  };
  const node = (letter: Letter) => {
    const { dataPort, controllerPort } = slim.nodes[letter];
    return bring(
      launch(`node-${letter}`, programs.slim, nodeConfig(slim, letter), [dataPort, controllerPort]),
    );
  };
  await bring(
    launch('control-plane', programs.slimControlPlane, controlPlaneConfig(slim), [
      slim.northPort,
      slim.southPort,
    ]),
  );
  await Promise.all([
    // A link may be asked for before its nodes are known: it stays pending until they register.
    link(layout, programs),
    node('b'),
    // The channel manager dials its node once it starts; one that is not there yet is retried silently, and slowly.
    node('a').then(() =>
      bring(
        launch('channel-manager', programs.channelManager, channelManagerConfig(slim), [slim.managerPort]),
      ),
    ),
  ]);
  await untilLinked(layout, programs, abort);
}

/** Throw-away credentials, new at every start: the channel owner's key and the secret that all SLIM apps share. */
function writeSecrets({ slim }: Layout): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(slim.ownerKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(slim.dir, SLIMCTL_CONFIG), '{}\n');
  writeFileSync(slim.sharedSecretFile, randomBytes(32).toString('hex'), { mode: 0o600 });
}

function controller(layout: Layout, args: string[]): string[] {
  // An empty file of its own, so that the user's slimctl configuration has no say.
  const config = join(layout.slim.dir, SLIMCTL_CONFIG);
  return [
    '--config',
    config,
    '--server',
    `127.0.0.1:${layout.slim.northPort}`,
    '--timeout',
    '5s',
    'controller',
    ...args,
  ];
}

async function link(layout: Layout, programs: Binaries): Promise<void> {
  const { a, b } = layout.slim.nodes;
  await check(programs.slimctl, controller(layout, ['link', 'add', a.domain, b.domain]));
}

async function untilLinked(layout: Layout, programs: Binaries, abort: AbortSignal): Promise<void> {
  let last = '';
  await until(
    async () => {
      const { code, stdout, stderr } = await run(programs.slimctl, controller(layout, ['link', 'list']));
      last = (stdout + stderr).trim();
      return code === 0 && /\bAPPLIED\b/i.test(stdout);
    },
    () => new Error(`control-plane did not link node-a and node-b; its last list of links: ${last}`),
    30_000,
    abort,
  );
}
