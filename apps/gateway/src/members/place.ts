import type { NetworkCopy } from '../network/copy.ts';
import type { Host } from './hosts.ts';
import { hostsOf, unread } from './hosts.ts';

/** Where a member is, or why that is not known. */
export interface Place {
  node: string;
  domain: string;
  controlPlane: string;
  routes: number;
  /** Empty when the node is known. */
  reason: string;
  /** Instances of its name that are reachable. */
  instances: number;
}

const nowhere = { node: '', domain: '', controlPlane: '', routes: 0, instances: 0 };

/** Where members of one connection's channels are: by the control plane it names, or by whichever knows them. */
export function placer(copies: readonly NetworkCopy[]): (name: string, instance: string) => Place {
  const planes = copies.map((copy) => ({ copy, name: copy.connection.link.name, hosts: hostsOf(copy) }));
  const silent = planes.filter(({ copy }) => unread(copy));
  const silence =
    planes.length === 0
      ? 'No control plane is connected: only one tells nodes and routes.'
      : silent.length > 0
        ? `${silent.map(({ name }) => name).join(', ')} has not told its routes yet.`
        : `${planes.map(({ name }) => name).join(', ')} ${planes.length === 1 ? 'knows' : 'know'} no route to it.`;
  const unknown: Place = { ...nowhere, reason: silence };
  return (name, instance) => {
    if (planes.every(({ hosts }) => !hosts.has(name))) return unknown;
    const known: { controlPlane: string; hits: readonly Host[]; instances: number }[] = [];
    for (const { name: controlPlane, hosts } of planes) {
      const all = hosts.get(name);
      if (!all) continue;
      const hits = instance === '' ? all : all.filter((host) => host.instance === instance);
      if (hits.length > 0) known.push({ controlPlane, hits, instances: all.length });
    }
    const [only] = known;
    if (!only) {
      const others = planes.reduce((sum, { hosts }) => sum + (hosts.get(name)?.length ?? 0), 0);
      const more =
        others > 0
          ? ` ${others === 1 ? 'Another instance' : 'Other instances'} of its name ${others === 1 ? 'is' : 'are'} known.`
          : '';
      return { ...nowhere, instances: others, reason: silence + more };
    }
    if (known.length > 1)
      return {
        ...nowhere,
        reason: `Several control planes know it: ${known.map(({ controlPlane }) => controlPlane).join(', ')}. Say which one by controlPlane in the configuration.`,
      };
    return { controlPlane: only.controlPlane, instances: only.instances, ...merged(only.hits) };
  };
}

/** A name without an instance may be any of those that run. */
function merged(hits: readonly Host[]): Pick<Place, 'node' | 'domain' | 'routes' | 'reason'> {
  const [host] = hits;
  if (host && hits.length === 1 && host.node !== '')
    return { node: host.node, domain: host.domain, routes: host.routes, reason: '' };
  const routes = hits.reduce((sum, one) => sum + one.routes, 0);
  const nodes = [...new Map(hits.map(({ node, domain }) => [node, domain]))].filter(([node]) => node !== '');
  const [first] = nodes;
  if (!first) return { node: '', domain: '', routes, reason: 'Its routes do not say which node hosts it.' };
  if (nodes.length > 1)
    return {
      node: '',
      domain: '',
      routes,
      reason: `${hits.length} instances run, on ${nodes.map(([node]) => node).join(', ')}; which one is the member is not told.`,
    };
  return { node: first[0], domain: first[1], routes, reason: '' };
}
