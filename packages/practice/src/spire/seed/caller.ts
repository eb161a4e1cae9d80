import type { Grounds, Sketch } from './sketch.ts';

/** What the agent finds out about whoever calls the practice Workload API. */
export const callerSelectors = [
  'unix:uid:1000',
  'unix:gid:1000',
  'unix:user:muster',
  'unix:group:muster',
  'unix:path:/opt/muster/bin/muster',
  'docker:label:app:muster',
];

/** The agent on whose host the caller runs: the first host attested by certificate. */
export const workloadAgentIndex = 5;

/** Three identities of the caller: plain, with a hint and federated, and with DNS names. */
export function callerEntries({ agents, peer }: Grounds): Sketch[] {
  const parent = agents[workloadAgentIndex]?.id?.path ?? '';
  return [
    { path: '/muster/console', parent, selectors: ['unix:user:muster', 'unix:path:/opt/muster/bin/muster'] },
    {
      path: '/muster/moderator',
      parent,
      selectors: ['unix:user:muster', 'docker:label:app:muster'],
      more: { hint: 'moderator', federatesWith: [peer] },
    },
    {
      path: '/muster/web',
      parent,
      selectors: ['unix:uid:1000', 'docker:label:app:muster'],
      more: { hint: 'web', dnsNames: ['muster.localhost', 'console.muster.localhost'] },
    },
  ];
}
