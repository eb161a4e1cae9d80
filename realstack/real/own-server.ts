import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  basicConstraints,
  keyUsage,
  makeCertificate,
  makeKey,
  pem,
  pemOf,
  pkcs8,
} from '@muster/domain/testing/certificates';
import { binaries } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually } from './console.ts';
import type { UpstreamRoot } from './upstream-root.ts';

const execute = promisify(execFile);
const q = (text: string): string => JSON.stringify(text);

/** A SPIRE server that one spec has for itself, with agents that come and go. */
export interface OwnServer {
  trustDomain: string;
  /** A muster.yaml whose one connection, `own`, is this server. */
  configFile: string;
  /** `spire-server …` on its socket; standard output. */
  spireServer(args: string[]): Promise<string>;
  /** `spire-agent …` on an agent's Workload API; standard output. */
  spireAgent(args: string[], agent: string): Promise<string>;
  log(): string;
  /** A new host with an empty data directory: by join token, or by a certificate of its own. */
  agent(name: string, joinToken?: string): Promise<OwnAgent>;
  stop(): Promise<void>;
}

export interface OwnAgent {
  start(): void;
  /** Exit code once its process has ended; undefined while it runs. */
  exitCode(): number | undefined;
  log(): string;
  forget(): void;
  stop(): Promise<void>;
}

/**
 * @param agentTtl life of the agents' SVIDs, as Go writes a duration
 * @param upstream an upstream authority of its own: files that the server reads anew whenever it needs a certificate
 */
