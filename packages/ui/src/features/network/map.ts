import type { NetworkLink, NetworkNode, Segment } from '@muster/api';
import { placeLabels } from './map-labels.ts';
import { clusterLines, single, wishesOf } from './map-lines.ts';
import {
  type Box,
  type Frame,
  groupKey,
  type Line,
  NODE,
  PAD,
  type PlacedNode,
  type Point,
  TILE,
  type Wish,
} from './map-shapes.ts';

export interface MapLayout {
  width: number;
  height: number;
  frames: readonly Frame[];
  lines: readonly Line[];
  wishes: readonly Wish[];
  /** Too many nodes to draw each: domains stand for them. */
  clustered: boolean;
  /** The domain whose nodes are drawn although the others’ are not; undefined: none. */
  expanded: Frame | undefined;
  /** Links inside of it that are not drawn, since they would hide each other. */
  undrawn: number;
}

export interface MapInput {
  nodes: readonly NetworkNode[];
  links: readonly NetworkLink[];
  segments: readonly Segment[];
  /** What is open: in a picture of domains, the nodes of this one are drawn. */
  open?: Inside;
}
/** A domain by the key of its frame, and one of its nodes. */
export interface Inside {
  frame: string;
  node?: string;
}

const TILE_PAD = { top: 60, gap: 8 };
const CLUSTER = { width: 200, height: 78 };
const MARGIN = 20;
const APART = 84;
/** Room for a label between a domain that is open and those beside it. */
const BESIDE = 150;
/** Nodes that are drawn one by one, and those of one domain among others. */
export const MOST_NODES = 60;
export const MOST_INSIDE = 300;
/** Domains that stand in a ring; more stand in rows. */
const RING = 10;

type Size = Pick<Box, 'width' | 'height'>;

/** Domains round a ring in the order of their names, so that the same network is always the same picture. */
export function layoutMap({ nodes, links, segments, open }: MapInput): MapLayout {
  const clustered = nodes.length > MOST_NODES;
  const groups = groupsOf(nodes, segments);
  const inside = (group: Group): boolean =>
    clustered && group.key === open?.frame && group.nodes.length > 0 && group.nodes.length <= MOST_INSIDE;
  const sizes = groups.map((group) => ({
    ...group,
    ...(inside(group) ? tilesOf(group.nodes.length) : sizeOf(group.nodes.length, clustered)),
  }));
  const opened = groups.findIndex(inside);
  const centres = opened >= 0 ? around(sizes, opened) : sizes.length > RING ? inRows(sizes) : inRing(sizes);
  const left = Math.min(0, ...sizes.map(({ width }, i) => (centres[i]?.x ?? 0) - width / 2));
  const top = Math.min(0, ...sizes.map(({ height }, i) => (centres[i]?.y ?? 0) - height / 2));
  const frames = sizes.map((size, i): Frame => {
    const x = Math.round((centres[i]?.x ?? 0) - size.width / 2 - left + MARGIN);
    const y = Math.round((centres[i]?.y ?? 0) - size.height / 2 - top + MARGIN);
    const frame = {
      ...size,
      x,
      y,
      count: size.nodes.length,
      connected: size.nodes.filter(({ status }) => status === 'connected').length,
    };
    if (i === opened) {
      const inOrderOfId = size.nodes.toSorted((a, b) => inOrder.compare(a.id, b.id));
      return { ...frame, nodes: placed({ ...frame, nodes: inOrderOfId }, TILE, TILE_PAD) };
    }
    return { ...frame, nodes: clustered ? [] : placed(frame, NODE, PAD) };
  });
  const expanded = frames[opened];
  const drawn = clustered
    ? clusterLines(frames, links, nodes, expanded, open?.node)
    : { lines: single(frames, links), undrawn: 0 };
  const wanted = wishesOf(frames, segments, links, nodes).filter(
    (wish) => !expanded || wish.frames.includes(expanded.key),
  );
  const { lines, wishes } = placeLabels(frames, drawn.lines, wanted, clustered);
  return {
    width: Math.max(0, ...frames.map(({ x, width }) => x + width)) + MARGIN,
    height: Math.max(0, ...frames.map(({ y, height }) => y + height)) + MARGIN,
    frames,
    lines,
    wishes,
    clustered,
    expanded,
    undrawn: drawn.undrawn,
  };
}

/** Its nodes in rows. */
function placed(
  { x, y, nodes, columns }: Point & { nodes: readonly NetworkNode[]; columns: number },
  box: Size,
  { top, gap }: { top: number; gap: number },
): PlacedNode[] {
  return nodes.map((node, at) => ({
    node,
    x: x + PAD.side + (at % columns) * (box.width + gap),
    y: y + top + Math.floor(at / columns) * (box.height + gap),
    ...box,
  }));
}

