import { planeH, wireName } from './plane.ts';
import type { PlaneHOptions } from './plane.ts';

type Node = NonNullable<PlaneHOptions['nodes']>[number] & { id: string; domain: string };

/** Three sites; the third has not come up yet. */
const nodes: Node[] = [
  node('harbor', 'quay-1', 'quay-1.harbor.example:46357'),
  node('harbor', 'quay-2', 'quay-2.harbor.example:46357'),
  node('lighthouse', 'lamp-1', 'lamp-1.lighthouse.example:46357'),
  // It announces no address for other domains: nothing can be linked to it.
  { ...node('drydock', 'crane-1'), status: 2 },
];

/** Who runs where. */
const apps: readonly (readonly [name: string, instance: bigint, node: string])[] = [
  ['acme/ops/alice', 0x6f1c_22d0_9b1e_4c6f_8a55_0d3f_71e2_4ab1n, 'harbor/quay-1'],
  ['acme/ops/bob', 0x1d0a_7c55_41f3_4c02_9f2e_aa10_5b6c_77d9n, 'harbor/quay-2'],
  ['acme/payments/fraud-watch', 0x90b3_1f6e_7d22_4b8a_b0a1_3c55_e2f0_1844n, 'lighthouse/lamp-1'],
  ['acme/payments/ledger-agent', 0x2c9e_80a7_13d4_4e5b_a6c7_f410_92be_0d63n, 'lighthouse/lamp-1'],
];

/** In the list of the control plane as applied, and gone from its node: the failure that operators meet most. */
const lost = { node: 'harbor/quay-2', name: 'acme/payments/ledger-agent' };

/** A control plane of 2.0–3.4 with a small network behind it: its routes follow from the segments it is given. */
export async function startPracticePlane(): Promise<{ address: string; stop: () => Promise<void> }> {
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
      for (const [name, instance, at] of apps) {
        const to = find(at);
        yield {
          id: `${name}@*`,
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
            id: `${name}@${from.id}`,
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
      return apps.flatMap(([name, instance, at]) => {
        const to = find(at);
        if (at === id)
          return { name: wireName(name, instance), connections: [{ id: 1n, connectionType: 0 }] };
        if (!reaches(from, to) || (lost.node === id && lost.name === name)) return [];
        return {
          name: wireName(name, instance),
          connections: [{ id: 2n, connectionType: 2, peerNodeId: to.id, linkId: linkId(from, to) }],
        };
      });
    },
  });
  plane.segments.set('operations', new Set(['harbor|lighthouse']));
  plane.segments.set('yard', new Set(['harbor|drydock']));
  return { address: plane.address, stop: plane.close };
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
