import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ControlPlaneSchema,
  LinkStatus,
  ListControlPlanesResponseSchema,
  ListDomainsResponseSchema,
  ListLinksResponseSchema,
  ListNodeConnectionsResponseSchema,
  ListNodesResponseSchema,
  ListRoutesResponseSchema,
  ListSegmentsResponseSchema,
  NetworkDomainSchema,
  NetworkLinkSchema,
  NetworkNodeSchema,
  NetworkService,
  NodeConnectionSchema,
  SegmentSchema,
  Severity,
  WarningSchema,
} from '@muster/api';
import type { EquivalentCommand, NetworkLink, NetworkNode, Warning } from '@muster/api';
import type { NetworkCopy, SeenLink } from '../network/copy.ts';
import { absence, type SeenNode } from '../network/node-list.ts';
import type { Networks } from '../network/networks.ts';
import { releases } from '../upstream/control-plane/connection.ts';
import { noCommand } from '../upstream/command.ts';
import { controllerCommand } from '../upstream/control-plane/commands.ts';
import type { LinkRow } from '../upstream/control-plane/port.ts';
import { nodeCommand } from '../upstream/node-direct/commands.ts';
import { refuse } from '../upstream/refuse.ts';
import { bounded, noSuchConnection, pageOf } from './context.ts';
import { toFreshness } from './convert.ts';
import { routesOf } from './network-routes.ts';

export interface NetworkContext {
  networks: Networks;
  now: () => Date;
}

const linkStatuses = {
  unspecified: LinkStatus.UNSPECIFIED,
  pending: LinkStatus.PENDING,
  applied: LinkStatus.APPLIED,
  failed: LinkStatus.FAILED,
  deleted: LinkStatus.DELETED,
} as const satisfies Record<LinkRow['status'], LinkStatus>;

