import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, run } from './command.ts';
import { otherEntries, ownEntries } from './entries.ts';
import type { DomainPlan, Layout } from './layout.ts';
import type { Binaries } from './paths.ts';
import { until } from './process.ts';
import { agentConfig, serverConfig } from './spire-config.ts';
import type { Launch } from './state.ts';

/** Starts one process and resolves when it serves. */
export type Bring = (launch: Launch) => Promise<void>;

const SPIFFE_BUNDLE = 'bundle.json';

/** Brings up both trust domains: servers, then federation and entries, then agents, until this user has its SVIDs from each. */
export async function bringUpSpire(
  layout: Layout,
  programs: Binaries,
  bring: Bring,
  abort: AbortSignal,
): Promise<void> {
  const both = (work: (plan: DomainPlan, other: DomainPlan) => Promise<void>) =>
    Promise.all([work(layout.a, layout.b), work(layout.b, layout.a)]);
  await both(async (plan) => {
    const file = join(plan.serverDir, 'server.conf');
    writeFileSync(file, serverConfig(plan), { mode: 0o600 });
    await bring({
      name: `server-${plan.letter}`,
      program: programs.spireServer,
      args: ['run', '-config', file],
      cwd: plan.serverDir,
      log: join(layout.logs, `server-${plan.letter}.log`),
      ready: { ports: [plan.serverPort, plan.bundlePort], sockets: [plan.serverSocket] },
    });
    writeFileSync(
      join(plan.serverDir, SPIFFE_BUNDLE),
      await server(programs, plan, ['bundle', 'show', '-format', 'spiffe']),
    );
  });
  await both(async (plan, other) => {
    await federate(programs, plan, other);
    await register(programs, plan, other);
    await bringUpAgent(layout, programs, plan, bring);
    await untilServed(programs, plan, other, abort);
  });
  await both(async (plan, other) => {
    // The bootstrapped bundle would hide an endpoint that does not answer.
    await server(programs, plan, ['federation', 'refresh', '-id', other.trustDomain]);
  });
}

/** Runs a `spire-server` command on the server of `plan` and returns what it printed. */
function server(programs: Binaries, plan: DomainPlan, args: string[], input?: string): Promise<string> {
  return check(
    programs.spireServer,
    [...args, '-socketPath', plan.serverSocket],
    input === undefined ? {} : { input },
  );
}

async function federate(programs: Binaries, plan: DomainPlan, other: DomainPlan): Promise<void> {
  const relationship = {
    '-trustDomain': other.trustDomain,
    '-bundleEndpointURL': `https://127.0.0.1:${other.bundlePort}`,
    '-bundleEndpointProfile': 'https_spiffe',
    '-endpointSpiffeID': `spiffe://${other.trustDomain}/spire/server`,
    '-trustDomainBundlePath': join(other.serverDir, SPIFFE_BUNDLE),
    '-trustDomainBundleFormat': 'spiffe',
  };
  await server(programs, plan, ['federation', 'create', ...Object.entries(relationship).flat()]);
}

async function register(programs: Binaries, plan: DomainPlan, other: DomainPlan): Promise<void> {
  const entries = [...ownEntries(plan, other, currentUid()), ...otherEntries(plan, other)];
  await server(programs, plan, ['entry', 'create', '-data', '-'], JSON.stringify({ entries }));
}

async function bringUpAgent(
  layout: Layout,
  programs: Binaries,
  plan: DomainPlan,
  bring: Bring,
): Promise<void> {
  const [token, bundle] = await Promise.all([
    server(programs, plan, ['token', 'generate', '-spiffeID', plan.nodeId, '-output', 'json']),
    server(programs, plan, ['bundle', 'show', '-format', 'pem']),
  ]);
  const { value } = JSON.parse(token) as { value: string };
  const bundleFile = join(plan.agentDir, 'bootstrap.pem');
  const file = join(plan.agentDir, 'agent.conf');
  writeFileSync(bundleFile, bundle);
  writeFileSync(file, agentConfig(plan, value, bundleFile, `spiffe://${plan.trustDomain}/muster/test`), {
    mode: 0o600,
  });
  await bring({
    name: `agent-${plan.letter}`,
    program: programs.spireAgent,
    args: ['run', '-config', file],
    cwd: plan.agentDir,
    log: join(layout.logs, `agent-${plan.letter}.log`),
    ready: { ports: [], sockets: [plan.agentSocket, plan.adminSocket] },
  });
}

/** Waits until the agent hands this user every X.509-SVID it is entitled to, with the other trust domain's bundle. */
async function untilServed(
  programs: Binaries,
  plan: DomainPlan,
  other: DomainPlan,
  abort: AbortSignal,
): Promise<void> {
  const wanted = ownIds(plan, other);
  let last = 'nothing';
  await until(
    async () => {
      const args = [
        'api',
        'fetch',
        'x509',
        '-socketPath',
        plan.agentSocket,
        '-timeout',
        '2s',
        '-output',
        'json',
      ];
      const { code, stdout, stderr } = await run(programs.spireAgent, args);
      if (code !== 0) {
        last = stderr.trim();
        return false;
      }
      const got = JSON.parse(stdout) as {
        svids: { spiffe_id: string }[];
        federated_bundles: Record<string, string>;
      };
      const ids = new Set(got.svids.map((svid) => svid.spiffe_id));
      const federated = Object.keys(got.federated_bundles);
      last = `SVIDs of ${[...ids].join(', ')}; federated bundles of ${federated.join(', ') || 'nobody'}`;
      return wanted.every((id) => ids.has(id)) && federated.some((id) => id.endsWith(other.trustDomain));
    },
    () =>
      new Error(
        `agent-${plan.letter} does not serve this user (uid ${currentUid()}) all of ${wanted.join(', ')}; last answer: ${last}`,
      ),
    30_000,
    abort,
  );
}

/** The SPIFFE IDs that processes of this user get from the agent of `plan`. */
export function ownIds(plan: DomainPlan, other: DomainPlan): string[] {
  return ownEntries(plan, other, currentUid()).map((entry) => entry.spiffe_id);
}

function currentUid(): number {
  const uid = process.getuid?.();
  if (uid === undefined) throw new Error('the real stack runs on Linux only');
  return uid;
}
