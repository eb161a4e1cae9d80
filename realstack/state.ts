import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from './identity.ts';
import type { Binaries } from './paths.ts';

export type ProcessName =
  'server-a' | 'server-b' | 'agent-a' | 'agent-b' | 'control-plane' | 'node-a' | 'node-b' | 'channel-manager';

/** When a process counts as up: all of these accept connections, on loopback. */
export interface Ready {
  ports: number[];
  sockets: string[];
}

/** How to start a process; enough to start it again. */
export interface Launch {
  name: ProcessName;
  program: string;
  args: string[];
  cwd: string;
  log: string;
  ready: Ready;
}

export interface RunningProcess extends Launch, ProcessIdentity {
  /** ISO 8601. */
  since: string;
}

export interface TrustDomainState {
  trustDomain: string;
  /** SPIRE Server API: Unix socket path and loopback TCP port. */
  serverSocket: string;
  serverPort: number;
  /** SPIFFE bundle endpoint (profile https_spiffe), loopback. */
  bundlePort: number;
  /** Workload API and agent admin API. */
  agentSocket: string;
  adminSocket: string;
  /** SPIFFE ID that the join-token agent's node alias has: parent of the entries that are served here. */
  nodeId: string;
  /** SPIFFE IDs that a process of this user gets here, in the order of their creation. */
  ownIds: string[];
}

export interface SlimNodeState {
  name: string;
  domain: string;
  dataplane: string;
  controller: string;
}

export interface StackState {
  version: 1;
  dir: string;
  startedAt: string;
  /** True once everything was up; false in the state of a start that failed or was cut short. */
  complete: boolean;
  processes: RunningProcess[];
  binaries: Binaries;
  musterConfig: string;
  orgA: TrustDomainState;
  orgB: TrustDomainState;
  slim: {
    /** Northbound API, http URL. */
    controlPlane: string;
    nodeA: SlimNodeState;
    nodeB: SlimNodeState;
    channelManager: string;
    audience: string;
    /** Ed25519 PKCS#8 PEM of the channel owner, and the shared secret of the SLIM apps: files of mode 0600. */
    ownerKeyFile: string;
    sharedSecretFile: string;
  };
}

const FILE = 'state.json';

/** The state of the stack in `dir`; undefined when none was started there. Throws when the file is not ours. */
export function readState(dir: string): StackState | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = JSON.parse(text) as StackState;
  if (state.version !== 1 || !Array.isArray(state.processes))
    throw new Error(`${join(dir, FILE)} is not a state of this program`);
  return state;
}

/** Replaces the state in one step, so a reader never sees half of it. */
export function writeState(state: StackState): void {
  const file = join(state.dir, FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Makes the run directory, which must be new or empty: nothing of anybody else is ever overwritten or removed. */
export function makeRunDir(dir: string): void {
  // Others may pass through, for workloads under another uid reach the agents' sockets; what is secret has its own mode.
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  if (readdirSync(dir).length > 0)
    throw new Error(`${dir} is not empty and holds no stack of this program; choose another with --dir`);
}
