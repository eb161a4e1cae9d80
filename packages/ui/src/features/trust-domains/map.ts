import { type ListFederationResponse_Edge, type ListFederationResponse_Node, Severity } from '@muster/api';

export interface Box {
  x: number;
  y: number;
}

export interface PlacedNode extends Box {
  node: ListFederationResponse_Node;
}

export interface PlacedEdge {
  edge: ListFederationResponse_Edge;
  /** SVG path from the one that trusts to the trusted one. */
  path: string;
  /** Where its sign stands. */
  at: Box;
}

export interface MapLayout {
  width: number;
  height: number;
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
}

export const NODE = { width: 176, height: 48 };
const GAP = { column: 104, row: 34, margin: 16 };

/**
 * Trust domains in at most four columns: those whose servers are connected in the middle, in two, so that what they
 * share crosses between; those known from them only outside, each beside the one it is known to.
 */
export function layoutMap(
  nodes: readonly ListFederationResponse_Node[],
  edges: readonly ListFederationResponse_Edge[],
): MapLayout {
  const servers = nodes.filter((node) => node.connection !== '');
  const peers = nodes.filter((node) => node.connection === '');
  const inner = [servers.filter((_, i) => i % 2 === 0), servers.filter((_, i) => i % 2 === 1)];
  const left = new Set(inner[0]?.map((node) => node.trustDomain));
  const outer: [ListFederationResponse_Node[], ListFederationResponse_Node[]] = [[], []];
  const limit = Math.ceil(peers.length / 2) + 1;
  for (const peer of peers) {
    const friends = edges.filter((edge) => edge.to === peer.trustDomain);
    const atLeft = friends.filter((edge) => left.has(edge.from)).length * 2 >= friends.length;
    const side = atLeft ? 0 : 1;
    outer[outer[side].length < limit ? side : 1 - side]?.push(peer);
  }
  const columns = [outer[0], ...inner, outer[1]].filter((column) => column.length > 0);
  const most = Math.max(1, ...columns.map((column) => column.length));
  const height = most * NODE.height + (most - 1) * GAP.row + GAP.margin * 2 + (most === 1 ? 40 : 0);
  const width = columns.length * NODE.width + (columns.length - 1) * GAP.column + GAP.margin * 2 + 60;
  const placed = columns.flatMap((column, c) => {
    const tall = column.length * NODE.height + (column.length - 1) * GAP.row;
    return column.map((node, r): PlacedNode => ({
      node,
      x: 30 + GAP.margin + c * (NODE.width + GAP.column),
      y: (height - tall) / 2 + r * (NODE.height + GAP.row),
    }));
  });
  const at = new Map(placed.map((one) => [one.node.trustDomain, one]));
  const pairs = new Set(edges.map((edge) => `${edge.from} ${edge.to}`));
  return {
    width,
    height,
    nodes: placed,
    edges: edges.flatMap((edge) => {
      const from = at.get(edge.from);
      const to = at.get(edge.to);
      if (!from || !to) return [];
      return [{ edge, ...curve(from, to, pairs.has(`${edge.to} ${edge.from}`)) }];
    }),
  };
}

/** The two directions of one pair run apart, so that each can be seen and chosen. */
function curve(from: Box, to: Box, both: boolean): { path: string; at: Box } {
  const middle = NODE.height / 2;
  if (from.x === to.x) {
    // Within a column: an arc beside it.
    const down = from.y < to.y;
    const bulge = 30 + Math.abs(from.y - to.y) / 6;
    const x = down ? from.x + NODE.width : from.x;
    const out = down ? x + bulge : x - bulge;
    const [y1, y2] = [from.y + middle, to.y + middle];
    return {
      path: `M${x} ${y1}C${out} ${y1} ${out} ${y2} ${x} ${y2}`,
      at: { x: (x + out * 3) / 4, y: (y1 + y2) / 2 },
    };
  }
  const right = from.x < to.x;
  const shift = both ? (right ? -9 : 9) : 0;
  const x1 = right ? from.x + NODE.width : from.x;
  const x2 = right ? to.x : to.x + NODE.width;
  const y1 = from.y + middle + shift;
  const y2 = to.y + middle + shift;
  const half = (x1 + x2) / 2;
  const bow = both ? (right ? -14 : 14) : 0;
  return {
    path: `M${x1} ${y1}C${half} ${y1 + bow} ${half} ${y2 + bow} ${x2} ${y2}`,
    at: { x: half, y: (y1 + y2) / 2 + bow * 0.75 },
  };
}

export interface EdgeState {
  tone: 'ok' | 'warn' | 'bad' | 'note' | 'unknown';
  /** One word, beside the colour. */
  word: string;
  sign: string;
}

/** What an edge says, in a word and a sign as well as in a colour. */
export function edgeState(edge: ListFederationResponse_Edge): EdgeState {
  if (edge.severity === Severity.DANGER) return { tone: 'bad', word: 'broken', sign: '×' };
  if (edge.severity === Severity.WARNING) return { tone: 'warn', word: 'look', sign: '!' };
  if (edge.severity === Severity.INFO) return { tone: 'note', word: 'note', sign: 'i' };
  return { tone: 'ok', word: 'in order', sign: '✓' };
}

/** How one trusts the other, in words. */
export function edgeKind({ hasBundle, hasRelationship }: ListFederationResponse_Edge): string {
  if (hasBundle && hasRelationship) return 'bundle, refreshed by a relationship';
  if (hasBundle) return 'bundle set by hand, never refreshed';
  if (hasRelationship) return 'relationship without a bundle';
  return 'entries only, no bundle';
}
