import type { Member } from '@muster/api';
import { byAttention } from './presence.ts';

/** Where things are drawn, in units of the picture's view box. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  readonly hub: Box;
  readonly spots: readonly Spot[];
  /** Members there is no room for; the table has them all. */
  readonly more: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly member: Member;
  readonly side: 'left' | 'right';
  readonly x: number;
  readonly y: number;
  /** The line's end at the hub. */
  readonly fromX: number;
  readonly fromY: number;
}

const width = 680;
const perSide = 8;

/** Members around their hub, in two arcs. Who needs a look is never among those left out. */
export function layoutPicture(members: readonly Member[]): PictureLayout {
  const shown = byAttention(members).slice(0, perSide * 2);
  const left = shown.filter((_, index) => index % 2 === 0);
  const right = shown.filter((_, index) => index % 2 === 1);
  const rows = Math.max(left.length, right.length);
  // Few members stand farther apart.
  const rowHeight = rows > 4 ? 36 : 56;
  const height = Math.max(150, rows * rowHeight + 24);
  const hub = { x: width / 2 - 84, y: height / 2 - 29, width: 168, height: 58 };
  return {
    width,
    height,
    hub,
    spots: [...arc(left, 'left', rowHeight, height, hub), ...arc(right, 'right', rowHeight, height, hub)],
    more: members.length - shown.length,
  };
}

function arc(
  members: readonly Member[],
  side: Spot['side'],
  rowHeight: number,
  height: number,
  hub: Box,
): Spot[] {
  const middle = (members.length - 1) / 2;
  return members.map((member, index) => {
    const off = index - middle;
    // Farther from the middle row is nearer to the hub's column: the arc of a circle, flattened.
    const reach = 178 - Math.min(46, off * off * 4);
    return {
      member,
      side,
      x: side === 'left' ? width / 2 - reach : width / 2 + reach,
      y: height / 2 + off * rowHeight,
      fromX: side === 'left' ? hub.x : hub.x + hub.width,
      fromY: height / 2 + Math.max(-18, Math.min(18, off * 8)),
    };
  });
}

/** At most `max` characters, the end kept: names of one group differ there. */
export function fitLabel(text: string, max = 18): string {
  return text.length <= max ? text : `…${text.slice(text.length - max + 1)}`;
}
