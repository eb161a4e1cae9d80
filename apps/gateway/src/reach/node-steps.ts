import { labelOf } from './channel.ts';
import type { Party } from './channel.ts';
import type { Host, Net } from './net.ts';
import { query } from './step.ts';
import type { Step } from './step.ts';

/** Members that are on one node. */
export interface Group {
  node: string;
  parties: readonly Party[];
}

/** Who is where: groups by node, and those that are on none. */
export function groupsOf(net: Net, parties: readonly Party[]): { groups: Group[]; nowhere: Party[] } {
  const groups = new Map<string, Party[]>();
  const nowhere: Party[] = [];
  for (const party of parties) {
    const hosts = likely(net.hosts(party.name, party.instance));
    if (hosts.length === 0) nowhere.push(party);
    for (const { node } of hosts) {
      const here = groups.get(node);
      if (here) here.push(party);
      else groups.set(node, [party]);
    }
  }
  return {
    groups: [...groups]
      .map(([node, members]) => ({ node, parties: members }))
      .toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    nowhere,
  };
}

/** What a database lists and its node has not is left out where another node has it: the application moved. */
export function likely(hosts: readonly Host[]): readonly Host[] {
  const held = hosts.filter((host) => host.held === true);
  return held.length > 0 ? held : hosts;
}

/** Where the sender, or a member, is; and whether its node is up. */
export function nodeStep(net: Net, { node, parties }: Group): Step {
  const known = net.nodes.get(node);
  const [first] = parties;
  const who =
    parties.length === 1 && first ? labelOf(first) : `${parties.length.toLocaleString('en')} members`;
  const base = {
    kind: 'node' as const,
    title: `${who} on ${node}`,
    asOf: net.asOf,
    nodes: [node],
    link: query('/network', { open: 'node', id: node, on: net.name }),
  };
  const names = parties.length === 1 ? '' : ` ${listOf(parties)}.`;
  if (!known)
    return {
      ...base,
      state: 'wrong',
      detail: `${net.name} has routes to ${node}, and knows no such node now.${names}`,
      remedies: [
        { title: `Start ${node}, and see that its controller connection names this control plane.` },
      ],
    };
  if (known.status === 'connected')
    return { ...base, state: 'good', detail: `${node} is connected to ${net.name}.${names}` };
  if (known.status === 'unknown')
    return {
      ...base,
      state: 'unknown',
      detail: `${net.name} does not say whether ${node} is connected.${names}`,
    };
  return {
    ...base,
    state: 'wrong',
    detail: `${node} is not connected to ${net.name}: it has stopped, or lost it. What it is connected to itself may still work, and nothing is told of it.${names}`,
    remedies: [
      {
        title: `Start ${node}; where it runs, restart it, or mend its way to the control plane.`,
        link: query('/network', { open: 'node', id: node, on: net.name }),
      },
    ],
  };
}

/**
 * A name that is on no node: nobody answers to it, or it is written otherwise.
 * @param hints look for names like it, which is slow for thousands
 */
export function nowhereStep(net: Net, party: Party, elsewhere: readonly Net[], hints = true): Step {
  const base = {
    kind: 'node' as const,
    title: `Node of ${labelOf(party)}`,
    asOf: net.asOf,
    link: query('/network', { tab: 'routes', q: party.name, cp: net.name }),
  };
  if (net.asOf === undefined)
    return {
      ...base,
      state: 'unknown',
      detail: `${net.name} has not been read yet.${net.copy.state.stale === '' ? '' : ` ${net.copy.state.stale}`}`,
    };
  const [other] = elsewhere.filter((one) => one.knows(party.name));
  if (other)
    return {
      ...base,
      state: 'wrong',
      detail: `It is in the network of ${other.name}, and the other side in that of ${net.name}: no control plane joins two networks.`,
      link: query('/network', { tab: 'routes', q: party.name, cp: other.name }),
    };
  const silent = net.listsNames
    ? []
    : net.copy.nodes.filter(({ id }) => (net.says(id)?.reason ?? 'not asked') !== '');
  const [first] = silent;
  if (first)
    return {
      ...base,
      state: 'unknown',
      detail: `No node that answered has it, and ${silent.length === 1 ? first.id : `${silent.length} nodes`} did not answer.`,
    };
  const near = hints ? net.near(party.name) : [];
  const ofName = party.instance !== '' && net.knows(party.name);
  return {
    ...base,
    state: 'wrong',
    detail: ofName
      ? `No node has this instance, though another of ${party.name} is there: it was started anew since, and has another instance.`
      : `No node has it: the application does not run, has lost its node, or is written otherwise.${near.length > 0 ? ` There is ${near.join(', ')}.` : ''}`,
    remedies: [
      {
        title:
          'Start the application, and see that it connects to a node of this network and subscribes to its name.',
      },
    ],
  };
}

/** The first names, and how many more. */
function listOf(parties: readonly Party[]): string {
  const names = parties.slice(0, 5).map(({ name }) => name);
  const more = parties.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}
