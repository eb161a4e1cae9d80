import { serverWords } from '../upstream/sentences.ts';
import type { Net } from './net.ts';
import { query } from './step.ts';
import type { Remedy, Step } from './step.ts';
import { gapOf } from './way.ts';
import type { Gap, Hop } from './way.ts';

/** One step a hop: whether the two nodes are linked, and what keeps them from it. */
export function linkStep(net: Net, hop: Hop): Step {
  const base = {
    kind: 'link' as const,
    title: `Link between ${hop.from} and ${hop.to}`,
    asOf: net.asOf,
    nodes: [hop.from, hop.to],
  };
  const lacks = net.copy.connection.link.lacks('links.read');
  if (hop.link) {
    const { link } = hop;
    return {
      ...base,
      state: 'good',
      detail: `Made${link.changes > 0 ? `; it changed ${link.changes} times since this gateway watches it` : ''}.`,
      link: linkPath(net, link),
    };
  }
  if (lacks !== '') return { ...base, state: 'not-asked', detail: lacks };
  const gap = gapOf(hop, net.copy);
  return gap.link ? listedLink(net, base, gap, gap.link) : noLink(net, base, hop, gap);
}

type Base = Pick<Step, 'kind' | 'title' | 'asOf' | 'nodes'>;
type Listed = NonNullable<Gap['link']>;

function listedLink(net: Net, base: Base, { segments }: Gap, link: Listed): Step {
  const said = link.statusMessage === '' ? '' : ` It says: ${serverWords(link.statusMessage)}.`;
  const path = linkPath(net, link);
  const wants = segments.length > 0 ? ` Segment ${segments.join(', ')} wants it.` : '';
  if (link.wantedOnly) {
    const empty = [link.source, link.destination].filter(
      (domain) => !net.copy.nodes.some((node) => node.domain === domain && node.status !== 'not-connected'),
    );
    return {
      ...base,
      state: 'wrong',
      detail: `It is only wanted: ${empty.length > 0 ? `${empty.join(' and ')} ${empty.length > 1 ? 'have' : 'has'} no node that is connected` : 'the control plane has no nodes to make it between'}.${wants}${said}`,
      link: path,
      remedies: [
        advice(
          `Start a node of ${empty[0] ?? 'the domain'}, or correct the domain_name in its configuration.`,
          query('/network', { tab: 'nodes' }),
        ),
      ],
    };
  }
  const closed = withoutAddress(net, base.nodes ?? []);
  const remedies: Remedy[] = [
    ...(closed.length > 0 ? [externalEndpoint(closed)] : []),
    ...(link.status === 'failed'
      ? [
          advice(
            `See that ${link.destination} listens at ${serverWords(link.destinationEndpoint) || 'the address it announces'}, that no firewall is between them, and that each trusts the other’s certificate.`,
          ),
        ]
      : [advice('Look again in a minute: the control plane reconciles every 60 seconds.', path)]),
  ];
  const what =
    link.status === 'failed'
      ? 'It could not be made.'
      : link.status === 'pending'
        ? 'It is pending: the control plane has not made it yet.'
        : 'The control plane does not say whether it was made.';
  return {
    ...base,
    state: link.status === 'unspecified' ? 'unknown' : 'wrong',
    detail: `${what}${said}${wants}${trustNote(net, base.nodes ?? [])}`,
    link: path,
    remedies,
  };
}