export async function startOwnServer(agentTtl: string, upstream?: UpstreamRoot): Promise<OwnServer> {
  const programs = binaries();
  // Socket paths have 107 bytes at most.
  const dir = mkdtempSync(join(tmpdir(), 'mo-'));
  const [port] = await freePorts(1);
  const trustDomain = 'own.test';
  const socket = join(dir, 's.sock');
  const ca = await makeAuthority();
  writeFileSync(join(dir, 'ca.pem'), ca.pem);
  writeFileSync(join(dir, 'server.conf'), serverConfig(dir, socket, port ?? 0, agentTtl, upstream));
  const running: ChildProcess[] = [];
  const run = (program: string, args: string[], logFile: string): ChildProcess => {
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(program, args, { cwd: dir, stdio: ['ignore', log, log] });
    closeSync(log);
    running.push(child);
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  };
  const serverLog = join(dir, 'server.log');
  const server = run(programs.spireServer, ['run', '-config', join(dir, 'server.conf')], serverLog);
  const spireServer = async (args: string[]): Promise<string> =>
    (await execute(programs.spireServer, [...args, '-socketPath', socket])).stdout;
  await eventually(40, async () => (await spireServer(['healthcheck'])) !== '');
  writeFileSync(join(dir, 'bootstrap.pem'), await spireServer(['bundle', 'show']));
  const configFile = join(dir, 'muster.yaml');
  writeFileSync(
    configFile,
    `connections:\n  - name: own\n    kind: spire-server\n    address: ${q(`unix://${socket}`)}\n    trustDomain: ${trustDomain}\n`,
  );
  return {
    trustDomain,
    configFile,
    spireServer,
    spireAgent: async (args, agent) =>
      (await execute(programs.spireAgent, [...args, '-socketPath', join(dir, agent, 'w.sock')])).stdout,
    log: () => readFileSync(serverLog, 'utf8'),
    async agent(name, joinToken) {
      const home = join(dir, name);
      const data = join(home, 'data');
      mkdirSync(data, { recursive: true });
      const file = join(home, 'agent.conf');
      const logFile = join(home, 'agent.log');
      if (joinToken === undefined) {
        const leaf = await ca.issue(name);
        writeFileSync(join(home, 'host.pem'), leaf.pem);
        writeFileSync(join(home, 'host.key'), leaf.key, { mode: 0o600 });
      }
      writeFileSync(file, agentConfig(dir, home, port ?? 0, trustDomain, joinToken));
      let child: ChildProcess | undefined;
      return {
        start: () => (child = run(programs.spireAgent, ['run', '-config', file], logFile)),
        exitCode: () => child?.exitCode ?? undefined,
        log: () => readFileSync(logFile, 'utf8'),
        forget() {
          rmSync(data, { recursive: true, force: true });
          mkdirSync(data);
        },
        async stop() {
          if (child) await end(child);
        },
      };
    },
    async stop() {
      for (const child of running.filter((one) => one !== server)) await end(child);
      await end(server);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function serverConfig(
  dir: string,
  socket: string,
  port: number,
  agentTtl: string,
  upstream: UpstreamRoot | undefined,
): string {
  return `server {
    bind_address = "127.0.0.1"
    bind_port = "${port}"
    socket_path = ${q(socket)}
    trust_domain = "own.test"
    data_dir = ${q(dir)}
    log_level = "INFO"
    audit_log_enabled = true
    ca_ttl = "24h"
    agent_ttl = "${agentTtl}"
    experimental {
        cache_reload_interval = "1s"
    }
}

plugins {
    DataStore "sql" {
        plugin_data {
            database_type = "sqlite3"
            connection_string = ${q(join(dir, 'datastore.sqlite3'))}
        }
    }
    KeyManager "memory" {
        plugin_data {}
    }
${upstream ? upstreamPlugin(upstream) : ''}    NodeAttestor "join_token" {
        plugin_data {}
    }
    NodeAttestor "x509pop" {
        plugin_data {
            ca_bundle_path = ${q(join(dir, 'ca.pem'))}
        }
    }
}
`;
}

const upstreamPlugin = ({ certFile, keyFile }: UpstreamRoot): string => `    UpstreamAuthority "disk" {
        plugin_data {
            cert_file_path = ${q(certFile)}
            key_file_path = ${q(keyFile)}
        }
    }
`;

function agentConfig(
  dir: string,
  home: string,
  port: number,
  trustDomain: string,
  joinToken: string | undefined,
): string {
  const attestor =
    joinToken === undefined
      ? `NodeAttestor "x509pop" {
        plugin_data {
            private_key_path = ${q(join(home, 'host.key'))}
            certificate_path = ${q(join(home, 'host.pem'))}
        }
    }`
      : 'NodeAttestor "join_token" {\n        plugin_data {}\n    }';
  return `agent {
    data_dir = ${q(join(home, 'data'))}
    log_level = "INFO"
    server_address = "127.0.0.1"
    server_port = "${port}"
    socket_path = ${q(join(home, 'w.sock'))}
    trust_domain = ${q(trustDomain)}
    trust_bundle_path = ${q(join(dir, 'bootstrap.pem'))}
${joinToken === undefined ? '' : `    join_token = ${q(joinToken)}\n`}    experimental {
        sync_interval = "1s"
    }
}

plugins {
    ${attestor}
    KeyManager "disk" {
        plugin_data {
            directory = ${q(join(home, 'data'))}
        }
    }
    WorkloadAttestor "unix" {
        plugin_data {}
    }
}
`;
}

interface Authority {
  pem: Uint8Array;
  issue(name: string): Promise<{ pem: Uint8Array; key: Uint8Array }>;
}

/** Whose certificates the server takes as proof of a host: `x509pop`. */
async function makeAuthority(): Promise<Authority> {
  const signer = await makeKey();
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  const name = 'hosts';
  const authority = await makeCertificate({
    subject: name,
    issuer: name,
    key: signer,
    signer,
    ...validity,
    serial: 1,
    extensions: [basicConstraints(true), keyUsage([5])],
  });
  let serial = 1;
  return {
    pem: pem(authority),
    async issue(subject) {
      const key = await makeKey();
      serial += 1;
      const extensions = [basicConstraints(false), keyUsage([0])];
      const leaf = await makeCertificate({
        subject,
        issuer: name,
        key,
        signer,
        ...validity,
        serial,
        extensions,
      });
      return { pem: pem(leaf), key: pemOf('PRIVATE KEY', await pkcs8(key)) };
    },
  };
}
