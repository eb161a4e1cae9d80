import { LinkStatus, type NetworkLink, type NetworkNode, type Segment } from '@muster/api';

export interface Point {
  x: number;
  y: number;
}
export interface Box extends Point {
  width: number;
  height: number;
}
export type LineTone = 'ok' | 'bad' | 'wait';

export interface PlacedNode extends Box {
  node: NetworkNode;
}
/** A domain with its nodes, or with how many they are. */
export interface Frame extends Box {
  key: string;
  connection: string;
  domain: string;
  count: number;
  connected: number;
  nodes: readonly PlacedNode[];
}
export interface Line {
  key: string;
  path: string;
  tone: LineTone;
  /** Of one link between two nodes; left out where a line stands for several. */
  link?: NetworkLink;
  count: number;
  between: readonly [string, string];
}
/** What segments want between two domains. */
export interface Wish {
  key: string;
  connection: string;
  between: readonly [string, string];
  segments: readonly string[];
  /** Some nodes of the two are linked. */
  made: boolean;
  path: string;
  at: Point;
}
export interface MapLayout {
  width: number;
  height: number;
  frames: readonly Frame[];
  lines: readonly Line[];
  wishes: readonly Wish[];
  /** Too many nodes to draw each: domains stand for them. */
  clustered: boolean;
}

export interface MapInput {
  nodes: readonly NetworkNode[];
  links: readonly NetworkLink[];
  segments: readonly Segment[];
}

export const NODE = { width: 172, height: 46 };
const PAD = { side: 16, top: 36, bottom: 16, gap: 22 };
const CLUSTER = { width: 188, height: 74 };
const MARGIN = 20;
const APART = 84;
/** Nodes that are drawn one by one. */
export const MOST_NODES = 60;
/** Domains that stand in a ring; more stand in rows. */
const RING = 10;

/** Domains round a ring in the order of their names, so that the same network is always the same picture. */
export function layoutMap({ nodes, links, segments }: MapInput): MapLayout {
  const clustered = nodes.length > MOST_NODES;
  const sizes = groupsOf(nodes, segments).map((group) => ({
    ...group,
    ...sizeOf(group.nodes.length, clustered),
  }));
  const centres = sizes.length > RING ? inRows(sizes) : inRing(sizes);
  const left = Math.min(0, ...sizes.map(({ width }, i) => (centres[i]?.x ?? 0) - width / 2));
  const top = Math.min(0, ...sizes.map(({ height }, i) => (centres[i]?.y ?? 0) - height / 2));
  const frames = sizes.map((size, i): Frame => {
    const x = Math.round((centres[i]?.x ?? 0) - size.width / 2 - left + MARGIN);
    const y = Math.round((centres[i]?.y ?? 0) - size.height / 2 - top + MARGIN);
    return {
      ...size,
      x,
      y,
      count: size.nodes.length,
      connected: size.nodes.filter(({ status }) => status === 'connected').length,
      nodes: clustered
        ? []
        : size.nodes.map((node, at) => ({
            node,
            x: x + PAD.side + (at % size.columns) * (NODE.width + PAD.gap),
            y: y + PAD.top + Math.floor(at / size.columns) * (NODE.height + PAD.gap),
            ...NODE,
          })),
    };
  });
  const wishes = wishesOf(frames, segments, links, nodes);
  return {
    width: Math.max(0, ...frames.map(({ x, width }) => x + width)) + MARGIN,
    height: Math.max(0, ...frames.map(({ y, height }) => y + height)) + MARGIN,
    frames,
    lines: clustered ? bundles(frames, links, nodes) : single(frames, links),
    wishes,
    clustered,
  };
}

interface Group {
  key: string;
  connection: string;
  domain: string;
  nodes: NetworkNode[];
}

const groupKey = (connection: string, domain: string): string => `${connection}\n${domain}`;

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

type Size = Pick<Box, 'width' | 'height'>;

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

const centre = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