/** SLIM networks as the copies of their control planes have them. */
export function networkService({
  networks,
  now,
}: NetworkContext): Partial<ServiceImpl<typeof NetworkService>> {
  const copiesOf = async (connection: string): Promise<readonly NetworkCopy[]> => {
    const copies = connection === '' ? networks.listed : [only(connection)];
    await networks.first(copies);
    return copies;
  };
  const only = (name: string): NetworkCopy => {
    const copy = networks.get(bounded('connection', name, 63));
    if (!copy)
      throw noSuchConnection(
        name,
        networks.listed.map(({ connection }) => connection),
      );
    return copy;
  };
  /** The source that lists a node; the first where none does, which then says so. */
  const holderOf = async (node: string): Promise<NetworkCopy> => {
    const copies = networks.listed;
    await networks.first(copies);
    const found = copies.find(({ nodes }) => nodes.some(({ id }) => id === node)) ?? copies[0];
    return found ?? only('');
  };
  /** What every list says of where it comes from. */
  const about = (
    copies: readonly NetworkCopy[],
    words: readonly string[],
    ability?: 'links.read' | 'topology.read',
  ) => ({
    freshness: toFreshness(copies.map(({ connection, state }) => ({ name: connection.link.name, state }))),
    ...(copies[0] ? { command: commandFor(copies[0], words, ofFirst(copies)) } : {}),
    warnings: ability === undefined ? [] : lacking(copies, ability),
  });

  return {
    async listControlPlanes() {
      const copies = await copiesOf('');
      return create(ListControlPlanesResponseSchema, { controlPlanes: copies.map(toPlane) });
    },

    async listNodes({ connection, search, domain, page }) {
      const copies = await copiesOf(connection);
      const needle = bounded('search', search).toLowerCase();
      const all = copies.flatMap((copy) =>
        copy.nodes
          .filter((node) => domain === '' || node.domain === domain)
          .filter((node) => textOf(node).includes(needle))
          .map((node) => ({ copy, node })),
      );
      const { offset, limit } = pageOf(page);
      return create(ListNodesResponseSchema, {
        nodes: all.slice(offset, offset + limit).map(({ copy, node }) => toNode(copy, node)),
        total: BigInt(all.length),
        ...about(copies, ['node', 'list']),
      });
    },

    async listNodeConnections({ connection, node }) {
      const asked = bounded('node', node, 1024);
      const copy = connection === '' ? await holderOf(asked) : only(connection);
      const id = copy.direct ? copy.connection.link.name : asked;
      try {
        const rows = await copy.connection.plane.nodeConnections(id);
        return create(ListNodeConnectionsResponseSchema, {
          connections: rows.map((row) => create(NodeConnectionSchema, { ...row, id: String(row.id) })),
          command: commandFor(copy, ['connection', 'list', ...(copy.direct ? [] : ['--node-id', id])]),
          asOf: timestampFromDate(now()),
        });
      } catch (error) {
        throw refuse(`Reading the connections of ${id}`, copy.connection.link.name, error);
      }
    },

    async listRoutes(query) {
      const copies = await copiesOf(query.connection);
      const { routes, total, statuses } = routesOf(networks.routes, copies, query, now());
      const filters = [
        ...(query.source === '' ? [] : ['--origin-node-id', query.source]),
        ...(query.destination === '' ? [] : ['--target-node-id', query.destination]),
      ];
      return create(ListRoutesResponseSchema, {
        routes,
        total: BigInt(total),
        statuses,
        ...about(copies, ['route', 'list', '--all', ...filters]),
      });
    },

    async listLinks({ connection, search, statuses, source, destination, page }) {
      const copies = await copiesOf(connection);
      const needle = bounded('search', search).toLowerCase();
      const all = copies
        .flatMap((copy) => {
          const segmentsOf = segmentsIn(copy);
          return copy.links.map((link) => toLink(copy, link, segmentsOf(link)));
        })
        .filter((link) => statuses.length === 0 || statuses.includes(link.status))
        .filter((link) => source === '' || link.source === source)
        .filter((link) => destination === '' || link.destination === destination)
        .filter((link) =>
          [
            link.linkId,
            link.source,
            link.destination,
            link.destinationEndpoint,
            link.statusMessage,
            ...link.segments,
          ]
            .join('\n')
            .toLowerCase()
            .includes(needle),
        );
      const { offset, limit } = pageOf(page);
      return create(ListLinksResponseSchema, {
        links: all.slice(offset, offset + limit),
        total: BigInt(all.length),
        ...about(copies, ['link', 'list', '--all'], 'links.read'),
      });
    },

    async listSegments({ connection }) {
      const copies = await copiesOf(connection);
      return create(ListSegmentsResponseSchema, {
        segments: copies.flatMap((copy) =>
          copy.segments.map(({ name, domains, edges }) =>
            create(SegmentSchema, {
              connection: copy.connection.link.name,
              name,
              domains,
              links: edges.map(({ a, b }) => ({ domainA: a, domainB: b })),
            }),
          ),
        ),
        ...about(copies, ['segment', 'list'], 'topology.read'),
      });
    },

    async listDomains({ connection }) {
      const copies = await copiesOf(connection);
      return create(ListDomainsResponseSchema, {
        domains: copies.flatMap((copy) =>
          copy.domains.map(({ name, nodes }) =>
            create(NetworkDomainSchema, {
              connection: copy.connection.link.name,
              name,
              nodes,
              segments: copy.segments.flatMap((segment) =>
                segment.domains.includes(name) ? segment.name : [],
              ),
            }),
          ),
        ),
        ...about(copies, ['domain', 'list'], 'topology.read'),
      });
    },
  };
}

const ofFirst = (copies: readonly NetworkCopy[]): string =>
  copies.length > 1
    ? `For the first of ${copies.length} ${copies.some(({ direct }) => direct) ? 'sources' : 'control planes'}.`
    : '';

/** slimctl on a control plane, or on the node itself; a node has no list but of routes and connections. */
function commandFor(
  { connection, direct }: NetworkCopy,
  words: readonly string[],
  note = '',
): EquivalentCommand {
  if (!direct) return controllerCommand(connection.config, words, note);
  const [what = '', verb = ''] = words;
  return what === 'route' || what === 'connection'
    ? nodeCommand(connection.config, [what, verb], note)
    : noCommand('slimctl asks a node itself for its routes and connections only.');
}

const textOf = (node: SeenNode): string =>
  [node.id, node.domain, ...node.endpoints.flatMap(({ endpoint, external }) => [endpoint, external])]
    .join('\n')
    .toLowerCase();