function noLink(net: Net, base: Base, { from, to }: Hop, { domains: [a, b], segments }: Gap): Step {
  const connection = net.name;
  const topology = net.copy.connection.link.lacks('topology.read');
  if (topology !== '')
    return {
      ...base,
      state: 'wrong',
      detail: `${net.name} lists no link between the two.`,
      remedies: [advice('See whether each node is configured with a connection to the other.')],
    };
  if (a === b)
    return {
      ...base,
      state: 'wrong',
      detail: `Both are of ${a === '' ? 'no domain' : `domain ${a}`}, and no link joins them.`,
      remedies: [
        advice(
          'Nodes of one domain are linked by the control plane itself once both are connected to it: see that both are, and that each reaches the endpoint of the other.',
          query('/network', { tab: 'nodes', domain: a }),
        ),
      ],
    };
  const closed = withoutAddress(net, [from, to]);
  if (segments.length > 0)
    return {
      ...base,
      state: 'wrong',
      detail: `Segment ${segments.join(', ')} wants ${a} and ${b} linked, and the control plane lists no link between the two nodes.${trustNote(net, [from, to])}`,
      link: query('/network', { open: 'segment', id: segments[0] ?? '', on: connection }),
      remedies: [
        ...(closed.length === 2 ? [externalEndpoint(closed)] : []),
        advice('Look again in a minute: the control plane reconciles every 60 seconds.'),
      ],
    };
  const fixed = net.copy.connection.link.lacks('topology.write');
  return {
    ...base,
    state: 'wrong',
    detail: `No segment links the domains ${a} and ${b}: nothing of one is reachable from the other.`,
    link: query('/network', { tab: 'segments' }),
    remedies: fixed === '' ? join(net, a, b) : [advice(`${fixed} Link ${a} and ${b} there.`)],
  };
}

/** Most segments that are offered to take a new link. */
const mostOffered = 3;

function join(net: Net, a: string, b: string): Remedy[] {
  const connection = net.name;
  const link = (segment: string): Remedy => ({
    title: `Link ${a} and ${b} in segment ${segment}`,
    action: 'link.add',
    input: { connection, segment, domain_a: a, domain_b: b },
  });
  // One that has one of the two already is nearer to what is meant.
  const rank = ({ domains }: { domains: readonly string[] }): number =>
    Number(!domains.includes(a)) + Number(!domains.includes(b));
  const there = net.copy.segments.toSorted((one, other) => rank(one) - rank(other)).slice(0, mostOffered);
  if (there.length > 0) return there.map(({ name }) => link(name));
  const name = `${a}-${b}`.slice(0, 253);
  return [
    { title: `Add segment ${name}`, action: 'segment.add', input: { connection, name } },
    advice(`Then look again: linking ${a} and ${b} in it is offered.`),
  ];
}

const advice = (title: string, link = ''): Remedy => ({ title, ...(link === '' ? {} : { link }) });

const externalEndpoint = (nodes: readonly string[]): Remedy =>
  advice(
    `Give ${nodes.join(' and ')} an external_endpoint in the configuration of its data plane: without one no other domain can dial it.`,
  );

/** Nodes that announce no address for other domains. */
function withoutAddress(net: Net, nodes: readonly string[]): string[] {
  const [first = '', second = ''] = nodes;
  if (net.domainOf(first) === net.domainOf(second)) return [];
  return nodes.filter((id) => {
    const node = net.nodes.get(id);
    return node && !node.endpoints.some(({ external }) => external !== '');
  });
}

/** Nodes that authenticate by SPIRE must trust the trust domain of the other. */
function trustNote(net: Net, nodes: readonly string[]): string {
  const trust = nodes.map(
    (id) => net.nodes.get(id)?.endpoints.find(({ auth }) => auth === 'spire')?.spireTrustDomain ?? '',
  );
  const [a = '', b = ''] = trust;
  return a !== '' && b !== '' && a !== b
    ? ` Both authenticate by SPIRE, as ${a} and ${b}: each needs the other’s bundle.`
    : '';
}

/** Where the page of networks shows a link: it is known by its two ends and its id. */
function linkPath({ name }: Net, { source, destination, linkId }: Listed): string {
  const id = [source, destination, linkId]
    .map((part) => part.replaceAll('%', '%25').replaceAll('>', '%3E'))
    .join('>');
  return query('/network', { open: 'link', id, on: name });
}