/** Where the line from the middle of a box towards a point leaves it. */
export function border(box: Box, to: Point): Point {
  const from = centre(box);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (dx === 0 && dy === 0) return from;
  const scale = Math.min(
    dx === 0 ? Infinity : box.width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : box.height / 2 / Math.abs(dy),
  );
  return { x: from.x + dx * scale, y: from.y + dy * scale };
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
const straight = (a: Point, b: Point): string => `M${n(a.x)} ${n(a.y)}L${n(b.x)} ${n(b.y)}`;

const toneOf = ({ status }: NetworkLink): LineTone =>
  status === LinkStatus.APPLIED ? 'ok' : status === LinkStatus.FAILED ? 'bad' : 'wait';

function single(frames: readonly Frame[], links: readonly NetworkLink[]): Line[] {
  const boxes = new Map(
    frames.flatMap((frame) => frame.nodes.map((box) => [groupKey(frame.connection, box.node.id), box])),
  );
  return links.flatMap((link): Line[] => {
    const a = boxes.get(groupKey(link.connection, link.source));
    const b = boxes.get(groupKey(link.connection, link.destination));
    if (link.wantedOnly || link.status === LinkStatus.DELETED || !a || !b || a === b) return [];
    return [
      {
        key: `${link.connection}\n${link.source}\n${link.destination}\n${link.linkId}`,
        path: pathOf(a, b),
        tone: toneOf(link),
        link,
        count: 1,
        between: [link.source, link.destination],
      },
    ];
  });
}

/** Neighbours by a straight line; others of one column round those between them. */
export function pathOf(a: Box, b: Box): string {
  const [from, to] = [border(a, centre(b)), border(b, centre(a))];
  const rows = Math.abs(a.y - b.y) / (NODE.height + PAD.gap);
  if (a.x !== b.x || rows <= 1) return straight(from, to);
  const [y1, y2] = [centre(a).y, centre(b).y];
  const right = a.x + a.width;
  const out = right + 12 + rows * 5;
  return `M${n(right)} ${n(y1)}C${n(out)} ${n(y1)} ${n(out)} ${n(y2)} ${n(right)} ${n(y2)}`;
}

/** One line for all links between two domains; the worst of them gives it its tone. */
function bundles(
  frames: readonly Frame[],
  links: readonly NetworkLink[],
  nodes: readonly NetworkNode[],
): Line[] {
  const domains = new Map(nodes.map((node) => [groupKey(node.connection, node.id), node.domain]));
  const lines = new Map<string, Line>();
  for (const link of links) {
    if (link.wantedOnly || link.status === LinkStatus.DELETED) continue;
    const ends = [link.source, link.destination].map((id) => domains.get(groupKey(link.connection, id)));
    const [one, other] = ends.toSorted();
    if (one === undefined || other === undefined || one === other) continue;
    const a = frames.find(({ key }) => key === groupKey(link.connection, one));
    const b = frames.find(({ key }) => key === groupKey(link.connection, other));
    if (!a || !b) continue;
    const key = `${link.connection}\n${one}\n${other}`;
    const tone = toneOf(link);
    const line = lines.get(key);
    if (line) {
      line.count += 1;
      if (WORSE.indexOf(tone) > WORSE.indexOf(line.tone)) line.tone = tone;
    } else
      lines.set(key, {
        key,
        path: straight(border(a, centre(b)), border(b, centre(a))),
        tone,
        count: 1,
        between: [one, other],
      });
  }
  return [...lines.values()];
}

const WORSE: readonly LineTone[] = ['ok', 'wait', 'bad'];

/** As near to the middle of a line as no frame stands. */
function clearOf(frames: readonly Frame[], from: Point, to: Point): Point {
  const places = [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75].map((t) => ({
    x: from.x + (to.x - from.x) * t,
    y: from.y + (to.y - from.y) * t,
  }));
  const free = places.find(
    ({ x, y }) =>
      !frames.some(
        (box) =>
          x > box.x - 12 && x < box.x + box.width + 12 && y > box.y - 10 && y < box.y + box.height + 10,
      ),
  );
  return free ?? { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

function wishesOf(
  frames: readonly Frame[],
  segments: readonly Segment[],
  links: readonly NetworkLink[],
  nodes: readonly NetworkNode[],
): Wish[] {
  const domains = new Map(nodes.map((node) => [groupKey(node.connection, node.id), node.domain]));
  const made = new Set(
    links
      .filter(({ wantedOnly, status }) => !wantedOnly && status === LinkStatus.APPLIED)
      .map(({ connection, source, destination }) =>
        [source, destination]
          .map((id) => domains.get(groupKey(connection, id)) ?? '')
          .toSorted()
          .concat(connection)
          .join('\n'),
      ),
  );
  const wishes = new Map<string, Wish>();
  for (const { connection, name, links: wanted } of segments)
    for (const { domainA, domainB } of wanted) {
      const [one = '', other = ''] = [domainA, domainB].toSorted();
      const key = [one, other, connection].join('\n');
      const found = wishes.get(key);
      if (found) {
        wishes.set(key, { ...found, segments: [...found.segments, name] });
        continue;
      }
      const a = frames.find((frame) => frame.key === groupKey(connection, one));
      const b = frames.find((frame) => frame.key === groupKey(connection, other));
      if (!a || !b || a === b) continue;
      const [from, to] = [border(a, centre(b)), border(b, centre(a))];
      wishes.set(key, {
        key,
        connection,
        between: [one, other],
        segments: [name],
        made: made.has(key),
        path: straight(from, to),
        at: clearOf(frames, from, to),
      });
    }
  return [...wishes.values()];
}