interface Group {
  key: string;
  connection: string;
  domain: string;
  nodes: NetworkNode[];
}

const inOrder = new Intl.Collator('en', { numeric: true });

/** Domains that have nodes, and those that only a segment names. */
function groupsOf(nodes: readonly NetworkNode[], segments: readonly Segment[]): Group[] {
  const groups = new Map<string, Group>();
  const of = (connection: string, domain: string): Group => {
    const key = groupKey(connection, domain);
    const found = groups.get(key) ?? { key, connection, domain, nodes: [] };
    groups.set(key, found);
    return found;
  };
  for (const node of nodes) of(node.connection, node.domain).nodes.push(node);
  for (const { connection, links } of segments)
    for (const { domainA, domainB } of links) {
      of(connection, domainA);
      of(connection, domainB);
    }
  return [...groups.values()].toSorted((a, b) => inOrder.compare(a.key, b.key) || (a.key < b.key ? -1 : 1));
}

function sizeOf(count: number, clustered: boolean): { width: number; height: number; columns: number } {
  if (clustered) return { ...CLUSTER, columns: 1 };
  const columns = count <= 3 ? 1 : Math.ceil(Math.sqrt(count / 1.6));
  const rows = Math.max(1, Math.ceil(count / columns));
  return {
    width: columns * NODE.width + (columns - 1) * PAD.gap + PAD.side * 2,
    height: rows * NODE.height + (rows - 1) * PAD.gap + PAD.top + PAD.bottom,
    columns,
  };
}

function tilesOf(count: number): { width: number; height: number; columns: number } {
  const columns = Math.min(8, Math.max(2, Math.ceil(Math.sqrt(count / 3))));
  const rows = Math.ceil(count / columns);
  return {
    width: columns * TILE.width + (columns - 1) * TILE_PAD.gap + PAD.side * 2,
    height: rows * TILE.height + (rows - 1) * TILE_PAD.gap + TILE_PAD.top + PAD.bottom,
    columns,
  };
}

/** An ellipse that grows until no two touch. */
function inRing(sizes: readonly Size[]): Point[] {
  if (sizes.length === 1) return [{ x: 0, y: 0 }];
  const turn =
    sizes.length === 2 ? Math.PI : -Math.PI / 2 - (sizes.length % 2 === 0 ? Math.PI / sizes.length : 0);
  for (let radius = 90; ; radius *= 1.06) {
    const centres = sizes.map((_, i): Point => {
      const angle = turn + (i * 2 * Math.PI) / sizes.length;
      return { x: Math.cos(angle) * radius * 1.7, y: Math.sin(angle) * radius };
    });
    if (
      !sizes.some((size, i) => sizes.some((other, j) => j > i && touch(size, centres[i], other, centres[j])))
    )
      return centres;
  }
}

function touch(a: Size, at: Point | undefined, b: Size, there: Point | undefined): boolean {
  if (!at || !there) return false;
  return (
    Math.abs(at.x - there.x) < (a.width + b.width) / 2 + APART &&
    Math.abs(at.y - there.y) < (a.height + b.height) / 2 + APART / 2
  );
}

function inRows(sizes: readonly Size[]): Point[] {
  const columns = Math.ceil(Math.sqrt(sizes.length * 1.4));
  const width = Math.max(...sizes.map((size) => size.width)) + APART;
  const height = Math.max(...sizes.map((size) => size.height)) + APART / 2;
  return sizes.map((_, i) => ({ x: (i % columns) * width, y: Math.floor(i / columns) * height }));
}

/** One in the middle, the others in columns beside it. */
function around(sizes: readonly Size[], middle: number): Point[] {
  const { width = 0, height = 0 } = sizes[middle] ?? {};
  const step = CLUSTER.height + APART / 2;
  const others = sizes.length - 1;
  const rows = Math.max(1, Math.min(Math.floor((height + APART / 2) / step), Math.ceil(others / 2)));
  return sizes.map((_, i) => {
    if (i === middle) return { x: 0, y: 0 };
    const at = i < middle ? i : i - 1;
    const column = Math.floor(at / rows);
    const here = Math.min(rows, others - column * rows);
    const side = column % 2 === 0 ? -1 : 1;
    const out = width / 2 + BESIDE + CLUSTER.width / 2 + Math.floor(column / 2) * (CLUSTER.width + BESIDE);
    return { x: side * out, y: ((at % rows) - (here - 1) / 2) * step };
  });
}
