import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './ports.ts';

/** The two organisations, each with a trust domain and a SLIM domain. */
export type Letter = 'a' | 'b';

/** Everything about one SPIRE server with its agent that is chosen before they start. */
export interface DomainPlan {
  letter: Letter;
  trustDomain: string;
  nodeId: string;
  serverDir: string;
  serverSocket: string;
  serverPort: number;
  bundlePort: number;
  agentDir: string;
  agentSocket: string;
  adminSocket: string;
}

export interface SlimPlan {
  dir: string;
  northPort: number;
  southPort: number;
  managerPort: number;
  nodes: Record<Letter, { name: string; domain: string; dataPort: number; controllerPort: number }>;
  localName: string;
  ownerKeyFile: string;
  sharedSecretFile: string;
}

export interface Layout {
  dir: string;
  logs: string;
  a: DomainPlan;
  b: DomainPlan;
  slim: SlimPlan;
}

/** sun_path holds 108 bytes; some clients of these servers stop earlier. */
const SOCKET_PATH_LIMIT = 100;

/** Chooses ports and paths, and makes the folders (mode 0700; the Workload API's own is open to other users). */
export async function planLayout(dir: string): Promise<Layout> {
  const longest = Buffer.byteLength(join(dir, 'server-a', 'api.sock'));
  if (longest >= SOCKET_PATH_LIMIT) {
    throw new Error(
      `${dir} is too long a path: its sockets' would have ${longest} bytes, at most ${SOCKET_PATH_LIMIT - 1} work. Choose another with --dir`,
    );
  }
  const ports = await freePorts(11);
  const port = (): number => {
    const next = ports.pop();
    if (next === undefined) throw new Error('more ports are used than were chosen');
    return next;
  };
  const domain = (letter: Letter): DomainPlan => {
    const trustDomain = `org-${letter}.test`;
    const serverDir = folder(dir, `server-${letter}`);
    const agentDir = folder(dir, `agent-${letter}`);
    return {
      letter,
      trustDomain,
      nodeId: `spiffe://${trustDomain}/node/host-1`,
      serverDir,
      serverSocket: join(serverDir, 'api.sock'),
      serverPort: port(),
      bundlePort: port(),
      agentDir,
      // The agent refuses an admin socket that is below the folder of this one.
      agentSocket: join(folder(dir, `workload-${letter}`, 0o755), 'agent.sock'),
      adminSocket: join(agentDir, 'admin.sock'),
    };
  };
  const slim = folder(dir, 'slim');
  const node = (letter: Letter) => ({
    name: `node-${letter}`,
    domain: `domain-${letter}`,
    dataPort: port(),
    controllerPort: port(),
  });
  return {
    dir,
    logs: folder(dir, 'logs'),
    a: domain('a'),
    b: domain('b'),
    slim: {
      dir: slim,
      northPort: port(),
      southPort: port(),
      managerPort: port(),
      nodes: { a: node('a'), b: node('b') },
      localName: 'agntcy/ns/channel-manager',
      ownerKeyFile: join(slim, 'owner.pem'),
      sharedSecretFile: join(slim, 'slim.secret'),
    },
  };
}

function folder(dir: string, name: string, mode = 0o700): string {
  const path = join(dir, name);
  mkdirSync(path, { mode });
  return path;
}
