import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ControlPlaneService, LinkStatus } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import type {
  LinkEntrySchema,
  NodeEntrySchema,
  RouteEntrySchema,
} from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import type {
  ConnectionEntrySchema,
  RouteEntrySchema as NodeRouteSchema,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import { servePlane } from './serve.ts';
import type { ServedPlane } from './serve.ts';

type RouteInit = MessageInitShape<typeof RouteEntrySchema>;

export interface PlaneHOptions {
  nodes?: MessageInitShape<typeof NodeEntrySchema>[];
  /** Made as they are asked for: there may be a hundred thousand. */
  routes?: () => Iterable<RouteInit>;
  links?: () => Iterable<MessageInitShape<typeof LinkEntrySchema>>;
  /** What each node has; undefined: it does not answer. */
  nodeRoutes?: (node: string) => MessageInitShape<typeof NodeRouteSchema>[] | undefined;
  /** Connections of a node, by its id. */
  connections?: (node: string) => MessageInitShape<typeof ConnectionEntrySchema>[];
  /** Its topology is in its configuration. */
  configMode?: boolean;
  /** Domains are managed by secrets. */
  secrets?: boolean;
  /** What it answers instead of admitting a domain by this secret. */
  refuseDomain?: (secret: string) => string;
}

const anyInstance = 0xffff_ffff_ffff_ffffn;

/** A name as 2.0–3.4 write it; `instance` undefined: none. */
export function wireName(name: string, instance?: bigint) {
  const [strComponent0 = '', strComponent1 = '', strComponent2 = ''] = name.split('/');
  return {
    name: {
      component0: 1n,
      component1: 2n,
      component2: 3n,
      nameId:
        instance === undefined
          ? { id0: anyInstance, id1: anyInstance }
          : { id0: instance >> 64n, id1: instance & anyInstance },
    },
    strName: { strComponent0, strComponent1, strComponent2 },
  };
}

/** The control plane of 2.0–3.4 as far as its northbound API shows it. */
export async function planeH(
  options: PlaneHOptions = {},
): Promise<ServedPlane & { segments: Map<string, Set<string>> }> {
  const nodes = options.nodes ?? [
    {
      id: 'domain-a/node-a',
      domain: 'domain-a',
      status: 1,
      connections: [
        {
          endpoint: '127.0.0.1:46357',
          externalEndpoint: 'a.example:46357',
          tlsRequired: true,
          authMethod: 1,
        },
      ],
    },
    { id: 'domain-b/node-b', domain: 'domain-b', status: 1, connections: [{ endpoint: '127.0.0.1:46457' }] },
  ];
  /** By segment: pairs of domains. */
  const segments = new Map<string, Set<string>>();
  const domains = new Set(nodes.flatMap(({ domain, status }) => (status === 1 ? (domain ?? []) : [])));
  /** Domains that were removed: their nodes are dropped, and not told. */
  const dropped = new Set<string>();
  const present = () => nodes.filter(({ domain }) => !dropped.has(domain ?? ''));
  const byApi = (): void => {
    if (options.configMode === true)
      throw new ConnectError('topology is managed by the configuration file', Code.FailedPrecondition);
  };
  const known = (id: string): void => {
    if (!present().some((node) => node.id === id))
      throw new ConnectError(`node ${id} not found`, Code.NotFound);
  };
  const plane = await servePlane('rust', (router) =>
    router.service(ControlPlaneService, {
      async *listNodes() {
        yield* present();
      },
      listConnections({ id }) {
        known(id);
        return { entries: options.connections?.(id) ?? [], done: true };
      },
      listNodeRoutes({ id }) {
        known(id);
        const entries = options.nodeRoutes?.(id);
        if (!entries) throw new ConnectError('internal error', Code.Internal);
        return { entries, done: true };
      },
      async *listRoutes() {
        yield* options.routes?.() ?? [];
      },
      async *listLinks() {
        yield* options.links?.() ?? [];
        for (const pair of new Set([...segments.values()].flatMap((pairs) => [...pairs]))) {
          const [sourceNodeId = '', destNodeId = ''] = pair.split('|');
          if (domains.has(sourceNodeId) && domains.has(destNodeId)) continue;
          yield {
            id: `pending|${pair}`,
            linkId: '-',
            sourceNodeId,
            destNodeId,
            destEndpoint: '-',
            status: LinkStatus.PENDING,
          };
        }
      },
      listSegments: () => ({
        segments: [...segments].map(([name, pairs]) => ({
          name,
          domains: [...new Set([...pairs].flatMap((pair) => pair.split('|')))],
          edges: [...pairs].map((pair) => {
            const [domainA = '', domainB = ''] = pair.split('|');
            return { domainA, domainB };
          }),
        })),
      }),
      // Its own comment promises AlreadyExists; adding twice goes well.
      addSegment({ name }) {
        byApi();
        if (!segments.has(name)) segments.set(name, new Set());
        return {};
      },
      removeSegment({ name }) {
        byApi();
        if (!segments.delete(name)) throw new ConnectError(`segment ${name} not found`, Code.NotFound);
        return {};
      },
      addTopologyLink({ domainA, domainB, segment }) {
        byApi();
        const pairs = segments.get(segment);
        if (!pairs) throw new ConnectError(`segment ${segment} not found`, Code.NotFound);
        pairs.add(`${domainA}|${domainB}`);
        const strange = [domainA, domainB].filter((domain) => !domains.has(domain));
        return { warnings: strange.map((domain) => `domain ${domain} has no nodes`) };
      },
      removeTopologyLink({ domainA, domainB, segment }) {
        byApi();
        if (segments.get(segment)?.delete(`${domainA}|${domainB}`) !== true)
          throw new ConnectError('link not found', Code.NotFound);
        return {};
      },
      listDomains: () => ({
        domains: [...domains].map((domainName) => ({
          domainName,
          nodes: present().flatMap(({ id, domain }) => (domain === domainName ? (id ?? []) : [])),
        })),
      }),
      addDomain({ domainName, secret }) {
        bySecret(options.secrets);
        if (options.refuseDomain) throw new ConnectError(options.refuseDomain(secret), Code.Internal);
        if (Buffer.byteLength(secret) < 32)
          throw new ConnectError(
            `failed to build verifier for domain '${domainName}': hmac key is too short`,
            Code.Internal,
          );
        domains.add(domainName);
        return {};
      },
      removeDomain({ domainName }) {
        bySecret(options.secrets);
        // One that is not there goes well too.
        domains.delete(domainName);
        dropped.add(domainName);
        return {};
      },
    }),
  );
  return Object.assign(plane, { segments });
}

/** Without secrets it answers Unimplemented, and says so in words. */
function bySecret(secrets: boolean | undefined): void {
  if (secrets !== true)
    throw new ConnectError('domain management requires registration_auth: shared_secret', Code.Unimplemented);
}
