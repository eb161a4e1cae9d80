import { GeneratorKind } from '@muster/api';

export interface Kind {
  kind: GeneratorKind;
  /** As the URL has it. */
  slug: string;
  title: string;
  what: string;
  needsEntry: boolean;
}

/** What can be generated, in the order people look for it. */
export const KINDS: readonly Kind[] = [
  {
    kind: GeneratorKind.DOCKER_RUN,
    slug: 'docker-run',
    title: 'docker run',
    what: 'The line that starts a container which gets this identity.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.POD_MANIFEST,
    slug: 'pod-manifest',
    title: 'Pod',
    what: 'A manifest of a pod which gets this identity.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.SPIFFE_HELPER,
    slug: 'spiffe-helper',
    title: 'spiffe-helper',
    what: 'helper.conf, for programs that read certificates from files.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.SPIFFE_HELPER_POD,
    slug: 'spiffe-helper-pod',
    title: 'spiffe-helper in a pod',
    what: 'ConfigMap and pod with the helper as a sidecar.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.CLUSTER_SPIFFE_ID,
    slug: 'cluster-spiffe-id',
    title: 'ClusterSPIFFEID',
    what: 'Has spire-controller-manager make such entries for pods.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.CLUSTER_STATIC_ENTRY,
    slug: 'cluster-static-entry',
    title: 'ClusterStaticEntry',
    what: 'Has spire-controller-manager keep this very entry.',
    needsEntry: true,
  },
  {
    kind: GeneratorKind.AGENT_CONF,
    slug: 'agent-conf',
    title: 'agent.conf',
    what: 'A new agent of this server, by join token.',
    needsEntry: false,
  },
  {
    kind: GeneratorKind.SERVER_FEDERATION,
    slug: 'server-federation',
    title: 'Federation in server.conf',
    what: 'Own bundle endpoint, and another trust domain.',
    needsEntry: false,
  },
];

export const kindOf = (slug: string | undefined): Kind | undefined => KINDS.find((one) => one.slug === slug);

/** What stands for a join token in agent.conf. */
export const TOKEN_PLACEHOLDER = 'PASTE-THE-JOIN-TOKEN-HERE';
