import {
  type ListRoutesRequest,
  LinkStatus,
  NetworkService,
  type NodeEndpointSchema,
  RouteSchema,
  RouteStatus,
  RouteTruth,
  Severity,
} from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';

/** A name that tries to be markup, and to be read from right to left. */
export const HOSTILE = 'acme/ops/\u202egnp<img src=x onerror=alert(1)>';
/** A node whose connections cannot be asked for. */
export const SILENT = 'lighthouse/lamp-1';

const connection = 'control-plane';
const at = (ms: number) => timestampFromMs(Date.now() + ms);
const freshness = () => ({ asOf: at(-3000), refreshing: false });
const command = { tool: 'slimctl', line: 'slimctl controller node list' };

const endpoint = (external: string): MessageInitShape<typeof NodeEndpointSchema> => ({
  endpoint: '0.0.0.0:46357',
  externalEndpoint: external,
  tlsRequired: true,
  auth: 'spire',
  spireTrustDomain: 'harbor.example',
});

const nodes = () =>
  [
    ['harbor', 'quay-1', 'connected'],
    ['harbor', 'quay-2', 'connected'],
    ['lighthouse', 'lamp-1', 'connected'],
    ['drydock', 'crane-1', 'not-connected'],
  ].map(([domain = '', name = '', status = '']) => ({
    connection,
    id: `${domain}/${name}`,
    domain,
    status,
    statusSince: at(-60_000),
    endpoints: [endpoint(status === 'connected' ? `${name}.example:46357` : '')],
    routes: 3,
    links: 1,
    warnings:
      status === 'connected'
        ? []
        : [
            {
              code: 'no-external-endpoint',
              text: 'It announces no external endpoint: no other domain can be linked to it.',
              severity: Severity.WARNING,
            },
          ],
  }));

const route = (init: MessageInitShape<typeof RouteSchema>) =>
  create(RouteSchema, {
    connection,
    name: 'acme/ops/alice',
    instance: '6f1c22d0-9b1e-4c6f-8a55-0d3f71e24ab1',
    source: 'harbor/quay-2',
    destination: SILENT,
    status: RouteStatus.APPLIED,
    truth: RouteTruth.SAME,
    lastUpdated: at(-3_600_000),
    linkId: 'l-1',
    ...(init as object),
  });

const routes = () => [
  route({ id: 'lost', name: 'acme/payments/ledger-agent', truth: RouteTruth.NOT_ON_NODE }),
  route({
    id: 'stuck',
    source: 'drydock/crane-1',
    status: RouteStatus.PENDING,
    stuck: true,
    statusMessage: 'no link between drydock and lighthouse\u202e',
    truth: RouteTruth.UNKNOWN,
    truthReason: 'Only routes that were applied are compared.',
    linkId: '',
  }),
  route({ id: 'hostile', name: HOSTILE }),
  route({
    id: 'template',
    source: '*',
    wildcard: true,
    truth: RouteTruth.UNKNOWN,
    truthReason: 'A template is on no node itself: what it was expanded to is compared.',
  }),
  ...Array.from({ length: 250 }, (_, i) => route({ id: `r-${i}`, name: `acme/many/app-${i}` })),
];

/** A network of three domains with one route that its node has lost. */
export function networkRoutes(router: ConnectRouter): void {
  const about = () => ({ freshness: freshness(), command });
  const page = <Row>(rows: readonly Row[], of: ListRoutesRequest['page']) => {
    const from = Number(of?.offset ?? 0n);
    return rows.slice(from, from + (of?.limit || 100));
  };
  router.service(NetworkService, {
    listControlPlanes: () => ({
      controlPlanes: [
        {
          connection,
          generation: '2.0–3.4',
          description: 'SLIM control plane 2.0–3.4, 4 nodes',
          capabilities: [
            { name: 'topology.write', reason: '' },
            { name: 'domains.write', reason: '' },
            { name: 'routes.write', reason: 'From 2.0 routes follow from the topology.' },
            { name: 'connections.write', reason: 'Connections are made by hand in 0.0–0.1 only.' },
            { name: 'nodes.deregister', reason: 'Nodes are deregistered in 0.0–0.1 only.' },
          ],
          nodes: 4,
          topologyMode: 'api',
          freshness: freshness(),
        },
      ],
    }),
    listNodes: (request) => {
      const found = nodes().filter(
        ({ id, domain }) =>
          id.includes(request.search.toLowerCase()) && (!request.domain || domain === request.domain),
      );
      return { nodes: page(found, request.page), total: BigInt(found.length), ...about() };
    },
    listNodeConnections: ({ node }) => {
      if (node === SILENT) throw new ConnectError('The node did not answer in time.', Code.DeadlineExceeded);
      return {
        connections: [{ id: '7', type: 'edge', direction: 'outgoing', peerNode: SILENT, linkId: 'l-1' }],
        command,
        asOf: at(0),
      };
    },
    listRoutes: (request) => {
      const found = routes().filter(
        (one) =>
          `${one.name} ${one.instance} ${one.source} ${one.linkId}`.includes(request.search) &&
          (!request.source || one.source === request.source) &&
          (!request.destination || one.destination === request.destination) &&
          (request.wildcard === undefined || one.wildcard === request.wildcard) &&
          (request.truths.length === 0 || request.truths.includes(one.truth)),
      );
      const shown = found.filter(
        ({ status }) => request.statuses.length === 0 || request.statuses.includes(status),
      );
      const of = (status: RouteStatus) => BigInt(found.filter((one) => one.status === status).length);
      return {
        routes: page(shown, request.page),
        total: BigInt(shown.length),
        statuses: [
          { value: 'applied', count: of(RouteStatus.APPLIED) },
          { value: 'pending', count: of(RouteStatus.PENDING) },
        ],
        ...about(),
      };
    },
    listLinks: ({ search }) => {
      const links = [
        {
          connection,
          id: 'l-1',
          linkId: 'l-1',
          source: 'harbor/quay-2',
          destination: SILENT,
          status: LinkStatus.APPLIED,
          segments: ['operations'],
        },
        {
          connection,
          id: 'pending|harbor|drydock',
          source: 'harbor',
          destination: 'drydock',
          status: LinkStatus.PENDING,
          wantedOnly: true,
          segments: ['yard'],
        },
      ].filter((link) => JSON.stringify(link).includes(search));
      return { links, total: BigInt(links.length), ...about() };
    },
    listSegments: () => ({
      segments: [
        {
          connection,
          name: 'operations',
          domains: ['harbor', 'lighthouse'],
          links: [{ domainA: 'harbor', domainB: 'lighthouse' }],
        },
        {
          connection,
          name: 'yard',
          domains: ['harbor', 'drydock'],
          links: [{ domainA: 'harbor', domainB: 'drydock' }],
        },
      ],
      ...about(),
    }),
    listDomains: () => ({
      domains: [
        {
          connection,
          name: 'harbor',
          nodes: ['harbor/quay-1', 'harbor/quay-2'],
          segments: ['operations', 'yard'],
        },
        { connection, name: 'lighthouse', nodes: [SILENT], segments: ['operations'] },
      ],
      ...about(),
    }),
  });
}
