import type { NetworkCopy } from '../network/copy.ts';
import { hostsOf } from './hosts.ts';

/** A name that is reachable and no member. */
export interface Candidate {
  name: string;
  instance: string;
  node: string;
  domain: string;
  controlPlane: string;
}

export interface CandidateQuery {
  copies: readonly NetworkCopy[];
  members: readonly { name: string; instance: string }[];
  /** Names that are no applications to invite: channels, moderators, channel managers. */
  not: ReadonlySet<string>;
  /** Names known to be reachable from elsewhere. */
  more: readonly string[];
}

/** Who could be invited, by name. */
export function candidatesOf({ copies, members, not, more }: CandidateQuery): Candidate[] {
  const reachable = copies.map((copy) => ({ copy, hosts: hostsOf(copy) }));
  // While the network is being read few of ten thousand members are told by a node: only those stand in the way of anybody.
  const near = members.filter(({ name }) => reachable.some(({ hosts }) => hosts.has(name)));
  const there = new Set(near.map(({ name, instance }) => `${name}\n${instance}`));
  const anyInstance = new Set(near.flatMap(({ name, instance }) => (instance === '' ? [name] : [])));
  const found: Candidate[] = [];
  for (const { copy, hosts: byName } of reachable) {
    const controlPlane = copy.connection.link.name;
    // From 2.0 on an application has an instance; what has none is a channel that its members subscribe to.
    const { connection } = copy;
    const instanced = connection.kind !== 'slim-control-plane' || !connection.holdsChannels;
    for (const [name, hosts] of byName) {
      if (not.has(name) || anyInstance.has(name)) continue;
      for (const { instance, node, domain } of hosts) {
        if (node === '' || (instanced && instance === '') || there.has(`${name}\n${instance}`)) continue;
        found.push({ name, instance, node, domain, controlPlane });
      }
    }
  }
  const listed = new Set(found.map(({ name }) => name));
  const names = new Set(more.length === 0 ? [] : members.map(({ name }) => name));
  for (const name of more)
    if (!listed.has(name) && !names.has(name) && !not.has(name))
      found.push({ name, instance: '', node: '', domain: '', controlPlane: '' });
  return found.toSorted((a, b) => compare(a.name, b.name) || compare(a.instance, b.instance));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
