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
  for (let edge = came.get(to); edge; edge = came.get(edge.from)) way.push(edge);
  return way.toReversed();
}

const shortest = <E extends { from: string; to: string }>(
  from: string,
  to: string,
  edges: Edges<E>,
): E[] | undefined => traced(flood(from, edges), to);

/**
 * Two parts of the network, and where they could be joined: by a link that is listed, within a domain, by a segment.
 * Each part may have a hundred thousand nodes: looked for by what joins, never by every node with every other.
 */
function overOneGap(from: string, to: string, topology: Topology, made: Edges<Hop>): Hop[] | undefined {
  const near = [...flood(from, made).keys()];
  const far = [...flood(to, made).keys()];
  const join = byLink(near, far, topology) ?? byDomain(near, far, topology);
  if (!join) return undefined;
  const [a, b] = join;
  return [
    ...(shortest(from, a, made) ?? []),
    { from: a, to: b, link: undefined },
    ...(shortest(b, to, made) ?? []),
  ];
}

type Join = readonly [near: string, far: string];

/** The nearest to both that a listed link joins. */
function byLink(near: readonly string[], far: readonly string[], { links }: Topology): Join | undefined {
  const [here, there] = [orderOf(near), orderOf(far)];
  let best: { a: number; b: number } | undefined;
  const look = (one: string, other: string): void => {
    const [a, b] = [here.get(one), there.get(other)];
    if (a === undefined || b === undefined) return;
    if (!best || a < best.a || (a === best.a && b < best.b)) best = { a, b };
  };
  for (const { status, wantedOnly, source, destination } of links) {
    if (status === 'deleted' || wantedOnly) continue;
    look(source, destination);
    look(destination, source);
  }
  return best && [near[best.a] ?? '', far[best.b] ?? ''];
}

/** The nearest to both of one domain; else of two that a segment joins. */
function byDomain(
  near: readonly string[],
  far: readonly string[],
  { nodes, segments }: Topology,
): Join | undefined {
  const domains = new Map(nodes.map(({ id, domain }) => [id, domain]));
  const domainOf = (node: string): string => domains.get(node) ?? '';
  /** Of each domain there the nearest, and how near. */
  const there = new Map<string, { node: string; at: number }>();
  far.forEach((node, at) => {
    if (!there.has(domainOf(node))) there.set(domainOf(node), { node, at });
  });
  for (const a of near) {
    const found = domainOf(a) === '' ? undefined : there.get(domainOf(a));
    if (found) return [a, found.node];
  }
  const wanted = joinedBy(segments);
  for (const a of near) {
    const [found] = [...(wanted.get(domainOf(a)) ?? [])]
      .flatMap((domain) => there.get(domain) ?? [])
      .toSorted((one, other) => one.at - other.at);
    if (found) return [a, found.node];
  }
  return undefined;
}

const orderOf = (nodes: readonly string[]): Map<string, number> =>
  new Map(nodes.map((node, index) => [node, index]));

/** Domains that segments join each domain to, in the order they are listed. */
function joinedBy(segments: readonly SegmentRow[]): Map<string, Set<string>> {
  const joined = new Map<string, Set<string>>();
  const add = (a: string, b: string): void => {
    const there = joined.get(a);
    if (there) there.add(b);
    else joined.set(a, new Set([b]));
  };
  for (const { edges } of segments)
    for (const { a, b } of edges) {
      add(a, b);
      add(b, a);
    }
  return joined;
}

/** By way of the domains that segments join, over one node of each. */
function overSegments(
  from: string,
  to: string,
  { segments, nodes }: Topology,
  made: Edges<Hop>,
): Hop[] | undefined {
  const domains = new Map(nodes.map(({ id, domain }) => [id, domain]));
  const joined = joinedBy(segments);
  const through = shortest(domains.get(from) ?? '', domains.get(to) ?? '', (domain) =>
    [...(joined.get(domain) ?? [])].map((other) => ({ from: domain, to: other })),
  );
  if (!through || through.length < 2) return undefined;
  const nodeOf = someNodes(nodes);
  const stops = [from, ...through.slice(0, -1).flatMap((edge) => nodeOf.get(edge.to) ?? []), to];
  return stops.slice(1).map((stop, index) => {
    const before = stops[index] ?? from;
    return made(before).find((hop) => hop.to === stop) ?? { from: before, to: stop, link: undefined };
  });
}

/** Of each domain the first that is connected; else the first. */
function someNodes(nodes: Topology['nodes']): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, domain, status } of nodes)
    if (status === 'connected' && !found.has(domain)) found.set(domain, id);
  for (const { id, domain } of nodes) if (!found.has(domain)) found.set(domain, id);
  return found;
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