/** Why a list of some control plane is empty: its generation has no such thing. */
function lacking(copies: readonly NetworkCopy[], ability: 'links.read' | 'topology.read'): Warning[] {
  // What one node lacks is no news beside a control plane that has it.
  const telling = copies.length > 1 ? copies.filter(({ direct }) => !direct) : copies;
  return telling.flatMap(({ connection }) => {
    const reason = connection.link.up ? connection.plane.abilities[ability] : '';
    return reason === ''
      ? []
      : create(WarningSchema, {
          code: 'lacking',
          text: `${connection.link.name}: ${reason}`,
          severity: Severity.INFO,
        });
  });
}

function toPlane({ connection, nodes, state, direct }: NetworkCopy) {
  const { link } = connection;
  const plane = link.up ? connection.plane : undefined;
  const { description, capabilities } = link.describe();
  return create(ControlPlaneSchema, {
    connection: link.name,
    generation: !plane
      ? ''
      : connection.kind === 'slim-node-direct'
        ? connection.releases
        : releases[plane.generation],
    description,
    capabilities: capabilities.map(({ name, reason }) => ({ name, reason })),
    nodes: nodes.length,
    topologyMode: plane?.topologyMode ?? 'unknown',
    direct,
    freshness: toFreshness([{ name: link.name, state }]),
  });
}

function toNode(copy: NetworkCopy, node: SeenNode): NetworkNode {
  const said = copy.truth.says(node.id);
  const warnings: Warning[] = [];
  const warn = (code: string, text: string, severity: Severity): void =>
    void warnings.push(create(WarningSchema, { code, text, severity }));
  if (node.domain !== '' && !node.endpoints.some(({ external }) => external !== ''))
    warn(
      'no-external-endpoint',
      'It announces no external endpoint: no other domain can be linked to it.',
      Severity.WARNING,
    );
  const statusReason = absence(node, copy.connection.link.name);
  // Who is not connected cannot answer either: that is said once.
  if (said && said.reason !== '' && statusReason === '')
    warn('silent', `What it has cannot be read. ${said.reason}`, Severity.WARNING);
  return create(NetworkNodeSchema, {
    connection: copy.connection.link.name,
    id: node.id,
    domain: node.domain,
    status: node.status,
    statusSince: timestampFromDate(node.since),
    lastSeen: node.lastSeen && timestampFromDate(node.lastSeen),
    endpoints: node.endpoints.map(({ endpoint, external, tlsRequired, auth, spireTrustDomain }) => ({
      endpoint,
      externalEndpoint: external,
      tlsRequired,
      auth,
      spireTrustDomain,
    })),
    ...(said && said.reason === '' ? { routes: said.routes.length } : {}),
    // A node by itself does not know which of its connections a control plane calls a link.
    ...(copy.direct
      ? {}
      : {
          links: copy.links.filter(({ source, destination }) => source === node.id || destination === node.id)
            .length,
        }),
    direct: copy.direct,
    statusReason,
    warnings,
  });
}

/** Segments that want a link, by the domains of its ends: looked up, since there may be very many of all three. */
function segmentsIn({ nodes, segments }: NetworkCopy): (link: SeenLink) => string[] {
  const domains = new Map(nodes.map(({ id, domain }) => [id, domain]));
  const pair = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`);
  const wanting = new Map<string, Set<string>>();
  for (const { name, edges } of segments)
    for (const { a, b } of edges) {
      const names = wanting.get(pair(a, b));
      if (names) names.add(name);
      else if (a !== b) wanting.set(pair(a, b), new Set([name]));
    }
  return ({ source, destination }) => [
    ...(wanting.get(pair(domains.get(source) ?? source, domains.get(destination) ?? destination)) ?? []),
  ];
}

function toLink(copy: NetworkCopy, link: SeenLink, segments: string[]): NetworkLink {
  return create(NetworkLinkSchema, {
    connection: copy.connection.link.name,
    id: link.id,
    linkId: link.linkId,
    source: link.source,
    destination: link.destination,
    destinationEndpoint: link.destinationEndpoint,
    status: linkStatuses[link.status],
    statusMessage: link.statusMessage,
    lastUpdated: link.lastUpdated && timestampFromDate(link.lastUpdated),
    wantedOnly: link.wantedOnly,
    changes: link.changes,
    segments,
  });
}
