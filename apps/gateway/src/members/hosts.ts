import type { NetworkCopy } from '../network/copy.ts';
import type { NodeRouteRow } from '../upstream/control-plane/port.ts';

/** Where a name is reached, as one control plane and its nodes tell it. */
export interface Host {
  name: string;
  instance: string;
  /** Empty: only routes to it are known. */
  node: string;
  domain: string;
  /** Routes of other nodes to it. */
  routes: number;
}

interface Found {
  local: string;
  template: string;
  expanded: string;
  routes: number;
}

/** Instances by name. */
export type Hosts = ReadonlyMap<string, readonly Host[]>;

const nobody: Hosts = new Map();
const kept = new WeakMap<NetworkCopy, { version: string; hosts: Hosts }>();

/** Half of the routes are no answer to who hosts what: until all were read once, nothing is known. */
export const unread = ({ state }: NetworkCopy): boolean => state.asOf === undefined;

/** What tells that `hostsOf` would answer otherwise. */
export const hostsVersion = (copy: NetworkCopy): string => {
  const { routes, truth, nodes, links } = copy;
  return unread(copy) ? 'unread' : `${routes.version}.${truth.version}.${nodes.length}.${links.length}`;
};

/**
 * Who hosts what: a node's own word that an application is connected to it counts most, then the template that its
 * control plane keeps of it (source `*`), then where other nodes' routes lead. Kept until one of them changes.
 */
export function hostsOf(copy: NetworkCopy): Hosts {
  if (unread(copy)) return nobody;
  const version = hostsVersion(copy);
  const before = kept.get(copy);
  if (before?.version === version) return before.hosts;
  const found = new Map<string, Map<string, Found>>();
  const at = (name: string, instance: string): Found => {
    let instances = found.get(name);
    if (!instances) found.set(name, (instances = new Map()));
    let one = instances.get(instance);
    if (!one) instances.set(instance, (one = { local: '', template: '', expanded: '', routes: 0 }));
    return one;
  };
  for (const { name, instance, source, destination, status } of copy.routes.rows) {
    // Listed until the next reconciliation, and gone all the same.
    if (name === '' || status === 'deleted') continue;
    const one = at(name, instance);
    if (source === '*') one.template ||= destination;
    else {
      one.routes += 1;
      one.expanded ||= destination;
    }
  }
  const nodes = new Set(copy.nodes.map(({ id }) => id));
  const links = new Set(copy.links.map(({ linkId }) => linkId));
  const { connection } = copy;
  const edges = connection.kind === 'slim-control-plane' && !connection.holdsChannels;
  // Nodes of 2.0–3.4 count an application's connection as an edge, with a link that no control plane lists.
  const isLocal = ({ local, peerNode, linkId }: NodeRouteRow['connections'][number]): boolean =>
    local || (edges && !nodes.has(peerNode) && !links.has(linkId));
  for (const { id } of copy.nodes)
    for (const { name, instance, connections } of copy.truth.says(id)?.routes ?? [])
      if (name !== '' && connections.some(isLocal)) at(name, instance).local ||= id;
  const domains = new Map(copy.nodes.map(({ id, domain }) => [id, domain]));
  const hosts = new Map(
    [...found].map(([name, instances]) => [
      name,
      [...instances].map(([instance, { local, template, expanded, routes }]): Host => {
        const node = local || template || expanded;
        return { name, instance, node, domain: domains.get(node) ?? '', routes };
      }),
    ]),
  );
  kept.set(copy, { version, hosts });
  return hosts;
}
