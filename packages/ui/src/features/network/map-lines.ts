import { LinkStatus, type NetworkLink, type NetworkNode, type Segment } from '@muster/api';
import {
  border,
  type Box,
  centre,
  type Frame,
  groupKey,
  type Line,
  type LineTone,
  NODE,
  PAD,
  type Point,
  type Wish,
} from './map-shapes.ts';

const n = (value: number): string => String(Math.round(value * 10) / 10);
const straight = (a: Point, b: Point): string => `M${n(a.x)} ${n(a.y)}L${n(b.x)} ${n(b.y)}`;
/** From border to border. */
export const between = (a: Box, b: Box): string => straight(border(a, centre(b)), border(b, centre(a)));

/** Neighbours by a straight line; others of one column round those between them. */
export function pathOf(a: Box, b: Box): string {
  const rows = Math.abs(a.y - b.y) / (NODE.height + PAD.gap);
  if (a.x !== b.x || rows <= 1) return between(a, b);
  const [y1, y2] = [centre(a).y, centre(b).y];
  const right = a.x + a.width;
  const out = right + 12 + rows * 5;
  return `M${n(right)} ${n(y1)}C${n(out)} ${n(y1)} ${n(out)} ${n(y2)} ${n(right)} ${n(y2)}`;
}

const toneOf = ({ status }: NetworkLink): LineTone =>
  status === LinkStatus.APPLIED ? 'ok' : status === LinkStatus.FAILED ? 'bad' : 'wait';
const isDrawn = ({ wantedOnly, status }: NetworkLink): boolean =>
  !wantedOnly && status !== LinkStatus.DELETED;

const boxesOf = (frames: readonly Frame[]): ReadonlyMap<string, Box> =>
  new Map(
    frames.flatMap((frame) => frame.nodes.map((box) => [groupKey(frame.connection, box.node.id), box])),
  );

const lineOf = (link: NetworkLink, path: string): Line => ({
  key: `${link.connection}\n${link.source}\n${link.destination}\n${link.linkId}`,
  path,
  tone: toneOf(link),
  link,
  count: 1,
  between: [link.source, link.destination],
});

/** A line for each link between nodes that are drawn. */
export function single(frames: readonly Frame[], links: readonly NetworkLink[]): Line[] {
  const boxes = boxesOf(frames);
  return links.flatMap((link): Line[] => {
    const a = boxes.get(groupKey(link.connection, link.source));
    const b = boxes.get(groupKey(link.connection, link.destination));
    return isDrawn(link) && a && b && a !== b ? [lineOf(link, pathOf(a, b))] : [];
  });
}

/** Links inside an open domain that are drawn without being asked for. */
const MOST_INNER = 60;
const WORSE: readonly LineTone[] = ['ok', 'wait', 'bad'];

/**
 * One line for all links between two domains; the worst of them gives it its tone. With a domain open, its lines only, those
 * inside of it that are few or not in order, and those of its node that is open.
 */
export function clusterLines(
  frames: readonly Frame[],
  links: readonly NetworkLink[],
  nodes: readonly NetworkNode[],
  expanded: Frame | undefined,
  chosen: string | undefined,
): { lines: Line[]; undrawn: number } {
  const frameOf = framesOf(frames, nodes);
  const boxes = boxesOf(frames);
  const bundles = new Map<string, Line>();
  const inner: { line: Line; own: boolean }[] = [];
  for (const link of links) {
    if (!isDrawn(link)) continue;
    const [a, b] = [frameOf(link.connection, link.source), frameOf(link.connection, link.destination)];
    if (!a || !b) continue;
    const own =
      expanded?.connection === link.connection && [link.source, link.destination].includes(chosen ?? '');
    if (a === b) {
      const from = boxes.get(groupKey(link.connection, link.source));
      const to = boxes.get(groupKey(link.connection, link.destination));
      if (a === expanded && from && to && from !== to)
        inner.push({ line: lineOf(link, between(from, to)), own });
      continue;
    }
    if (expanded && a !== expanded && b !== expanded) continue;
    add(bundles, link, a, b);
    if (!own) continue;
    const [end, other] = a === expanded ? [link.source, b] : [link.destination, a];
    const box = boxes.get(groupKey(link.connection, end));
    if (box) inner.push({ line: lineOf(link, between(box, other)), own });
  }
  const few = inner.length <= MOST_INNER;
  const drawn = inner.filter(({ line, own }) => few || own || line.tone !== 'ok');
  // What is not in order comes last, above the rest.
  const lines = [...bundles.values(), ...drawn.map(({ line }) => line)].toSorted(
    (a, b) => WORSE.indexOf(a.tone) - WORSE.indexOf(b.tone),
  );
  return { lines, undrawn: inner.length - drawn.length };
}

function add(bundles: Map<string, Line>, link: NetworkLink, a: Frame, b: Frame): void {
  const [one, other] = a.key < b.key ? [a, b] : [b, a];
  const key = `${one.key}\n${other.key}`;
  const tone = toneOf(link);
  const line = bundles.get(key);
  if (line) {
    line.count += 1;
    if (WORSE.indexOf(tone) > WORSE.indexOf(line.tone)) line.tone = tone;
  } else
    bundles.set(key, {
      key,
      path: between(one, other),
      tone,
      count: 1,
      between: [one.domain, other.domain],
      frames: [one.key, other.key],
    });
}

/** The frame of a node's domain. */
function framesOf(frames: readonly Frame[], nodes: readonly NetworkNode[]) {
  const byKey = new Map(frames.map((frame) => [frame.key, frame]));
  const byNode = new Map(
    nodes.map((node) => [
      groupKey(node.connection, node.id),
      byKey.get(groupKey(node.connection, node.domain)),
    ]),
  );
  return (connection: string, node: string): Frame | undefined => byNode.get(groupKey(connection, node));
}

/** What segments want, each pair of domains once; `at` is the middle until labels are placed. */
export function wishesOf(
  frames: readonly Frame[],
  segments: readonly Segment[],
  links: readonly NetworkLink[],
  nodes: readonly NetworkNode[],
): Wish[] {
  const frameOf = framesOf(frames, nodes);
  const byKey = new Map(frames.map((frame) => [frame.key, frame]));
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
      const a = byKey.get(groupKey(connection, one));
      const b = byKey.get(groupKey(connection, other));
      if (!a || !b || a === b) continue;
      const [from, to] = [border(a, centre(b)), border(b, centre(a))];
      wishes.set(key, {
        key,
        connection,
        between: [one, other],
        frames: [a.key, b.key],
        segments: [name],
        made: false,
        count: 0,
        path: straight(from, to),
        at: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
      });
    }
  for (const { connection, source, destination, status, wantedOnly } of links) {
    if (wantedOnly || status !== LinkStatus.APPLIED) continue;
    const [one = '', other = ''] = [frameOf(connection, source), frameOf(connection, destination)]
      .map((frame) => frame?.domain ?? '')
      .toSorted();
    const key = [one, other, connection].join('\n');
    const wish = wishes.get(key);
    if (wish && !wish.made) wishes.set(key, { ...wish, made: true });
  }
  return [...wishes.values()];
}
