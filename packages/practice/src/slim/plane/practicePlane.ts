import { planeH, wireName } from './plane.ts';
import type { PlaneHOptions } from './plane.ts';

type Node = NonNullable<PlaneHOptions['nodes']>[number] & { id: string; domain: string };
interface NodeRoute {
  name: ReturnType<typeof wireName>;
  connections: { id: bigint; connectionType: number; peerNodeId?: string; linkId?: string }[];
}

/** Three sites; the third has not come up yet. */
const nodes: Node[] = [
  node('harbor', 'quay-1', 'quay-1.harbor.example:46357'),
  node('harbor', 'quay-2', 'quay-2.harbor.example:46357'),
  node('lighthouse', 'lamp-1', 'lamp-1.lighthouse.example:46357'),
  // It announces no address for other domains: nothing can be linked to it.
  { ...node('drydock', 'crane-1'), status: 2 },
];

/** Who runs where. */
const runs: readonly (readonly [name: string, instance: bigint, node: string])[] = [
  ['acme/ops/alice', 0x6f1c_22d0_9b1e_4c6f_8a55_0d3f_71e2_4ab1n, 'harbor/quay-1'],
  ['acme/ops/bob', 0x1d0a_7c55_41f3_4c02_9f2e_aa10_5b6c_77d9n, 'harbor/quay-2'],
  ['acme/payments/fraud-watch', 0x90b3_1f6e_7d22_4b8a_b0a1_3c55_e2f0_1844n, 'lighthouse/lamp-1'],
  ['acme/payments/ledger-agent', 0x2c9e_80a7_13d4_4e5b_a6c7_f410_92be_0d63n, 'lighthouse/lamp-1'],
  ['acme/ops/pager-bot', 0x51d3_94b2_07c8_4a1e_bc06_2e9d_45f7_118an, 'harbor/quay-1'],
  ['acme/support/triage-bot', 0xc4f0_7a19_e36d_4d5f_87b1_60a2_9c3e_5d07n, 'lighthouse/lamp-1'],
  ['muster/practice/moderator', 0x0e82_d6c5_4b90_4f33_a1de_7715_30cb_f92en, 'harbor/quay-1'],
  ['muster/practice/channel-manager', 0xb81d_53a6_0c7f_4e29_94d3_2f60_e8a1_7c45n, 'harbor/quay-1'],
  ['muster/practice/channel-manager-fixed', 0x7e44_09fb_d6c2_4b17_8c3a_51d9_06bf_e283n, 'lighthouse/lamp-1'],
];

const incidents = 0x9a40_1be7_62f3_4c88_b5d2_03e6_81c9_7f14n;
const reconciliation = 0x37bd_e0c4_9851_4e0a_96f7_4d2b_a15e_c860n;
/** Nodes of a channel's members have its name. */
const subscribed: typeof runs = [
  ['acme/ops/incident-room', incidents, 'harbor/quay-1'],
  ['acme/ops/incident-room', incidents, 'harbor/quay-2'],
  ['acme/ops/incident-room', incidents, 'lighthouse/lamp-1'],
  ['acme/payments/reconciliation', reconciliation, 'harbor/quay-1'],
  ['acme/payments/reconciliation', reconciliation, 'lighthouse/lamp-1'],
];

/** In the list of the control plane as applied, and gone from its node: the failure that operators meet most. */
const lost = { node: 'harbor/quay-2', name: 'acme/payments/ledger-agent' };

/** A channel has no instance: the nodes of its members subscribe to its name. */
type App = [name: string, instance: bigint | undefined, node: string];

/** A channel with who is in it, each `org/ns/app`. */
export type HeldChannel = readonly [channel: string, members: readonly string[]];

/**
 * A control plane of 2.0–3.4 with a small network behind it: its routes follow from the segments it is given.
 * @param channels those that there are besides its own: the nodes of their members subscribe to them
 */
