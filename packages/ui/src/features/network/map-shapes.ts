import type { NetworkLink, NetworkNode } from '@muster/api';

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
  /** Keys of the frames it is between, where it stands for several. */
  frames?: readonly [string, string];
  /** Where there is room to say how many they are. */
  at?: Point;
}
/** What segments want between two domains. */
export interface Wish {
  key: string;
  connection: string;
  between: readonly [string, string];
  segments: readonly string[];
  /** Some nodes of the two are linked. */
  made: boolean;
  /** Links between the two, where one line stands for all of them; else 0. */
  count: number;
  frames: readonly [string, string];
  path: string;
  at: Point;
}

export const NODE = { width: 172, height: 46 };
/** A node of the domain that is open in a picture of domains. */
export const TILE = { width: 122, height: 30 };
export const PAD = { side: 16, top: 36, bottom: 16, gap: 22 };

/** Of a domain, or of a node: names mean nothing without the connection that tells them. */
export const groupKey = (connection: string, name: string): string => `${connection}\n${name}`;

export const centre = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

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
