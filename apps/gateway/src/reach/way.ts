import type { SeenLink } from '../network/copy.ts';
import type { SegmentRow } from '../upstream/control-plane/port.ts';

/** From a node to the next. Without a link, none that was made joins the two. */
export interface Hop {
  from: string;
  to: string;
  link: SeenLink | undefined;
}

export interface Topology {
  links: readonly SeenLink[];
  segments: readonly SegmentRow[];
  nodes: readonly { id: string; domain: string; status: string }[];
}

type Edges<E> = (at: string) => readonly E[];

/**
 * Ways from one node to others: the shortest over links that were made; where there is none, the one with the fewest
 * gaps in it.
 */
export function waysFrom(from: string, topology: Topology): (to: string) => readonly Hop[] {
  const made = madeLinks(topology.links);
  const came = flood(from, made);
  return (to) =>
    from === to
      ? []
      : (traced(came, to) ??
        overOneGap(from, to, topology, made) ??
        overSegments(from, to, topology, made) ?? [{ from, to, link: undefined }]);
}

function madeLinks(links: readonly SeenLink[]): Edges<Hop> {
  const next = new Map<string, Hop[]>();
  const add = (from: string, to: string, link: SeenLink): void => {
    const there = next.get(from);
    if (there) there.push({ from, to, link });
    else next.set(from, [{ from, to, link }]);
  };
  for (const link of links) {
    if (link.status !== 'applied' || link.wantedOnly) continue;
    add(link.source, link.destination, link);
    add(link.destination, link.source, link);
  }
  return (at) => next.get(at) ?? [];
}

/** Breadth first: by which edge each place was come to. */
function flood<E extends { from: string; to: string }>(
  from: string,
  edges: Edges<E>,
): Map<string, E | undefined> {
  const came = new Map<string, E | undefined>([[from, undefined]]);
  const queue = [from];
  for (const at of queue) {
    for (const edge of edges(at)) {
      if (came.has(edge.to)) continue;
      came.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return came;
}

/** Back along the edges by which it was come to; undefined: it was not. */
function traced<E extends { from: string; to: string }>(
  came: ReadonlyMap<string, E | undefined>,
  to: string,
): E[] | undefined {
  if (!came.has(to)) return undefined;
  const way: E[] = [];
  for (let edge = came.get(to); edge; edge = came.get(edge.from)) way.unshift(edge);
  return way;
}

const shortest = <E extends { from: string; to: string }>(
  from: string,
  to: string,
  edges: Edges<E>,
): E[] | undefined => traced(flood(from, edges), to);

/** Two parts of the network, and where they could be joined: by a link that is listed, within a domain, by a segment. */
function overOneGap(from: string, to: string, topology: Topology, made: Edges<Hop>): Hop[] | undefined {
  const domains = new Map(topology.nodes.map(({ id, domain }) => [id, domain]));
  const near = [...flood(from, made).keys()];
  const far = [...flood(to, made).keys()];
  const listed = new Set(
    topology.links
      .filter(({ status, wantedOnly }) => status !== 'deleted' && !wantedOnly)
      .map(({ source, destination }) => pair(source, destination)),
  );
  const wanted = new Set(topology.segments.flatMap(({ edges }) => edges.map(({ a, b }) => pair(a, b))));
  let best: { rank: number; a: string; b: string } | undefined;
  for (const a of near) {
    for (const b of far) {
      const [da = '', db = ''] = [domains.get(a), domains.get(b)];
      const rank = listed.has(pair(a, b)) ? 0 : da === db && da !== '' ? 1 : wanted.has(pair(da, db)) ? 2 : 3;
      if (rank < (best?.rank ?? 3)) best = { rank, a, b };
    }
  }
  if (!best) return undefined;
  return [
    ...(shortest(from, best.a, made) ?? []),
    { from: best.a, to: best.b, link: undefined },
    ...(shortest(best.b, to, made) ?? []),
  ];
}

/** By way of the domains that segments join, over one node of each. */
function overSegments(
  from: string,
  to: string,
  { segments, nodes }: Topology,
  made: Edges<Hop>,
): Hop[] | undefined {
  const domains = new Map(nodes.map(({ id, domain }) => [id, domain]));
  const through = shortest(domains.get(from) ?? '', domains.get(to) ?? '', (domain) =>
    segments.flatMap(({ edges }) =>
      edges.flatMap(({ a, b }) =>
        a === domain ? [{ from: a, to: b }] : b === domain ? [{ from: b, to: a }] : [],
      ),
    ),
  );
  if (!through || through.length < 2) return undefined;
  const stops = [from, ...through.slice(0, -1).flatMap((edge) => nodeOf(edge.to, nodes) ?? []), to];
  return stops.slice(1).map((stop, index) => {
    const before = stops[index] ?? from;
    return made(before).find((hop) => hop.to === stop) ?? { from: before, to: stop, link: undefined };
  });
}

function nodeOf(domain: string, nodes: Topology['nodes']): string | undefined {
  const here = nodes.filter((node) => node.domain === domain);
  return (here.find(({ status }) => status === 'connected') ?? here[0])?.id;
}

/** What is known of a hop that no link joins. */
export interface Gap {
  domains: readonly [string, string];
  /** The nearest to it that is told of a link between the two, or their domains; undefined: none is listed. */
  link: SeenLink | undefined;
  /** Segments that want the two domains linked. */
  segments: readonly string[];
}

const worst: readonly string[] = ['failed', 'pending', 'unspecified'];

export function gapOf({ from, to }: Hop, { links, segments, nodes }: Topology): Gap {
  const domains = new Map(nodes.map(({ id, domain }) => [id, domain]));
  const [a = '', b = ''] = [domains.get(from), domains.get(to)];
  const rank = ({ source, destination, status }: SeenLink): number => {
    if (pair(source, destination) === pair(from, to)) return worst.indexOf(status);
    const [one = source, other = destination] = [domains.get(source), domains.get(destination)];
    return a !== b && pair(one, other) === pair(a, b) ? 10 + worst.indexOf(status) : Infinity;
  };
  const [link] = links
    .filter((one) => worst.includes(one.status) && rank(one) !== Infinity)
    .toSorted((one, other) => rank(one) - rank(other));
  const wanted = segments.filter(({ edges }) => edges.some((edge) => pair(edge.a, edge.b) === pair(a, b)));
  return { domains: [a, b], link, segments: a === b ? [] : wanted.map(({ name }) => name) };
}

const pair = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`);