export async function startPracticePlane(channels: () => Iterable<HeldChannel> = () => []): Promise<{
  address: string;
  /** An application runs as this instance (a UUID) now; others than those of the plane are none of its business. */
  meet: (name: string, instance: string) => void;
  /** The UUID it runs as; undefined: it is none of the plane's. */
  instanceOf: (name: string) => string | undefined;
  stop: () => Promise<void>;
}> {
  const own = [...runs, ...subscribed].map(([name, instance, at]): App => [name, instance, at]);
  const apps = (): App[] => {
    const has = new Map(own.map((one) => [`${one[0]}@${one[2]}`, one]));
    for (const [channel, members] of channels())
      for (const member of members) {
        const at = runs.find(([name]) => name === member)?.[2];
        const key = `${channel}@${at}`;
        if (at !== undefined && !has.has(key)) has.set(key, [channel, undefined, at]);
      }
    return [...has.values()];
  };
  const began = BigInt(Math.floor(Date.now() / 1000)) - 3600n;
  const linked = (a: string, b: string): boolean =>
    a === b || [...plane.segments.values()].some((pairs) => pairs.has(`${a}|${b}`) || pairs.has(`${b}|${a}`));
  const reaches = (from: Node, to: Node): boolean =>
    from.id !== to.id && from.status === 1 && to.status === 1 && linked(from.domain, to.domain);
  const find = (id: string): Node => nodes.find((one) => one.id === id) ?? node('', id);
  const linkId = (a: Node, b: Node): string => [a.id, b.id].toSorted().join('~');
  const plane = await planeH({
    nodes,
    secrets: true,
    *routes() {
      for (const [name, instance, at] of apps()) {
        const to = find(at);
        yield {
          id: `${name}@*>${to.id}`,
          sourceNodeId: '*',
          destNodeId: to.id,
          name: wireName(name, instance),
          status: 1,
          lastUpdated: began,
        };
        for (const from of nodes) {
          if (from.id === to.id) continue;
          const open = reaches(from, to);
          yield {
            id: `${name}@${from.id}>${to.id}`,
            sourceNodeId: from.id,
            destNodeId: to.id,
            name: wireName(name, instance),
            status: open ? 1 : 4,
            statusMsg: open ? '' : `no link between ${from.domain} and ${to.domain}`,
            lastUpdated: began,
            linkId: open ? linkId(from, to) : '',
          };
        }
      }
    },
    *links() {
      for (const from of nodes)
        for (const to of nodes) {
          if (from.id >= to.id || !reaches(from, to)) continue;
          yield {
            id: linkId(from, to),
            linkId: linkId(from, to),
            sourceNodeId: from.id,
            destNodeId: to.id,
            destEndpoint: to.connections?.[0]?.externalEndpoint ?? '',
            status: 2,
            lastUpdated: began,
          };
        }
    },
    connections(id) {
      const from = find(id);
      const peers = nodes.filter((to) => reaches(from, to));
      return [
        { id: 1n, connectionType: 0 },
        ...peers.map((to, index) => ({
          id: BigInt(index + 2),
          connectionType: to.domain === from.domain ? 2 : 3,
          direction: from.id < to.id ? 0 : 1,
          configData: JSON.stringify({ endpoint: `https://${to.connections?.[0]?.externalEndpoint ?? ''}` }),
          linkId: linkId(from, to),
          peerNodeId: to.id,
        })),
      ];
    },
    nodeRoutes(id) {
      const from = find(id);
      if (from.status !== 1) return undefined;
      // A channel is one name, with a connection to each node that has members.
      const rows = new Map<string, NodeRoute>();
      for (const [name, instance, at] of apps()) {
        const to = find(at);
        const connection =
          at === id
            ? { id: 1n, connectionType: 0 }
            : reaches(from, to) && !(lost.node === id && lost.name === name)
              ? { id: 2n, connectionType: 2, peerNodeId: to.id, linkId: linkId(from, to) }
              : undefined;
        if (!connection) continue;
        const row: NodeRoute = rows.get(name) ?? { name: wireName(name, instance), connections: [] };
        row.connections.push(connection);
        rows.set(name, row);
      }
      return [...rows.values()];
    },
  });
  plane.segments.set('operations', new Set(['harbor|lighthouse']));
  plane.segments.set('yard', new Set(['harbor|drydock']));
  return {
    address: plane.address,
    meet(name, instance) {
      const app = own.find((one) => one[0] === name);
      if (app && /^[0-9a-f-]{36}$/u.test(instance)) app[1] = BigInt(`0x${instance.replaceAll('-', '')}`);
    },
    instanceOf(name) {
      const hex = own
        .find((one) => one[0] === name)?.[1]
        ?.toString(16)
        .padStart(32, '0');
      return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
    },
    stop: plane.close,
  };
}

function node(domain: string, name: string, externalEndpoint?: string): Node {
  return {
    id: `${domain}/${name}`,
    domain,
    status: 1,
    connections: [
      {
        endpoint: '0.0.0.0:46357',
        tlsRequired: true,
        authMethod: 1,
        spireTrustDomain: `${domain}.example`,
        ...(externalEndpoint === undefined ? {} : { externalEndpoint }),
      },
    ],
  };
}
