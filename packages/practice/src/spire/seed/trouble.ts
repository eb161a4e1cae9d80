import type { Grounds, Sketch } from './sketch.ts';
import { aliasPath } from './sketch.ts';

/** Entries a reviewer should find fault with. */
export function troubledEntries({ plan, agents, random }: Grounds): Sketch[] {
  const cluster = aliasPath(Object.keys(plan.clusters)[0] ?? '');
  const banned = agents.find((agent) => agent.banned)?.id?.path ?? '';
  const host = agents.find((agent) => agent.attestationType === 'aws_iid')?.id?.path ?? '';
  return [
    // The agent was evicted; nobody can be issued this.
    {
      path: '/legacy/tariff-sync',
      parent: `/spire/agent/k8s_psat/pier-z/${random.uuid()}`,
      selectors: ['k8s:ns:legacy', 'k8s:sa:tariff-sync'],
    },
    { path: '/legacy/old-gate', parent: banned, selectors: ['unix:uid:1204', 'unix:path:/opt/gate/old'] },
    // Every root process of every node of the cluster.
    { path: '/ops/everything', parent: cluster, selectors: ['unix:uid:0'], more: { admin: true } },
    { path: '/ops/any-pod', parent: cluster, selectors: ['k8s:ns:default'] },
    // One process, two identities: which of them it uses is its own choice.
    { path: '/batch/settlement', parent: host, selectors: ['unix:user:batch', 'unix:path:/opt/batch/run'] },
    {
      path: '/batch/settlement-new',
      parent: host,
      selectors: ['unix:path:/opt/batch/run', 'unix:user:batch'],
    },
    // A hint only means something while one entry of a workload has it.
    {
      path: '/hints/one',
      parent: cluster,
      selectors: ['k8s:ns:hints', 'k8s:sa:twin'],
      more: { hint: 'primary' },
    },
    {
      path: '/hints/two',
      parent: cluster,
      selectors: ['k8s:ns:hints', 'k8s:sa:twin'],
      more: { hint: 'primary' },
    },
    // Longer than any authority lives: it is capped without a word.
    {
      path: '/legacy/long-life',
      parent: cluster,
      selectors: ['k8s:ns:legacy', 'k8s:sa:long-life'],
      more: { x509SvidTtl: 31_536_000 },
    },
  ];
}
