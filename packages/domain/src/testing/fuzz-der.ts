import type { Bytes } from '../bytes.ts';
import { type Der, DerError, readAll } from '../der.ts';
import { der } from '../der-writer.ts';
import type { Random } from './fuzz-random.ts';

interface Node {
  tag: number;
  children?: Node[];
  content: Uint8Array;
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0x82, 0x86, 0xa0, 0xa3,
];

/**
 * Changes one element of DER and writes the whole again, so that every length is right and the change is read as what
 * it is: a change of bytes alone is nearly always refused for its length. Undefined when the bytes are not DER.
 */
export function mutateDer(bytes: Bytes, random: Random): Bytes | undefined {
  const roots = parse(bytes, 0);
  if (!roots || roots.length === 0) return undefined;
  const places: { list: Node[]; index: number }[] = [];
  const visit = (list: Node[]) => {
    for (const [index, node] of list.entries()) {
      places.push({ list, index });
      if (node.children) visit(node.children);
    }
  };
  visit(roots);
  const place = places[random(places.length)];
  const other = places[random(places.length)];
  const node = place?.list[place.index];
  const stranger = other?.list[other.index];
  if (!place || !node || !stranger) return undefined;
  // Written now: after the change it may hold itself.
  const copy: Node = { tag: stranger.tag, content: write(stranger).content };
  switch (random(9)) {
    case 0:
      place.list.splice(place.index, 1);
      break;
    case 1:
      place.list.splice(place.index, 0, { tag: node.tag, content: write(node).content });
      break;
    case 2:
      place.list.splice(place.index, 1, copy);
      break;
    case 3:
      place.list.splice(place.index, 0, copy);
      break;
    case 4:
      node.tag = TAGS[random(TAGS.length)] ?? 0x30;
      break;
    case 5:
      node.tag ^= 1 << random(8);
      break;
    case 6: {
      const whole: Node = { tag: node.tag, content: write(node).content };
      place.list[place.index] = {
        tag: TAGS[random(TAGS.length)] ?? 0x30,
        content: new Uint8Array(),
        children: [whole],
      };
      break;
    }
    case 7:
      place.list[place.index] = {
        tag: node.tag,
        content: Uint8Array.from({ length: random(40) }, () => random(256)),
      };
      break;
    default:
      place.list[place.index] = { tag: node.tag, content: nudged(write(node).content, random) };
  }
  return Uint8Array.from(roots.flatMap((root) => [...element(root)]));
}

function nudged(content: Uint8Array, random: Random): Uint8Array {
  const out = Uint8Array.from(content);
  if (out.length > 0) out[random(out.length)] = random(256);
  return out;
}

/** Elements of a constructed value, and of an octet or bit string that itself holds DER. */
function parse(bytes: Bytes, depth: number): Node[] | undefined {
  if (depth > 20) return undefined;
  try {
    return readAll(bytes).map((item) => read(item, depth));
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function read(item: Der, depth: number): Node {
  const inside = (item.tag & 0x20) !== 0 || item.tag === 0x04 ? parse(item.content, depth + 1) : undefined;
  return {
    tag: item.tag,
    content: item.content,
    ...(inside && inside.length > 0 ? { children: inside } : {}),
  };
}

function write(node: Node): { content: Uint8Array } {
  return node.children
    ? { content: Uint8Array.from(node.children.flatMap((child) => [...element(child)])) }
    : node;
}

const element = (node: Node): Bytes => der(node.tag, write(node).content);
