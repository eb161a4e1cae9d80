import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Health } from '@muster/wire/gen/health/v1/health_pb.js';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Debug } from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import type { GrpcServer } from '../grpc-server.ts';
import { serveGrpc } from '../grpc-server.ts';
import { keepAgentsAlive } from './agent-life.ts';
import { agentService } from './agent-service.ts';
import { authorityService } from './authority-service.ts';
import { serveBundleEndpoint } from './bundle-endpoint.ts';
import { bundleService } from './bundle-service.ts';
import type { Clock } from './clock.ts';
import { clockFrom } from './clock.ts';
import { entryService } from './entry-service.ts';
import { federationService } from './federation-service.ts';
import { federate, federateWithPartner } from './federation.ts';
import { bulkRows } from './seed/bulk.ts';
import type { Plan } from './seed/company.ts';
import { harbor, lighthouse } from './seed/company.ts';
import { makeSeed } from './seed/index.ts';
import { debugService, healthService, loggerService } from './server-services.ts';
import { svidService } from './svid-service.ts';
import type { TrustDomainState } from './trust-domain.ts';
import { createState, pruneEntries } from './trust-domain.ts';
import { WorkloadAgent } from './workload-agent.ts';
import { requireSecurityHeader, workloadService } from './workload-service.ts';

export interface PracticeSpireOptions {
  /** Made if missing, with mode 0700. Short: the sockets in it have names of up to 24 bytes. */
  directory: string;
  /** Of workloads without a TTL of their own; default 240, renewed at half. */
  svidTtlSeconds?: number;
  /** Of signing keys; default 1440. Prepared at half, activated when a sixth is left: every 20 minutes. */
  caTtlSeconds?: number;
  /** Of both trust domains together; default 200. What exceeds that is in the first one. */
  entries?: number;
  /** How often expired entries are deleted; default 300. */
  pruneSeconds?: number;
  now?: () => Date;
}

export interface PracticeSpire {
  trustDomains: { name: string; serverSocket: string; workloadSocket: string }[];
  /** Ends every stream, closes and removes the sockets. */
  stop(): Promise<void>;
}

const defaultEntries = 200;

/** Methods only an agent or a downstream server may call, which an administrator on the socket is neither. */
const agentsOnly = new Set([
  '/spire.api.server.entry.v1.Entry/GetAuthorizedEntries',
  '/spire.api.server.entry.v1.Entry/SyncAuthorizedEntries',
  '/spire.api.server.agent.v1.Agent/PostStatus',
  '/spire.api.server.agent.v1.Agent/RenewAgent',
  '/spire.api.server.svid.v1.SVID/BatchNewX509SVID',
  '/spire.api.server.svid.v1.SVID/NewJWTSVID',
  '/spire.api.server.svid.v1.SVID/BatchNewWITSVID',
  '/spire.api.server.svid.v1.SVID/NewDownstreamX509CA',
  '/spire.api.server.bundle.v1.Bundle/PublishJWTAuthority',
  '/spire.api.server.bundle.v1.Bundle/PublishWITAuthority',
]);

/** Two federated trust domains, each with a SPIRE server and a Workload API on unix sockets. */
export async function startPracticeSpire(options: PracticeSpireOptions): Promise<PracticeSpire> {
  const { directory, entries = defaultEntries, svidTtlSeconds = 240, caTtlSeconds = 1440 } = options;
  const { pruneSeconds = 300, now = () => new Date() } = options;
  const clock = clockFrom(now);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);

  const written = Math.min(entries, defaultEntries);
  const first = Math.ceil(written * 0.6);
  const states = [
    build(harbor, lighthouse, first, entries - written, caTtlSeconds, clock),
    build(lighthouse, harbor, written - first, 0, caTtlSeconds, clock),
  ] as const;
  const endpoints: { stop: () => Promise<void> }[] = [];
  for (const state of states) {
    const endpoint = await serveBundleEndpoint(state);
    state.endpoint.url = endpoint.url;
    endpoints.push(endpoint);
  }
  const unfederate = federate(...states);
  const tasks = states.map((state) => maintain(state, pruneSeconds));

  const servers: GrpcServer[] = [];
  const stop = async () => {
    unfederate();
    for (const end of tasks) end();
    await Promise.all([...servers, ...endpoints].map((server) => server.stop()));
  };
  try {
    const trustDomains: PracticeSpire['trustDomains'] = [];
    for (const state of states) {
      const label = state.name.split('.')[0] ?? state.name;
      const serverSocket = join(directory, `${label}-server.sock`);
      const workloadSocket = join(directory, `${label}-workload.sock`);
      servers.push(await serveServer(state, serverSocket));
      servers.push(await serveWorkload(new WorkloadAgent(state, svidTtlSeconds), workloadSocket));
      trustDomains.push({ name: state.name, serverSocket, workloadSocket });
    }
    return { trustDomains, stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

function build(
  plan: Plan,
  peer: Plan,
  written: number,
  bulk: number,
  caLifetime: number,
  clock: Clock,
): TrustDomainState {
  const now = clock.seconds();
  const seed = makeSeed(plan, peer.trustDomain, written, now);
  const state = createState(seed, bulkRows(plan, seed.agents, bulk, now), caLifetime, clock);
  if (plan.partner) federateWithPartner(state, plan.partner, now);
  return state;
}

/** Starts what a server and its agents do by themselves; returns what ends it. */
function maintain(state: TrustDomainState, pruneSeconds: number): () => void {
  const agents = keepAgentsAlive(state);
  const timers = [
    setInterval(() => state.authorities.rotate(state.clock.seconds()), 1000),
    setInterval(() => pruneEntries(state), pruneSeconds * 1000),
    setInterval(() => agents.renew(), 30_000),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
    agents.stop();
  };
}

function serveServer(state: TrustDomainState, path: string): Promise<GrpcServer> {
  return serveGrpc({
    path,
    refused: agentsOnly,
    routes(router) {
      router.service(Entry, entryService(state));
      router.service(Agent, agentService(state));
      router.service(Bundle, bundleService(state));
      router.service(TrustDomain, federationService(state));
      router.service(SVID, svidService(state));
      router.service(LocalAuthority, authorityService(state));
      router.service(Logger, loggerService());
      router.service(Debug, debugService(state));
      router.service(Health, healthService());
    },
  });
}

function serveWorkload(agent: WorkloadAgent, path: string): Promise<GrpcServer> {
  return serveGrpc({
    path,
    routes(router) {
      router.service(SpiffeWorkloadAPI, workloadService(agent), { interceptors: [requireSecurityHeader] });
      router.service(Health, healthService());
    },
  });
}
