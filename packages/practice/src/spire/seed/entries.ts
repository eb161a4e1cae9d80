import { create } from '@bufbuild/protobuf';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { serverPath } from '../ids.ts';
import { callerEntries } from './caller.ts';
import type { Grounds, Sketch } from './sketch.ts';
import { aliasPath } from './sketch.ts';
import { troubledEntries } from './trouble.ts';

const day = 24 * 3600;

/** The first entries of a trust domain: those with a meaning come first, then ordinary services up to `count`. */
export function makeEntries(grounds: Grounds, count: number): Entry[] {
  const sketches = [
    ...callerEntries(grounds),
    ...aliases(grounds),
    ...specialEntries(grounds),
    ...troubledEntries(grounds),
  ];
  const services = ordinaryServices(grounds);
  while (sketches.length < count) sketches.push(services.next().value);
  // Ages fall along the list, for rows are in creation order.
  const age = (index: number) => Math.floor(((count - index) / count) * 300 * day) + day;
  return sketches.slice(0, count).map((sketch, index) => finish(grounds, sketch, grounds.now - age(index)));
}

function finish({ plan, random }: Grounds, sketch: Sketch, createdAt: number): Entry {
  const { trustDomain } = plan;
  return create(EntrySchema, {
    id: sketch.idPrefix === undefined ? random.uuid() : `${sketch.idPrefix}.${random.uuid()}`,
    spiffeId: { trustDomain, path: sketch.path },
    parentId: { trustDomain, path: sketch.parent },
    selectors: sketch.selectors.map(parseSelector),
    createdAt: BigInt(createdAt),
    revisionNumber: BigInt(random.below(4) === 0 ? random.below(6) : 0),
    ...sketch.more,
  });
}

export function parseSelector(text: string): { type: string; value: string } {
  const colon = text.indexOf(':');
  return { type: text.slice(0, colon), value: text.slice(colon + 1) };
}

function aliases({ plan }: Grounds): Sketch[] {
  return Object.entries(plan.clusters).flatMap(([cluster, pools]) => [
    { path: aliasPath(cluster), parent: serverPath, selectors: [`k8s_psat:cluster:${cluster}`] },
    ...pools.slice(1).map((pool) => ({
      path: `${aliasPath(cluster)}/${pool}`,
      parent: serverPath,
      selectors: [`k8s_psat:cluster:${cluster}`, `k8s_psat:agent_node_label:pool:${pool}`],
    })),
  ]);
}

/** One of each kind a reviewer should meet. */
function specialEntries({ plan, peer, now, agents }: Grounds): Sketch[] {
  const cluster = Object.keys(plan.clusters)[0] ?? '';
  const parent = aliasPath(cluster);
  const workload = (team: string, service: string) => [`k8s:ns:${team}`, `k8s:sa:${service}`];
  const at = (seconds: number) => BigInt(now + seconds);
  const [team = '', [service = '', second = ''] = []] = Object.entries(plan.teams)[0] ?? [];
  return [
    { path: '/admin/console', parent, selectors: workload('admin', 'console'), more: { admin: true } },
    {
      path: '/admin/break-glass',
      parent,
      selectors: workload('admin', 'break-glass'),
      more: { admin: true, expiresAt: at(2 * day) },
    },
    {
      path: '/spire-downstream/edge',
      parent,
      selectors: workload('spire', 'edge-server'),
      more: { downstream: true, x509SvidTtl: 14400 },
    },
    {
      path: `/ns/${team}/sa/${service}/partner`,
      parent,
      selectors: [...workload(team, service), 'k8s:container-name:partner-proxy'],
      more: { federatesWith: plan.partner ? [peer, plan.partner] : [peer], hint: 'partner' },
    },
    {
      path: `/ns/${team}/sa/${second}/public`,
      parent,
      selectors: [...workload(team, second), 'k8s:pod-label:tier:edge'],
      more: { dnsNames: [`${second}.${plan.trustDomain}`, `${second}.${team}.svc.cluster.local`] },
    },
    {
      path: '/vault/export',
      parent,
      selectors: ['aws_secretsmanager:secretname:vault-export'],
      more: { storeSvid: true, x509SvidTtl: 86400 },
    },
    {
      path: '/ci/runner',
      parent,
      selectors: workload('ci', 'runner'),
      more: {
        jwtSvidTtl: 120,
        additionalAttributes: { disableX509SvidPrefetch: true, jwtSvidIncludeJti: true },
      },
    },
    {
      path: '/migration/2024-cutover',
      parent,
      selectors: workload('migration', 'cutover'),
      more: { expiresAt: at(-40 * 60) },
    },
    {
      path: '/contractor/audit-read',
      parent,
      selectors: workload('audit', 'reader'),
      more: { expiresAt: at(-12 * 60) },
    },
    {
      path: '/demo/trade-fair',
      parent,
      selectors: workload('demo', 'booth'),
      more: { expiresAt: at(55 * 60) },
    },
    {
      path: '/season/summer-surge',
      parent,
      selectors: workload('surge', 'worker'),
      more: { expiresAt: at(6 * day) },
    },
    {
      path: '/lease/terminal-4',
      parent,
      selectors: workload('lease', 'terminal-4'),
      more: { expiresAt: at(700 * day) },
    },
    ...managedEntries(cluster, parent, agents),
  ];
}

