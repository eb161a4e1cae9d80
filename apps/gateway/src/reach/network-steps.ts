import { labelOf } from './channel.ts';
import type { Party } from './channel.ts';
import { linkStep } from './link-steps.ts';
import type { Net } from './net.ts';
import { groupsOf, likely, nodeStep, nowhereStep } from './node-steps.ts';
import type { Group } from './node-steps.ts';
import { routeSteps } from './route-steps.ts';
import type { Sought } from './sought.ts';
import type { Step } from './step.ts';
import { waysFrom } from './way.ts';
import type { Hop } from './way.ts';

export interface Asking {
  net: Net | undefined;
  elsewhere: readonly Net[];
  from: Party;
  others: readonly Party[];
  /** Empty: from one name to another. */
  channel: string;
  now: Date;
}

export interface Crossing {
  steps: readonly Step[];
  /** Nodes on the way, the first and the last too. */
  path: readonly string[];
  /** Ids of the links between them. */
  links: readonly string[];
}

/** Ways that are looked at: a channel may have a node for every member. */
const mostWays = 500;

/** Nodes, links and routes between one name and others. */
export async function networkSteps(asking: Asking): Promise<Crossing> {
  const { net, elsewhere, from, others } = asking;
  if (others.length === 0) return { steps: [], path: [], links: [] };
  if (!net) return { steps: [noNet(elsewhere)], path: [], links: [] };
  // Nodes that lists name are asked whether they have it: an application may have gone from one.
  // Where no list has names, any node may have one.
  await net.ask(
    net.listsNames
      ? [from, ...others].flatMap((one) => net.hosts(one.name, one.instance).map(({ node }) => node))
      : [...net.nodes.keys()],
  );
  const starts = likely(net.hosts(from.name, from.instance)).map(({ node }) => node);
  const { groups, nowhere } = groupsOf(net, others);
  const start = nearest(starts, groups);
  const nodes: Step[] = [
    start === undefined ? nowhereStep(net, from, elsewhere) : nodeStep(net, { node: start, parties: [from] }),
    ...groups.filter(({ node }) => node !== start).map((group) => nodeStep(net, group)),
    ...nowhere.map((party, index) => nowhereStep(net, party, index < 20 ? elsewhere : [], index < 20)),
  ];
  if (start === undefined)
    return {
      steps: [...nodes, ...(groups.length > 0 ? [notAsked(from)] : [])],
      path: [],
      links: [],
    };
  const wayTo = waysFrom(start, net.copy);
  const ways = groups.slice(0, mostWays).map((group) => new Way(start, group, net, wayTo(group.node)));
  await net.ask(ways.flatMap(({ hops }) => hops.flatMap((hop) => [hop.from, hop.to])));
  const linked = new Set<string>();
  for (const way of ways) way.look(asking, linked);
  const of = (kind: Step['kind']): Step[] =>
    ways.flatMap(({ steps }) => steps.filter((step) => step.kind === kind));
  const alone = ways.length > 0 && ways.every(({ hops }) => hops.length === 0);
  const shown =
    ways.find(({ steps }) => steps.some(({ state }) => state === 'wrong')) ??
    ways.find(({ hops }) => hops.length > 0);
  const hops = shown?.hops ?? [];
  return {
    steps: [...nodes, ...(alone ? [sameNode(start)] : of('link')), ...of('route'), ...of('node-truth')],
    path: [start, ...hops.map(({ to }) => to)],
    links: hops.flatMap(({ link }) => (link ? [link.linkId || link.id] : [])),
  };
}

/** From the sender's node to one that has members. */
class Way {
  readonly hops: readonly Hop[];
  readonly #start: string;
  readonly #group: Group;
  readonly #net: Net;
  #steps: readonly Step[] = [];

  constructor(start: string, group: Group, net: Net, hops: readonly Hop[]) {
    this.#start = start;
    this.#group = group;
    this.#net = net;
    this.hops = hops;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** @param linked hops that are told already: ways to many nodes share their first ones */
  look({ from, channel, now }: Asking, linked: Set<string>): void {
    const { hops } = this;
    const [first] = this.#group.parties;
    const path = [this.#start, ...hops.map(({ to }) => to)];
    // Up to 1.0 no links are told: routes may be there without.
    const untold = this.#net.copy.connection.link.lacks('links.read') !== '';
    const open = untold || hops.every(({ link }) => link !== undefined);
    const forward: Sought =
      channel === '' ? soughtOf(first) : { name: channel, instance: '', label: channel, channel: true };
    const fresh = hops.filter((hop) => {
      const key = [hop.from, hop.to].toSorted().join('\n');
      return linked.has(key) ? false : linked.add(key);
    });
    // Who sends is answered: invitations, receipts and heartbeats go the other way.
    const back = soughtOf(from);
    this.#steps = [
      ...fresh.map((hop) => linkStep(this.#net, hop)),
      ...routeSteps(this.#net, path, forward, open, now),
      ...(hops.length === 0 ? [] : routeSteps(this.#net, path.toReversed(), back, open, now, true)),
    ];
  }
}

const soughtOf = (party: Party | undefined): Sought => ({
  name: party?.name ?? '',
  instance: party?.instance ?? '',
  label: party ? labelOf(party) : '',
  channel: false,
});

/** A sender with several instances: the one that has somebody beside it. */
function nearest(starts: readonly string[], groups: readonly Group[]): string | undefined {
  return starts.find((start) => groups.some(({ node }) => node === start)) ?? starts[0];
}

const sameNode = (node: string): Step => ({
  kind: 'link',
  title: 'Links on the way',
  state: 'good',
  detail: `Both sides are on ${node}: no link is needed.`,
  nodes: [node],
});

const notAsked = (from: Party): Step => ({
  kind: 'link',
  title: 'Links on the way',
  state: 'not-asked',
  detail: `Where ${from.name} is, is not known.`,
});

function noNet(nets: readonly Net[]): Step {
  const none = nets.length === 0;
  const unread = nets.filter(({ asOf }) => asOf === undefined);
  return {
    kind: 'node',
    title: 'The network between them',
    state: none || unread.length > 0 ? 'unknown' : 'wrong',
    detail: none
      ? 'No control plane is connected here: where they are, and what is between them, is not known.'
      : unread.length > 0
        ? `${unread.map(({ name }) => name).join(', ')} ${unread.length === 1 ? 'has' : 'have'} not been read yet.`
        : `None of the control planes ${nets.map(({ name }) => name).join(', ')} knows either of them.`,
    link: none ? '/connections' : '/network?tab=routes',
  };
}