/** As spire-controller-manager makes them: IDs with its prefix, and of pods an entry for each, by the pod's UID. */
function managedEntries(cluster: string, alias: string, agents: Grounds['agents']): Sketch[] {
  const node = agents[0]?.id?.path ?? alias;
  return [
    {
      path: '/ns/spire-demo/sa/api',
      parent: node,
      selectors: ['k8s:pod-uid:6c1f4dc1-6f1b-4a55-9c0e-2f2b9a3c7d10'],
      idPrefix: cluster,
    },
    {
      path: '/ns/spire-demo/sa/worker',
      parent: node,
      selectors: ['k8s:pod-uid:a0c6c0a4-5e0d-4a7b-8a55-1d2f6f0c9b32'],
      idPrefix: cluster,
      more: { dnsNames: ['worker.spire-demo.svc.cluster.local'] },
    },
    {
      path: '/vm/quay-scanner',
      parent: alias,
      selectors: ['unix:uid:4100', 'unix:path:/opt/scanner/bin/scan'],
      idPrefix: cluster,
      more: { x509SvidTtl: 1800, hint: 'scanner' },
    },
  ];
}

const environments = ['prod', 'staging', 'canary', 'dev'] as const;

/** Services without end, in turn for Kubernetes, containers on hosts, and plain processes. */
function* ordinaryServices({ plan, random, agents, peer }: Grounds): Generator<Sketch, never> {
  const clusters = Object.keys(plan.clusters);
  const services = Object.entries(plan.teams).flatMap(([team, names]) =>
    names.map((name) => [team, name] as const),
  );
  const hosts = agents.filter((agent) => agent.attestationType !== 'k8s_psat' && !agent.banned);
  for (let index = 0; ; index++) {
    const [team, service] = services[index % services.length] as readonly [string, string];
    const round = Math.floor(index / services.length);
    const environment = environments[round % environments.length] as string;
    const suffix = round < environments.length ? '' : `-${Math.floor(round / environments.length) + 1}`;
    const namespace = environment === 'prod' ? team : `${team}-${environment}`;
    const more: Sketch['more'] = {};
    if (random.below(7) === 0) more.federatesWith = [peer];
    if (random.below(6) === 0) more.dnsNames = [`${service}.${namespace}.svc.cluster.local`];
    if (random.below(9) === 0) more.x509SvidTtl = random.pick([600, 1800, 7200]);
    if (random.below(12) === 0) more.hint = random.pick(['internal', 'external', 'batch']);
    const kind = random.below(10);
    const host = random.pick(hosts).id?.path ?? '';
    if (kind < 7)
      yield {
        path: `/ns/${namespace}/sa/${service}${suffix}`,
        parent: aliasPath(random.pick(clusters)),
        selectors: [
          `k8s:ns:${namespace}`,
          `k8s:sa:${service}${suffix}`,
          ...(kind < 2 ? [`k8s:container-name:${service}`] : []),
        ],
        more,
      };
    else if (kind < 9)
      yield {
        path: `/edge/${environment}/${team}/${service}${suffix}`,
        parent: host,
        selectors: [
          `docker:label:com.${team}.service:${service}${suffix}`,
          `docker:env:STAGE=${environment}`,
        ],
        more,
      };
    else
      yield {
        path: `/host/${environment}/${service}${suffix}`,
        parent: host,
        selectors: [`unix:uid:${2000 + index}`, `unix:path:/opt/${team}/${service}${suffix}`],
        more,
      };
  }
}
