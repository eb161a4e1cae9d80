import { create } from '@bufbuild/protobuf';
import { LinkStatus, NetworkLinkSchema, NetworkNodeSchema, SegmentSchema } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { layoutMap, MOST_INSIDE, MOST_NODES } from './map.ts';
import { COUNT_HEIGHT, countWidth, PILL_HEIGHT, pillWidth, wishText } from './map-labels.ts';
import { border, type Box, type Point } from './map-shapes.ts';

const connection = 'cp';
const node = (domain: string, name: string, status = 'connected') =>
  create(NetworkNodeSchema, { connection, id: `${domain}/${name}`, domain, status });
const link = (source: string, destination: string, status = LinkStatus.APPLIED) =>
  create(NetworkLinkSchema, { connection, source, destination, linkId: `${source}~${destination}`, status });
const segment = (name: string, domainA: string, domainB: string) =>
  create(SegmentSchema, { connection, name, domains: [domainA, domainB], links: [{ domainA, domainB }] });

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const many = (domains: number, each: number) =>
  Array.from({ length: domains * each }, (_, i) => node(`d${i % domains}`, `n${i}`));

describe('the layout of the map', () => {
  it.each([
    [1, 1],
    [2, 3],
    [3, 9],
    [7, 4],
    [10, 6],
    [60, 1],
    [14, 300],
  ])('keeps %i domains of %i nodes apart and inside', (domains, each) => {
    const { frames, width, height } = layoutMap({ nodes: many(domains, each), links: [], segments: [] });
    expect(frames).toHaveLength(domains);
    for (const [i, one] of frames.entries()) {
      expect(one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height).toBe(
        true,
      );
      for (const other of frames.slice(i + 1)) expect(apart(one, other)).toBe(true);
      for (const placed of one.nodes) {
        expect(placed.x >= one.x && placed.x + placed.width <= one.x + one.width).toBe(true);
        expect(placed.y >= one.y && placed.y + placed.height <= one.y + one.height).toBe(true);
      }
    }
  });

  it('is the same for the same network, in whatever order it is told', () => {
    const nodes = many(5, 4);
    const links = [link('d0/n0', 'd1/n1')];
    const segments = [segment('s', 'd0', 'd1')];
    const one = layoutMap({ nodes, links, segments });
    const other = layoutMap({
      nodes: nodes.toSorted((a, b) => a.domain.localeCompare(b.domain)),
      links,
      segments,
    });
    expect(other.frames.map(({ key, x, y }) => [key, x, y])).toEqual(
      one.frames.map(({ key, x, y }) => [key, x, y]),
    );
  });

  it('tells links that are from links that are wanted, and draws domains without a node', () => {
    const { frames, lines, wishes } = layoutMap({
      nodes: [node('a', '1'), node('b', '1')],
      links: [
        link('a/1', 'b/1', LinkStatus.FAILED),
        create(NetworkLinkSchema, { connection, source: 'a', destination: 'c', wantedOnly: true }),
        link('a/1', 'gone/1'),
        link('b/1', 'a/1', LinkStatus.DELETED),
      ],
      segments: [segment('x', 'a', 'b'), segment('y', 'b', 'a'), segment('z', 'a', 'c')],
    });
    expect(frames.map(({ domain, count }) => [domain, count])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 0],
    ]);
    expect(lines.map(({ tone }) => tone)).toEqual(['bad']);
    expect(wishes.map(({ segments, made }) => [segments, made])).toEqual([
      [['x', 'y'], false],
      [['z'], false],
    ]);
  });

  it('draws domains instead of nodes when there are many, with one line between two', () => {
    const nodes = many(4, Math.ceil((MOST_NODES + 1) / 4));
    const { clustered, frames, lines } = layoutMap({
      nodes,
      links: [link('d0/n0', 'd1/n1'), link('d1/n5', 'd0/n4', LinkStatus.FAILED), link('d0/n0', 'd0/n4')],
      segments: [],
    });
    expect(clustered).toBe(true);
    expect(frames.every((frame) => frame.nodes.length === 0 && frame.count === 16)).toBe(true);
    expect(lines).toMatchObject([{ count: 2, tone: 'bad', between: ['d0', 'd1'] }]);
  });

  it('draws the nodes of the domain that is open, its links, and those of its node that is open', () => {
    const nodes = many(4, 30);
    const inside = nodes.filter(({ domain }) => domain === 'd0').map(({ id }) => id);
    const inner = inside.flatMap((from, i) => inside.slice(i + 1, i + 4).map((to) => link(from, to)));
    const [first = '', second = '', third = ''] = inside;
    const links = [
      ...inner,
      link(second, third, LinkStatus.FAILED),
      link(first, 'd1/n1'),
      link('d1/n1', 'd2/n2'),
    ];
    const open = { frame: `${connection}\nd0` };
    const { frames, lines, wishes, expanded, undrawn } = layoutMap({
      nodes,
      links,
      segments: [segment('x', 'd0', 'd1'), segment('y', 'd1', 'd2')],
      open,
    });
    expect(expanded?.domain).toBe('d0');
    expect(frames.map((frame) => frame.nodes.length)).toEqual([30, 0, 0, 0]);
    for (const [i, one] of frames.entries())
      for (const other of frames.slice(i + 1)) expect(apart(one, other)).toBe(true);
    for (const placed of expanded?.nodes ?? [])
      expect(expanded && placed.y + placed.height <= expanded.y + expanded.height).toBe(true);
    expect(expanded?.nodes.slice(0, 3).map(({ node: { id } }) => id)).toEqual(['d0/n0', 'd0/n4', 'd0/n8']);
    // What is not in order is drawn, and drawn last.
    expect(lines.map(({ tone, between }) => [tone, ...between])).toEqual([
      ['ok', 'd0', 'd1'],
      ['bad', second, third],
    ]);
    expect(undrawn).toBe(inner.length);
    expect(wishes.map((wish) => [wish.segments, wish.count])).toEqual([[['x'], 1]]);

    const own = layoutMap({ nodes, links, segments: [], open: { ...open, node: first } });
    expect(own.lines.filter((one) => one.link).map(({ between: [from, to] }) => [from, to])).toEqual([
      [first, inside[1]],
      [first, inside[2]],
      [first, inside[3]],
      [first, 'd1/n1'],
      [second, third],
    ]);
  });

  it('draws no domain node by node that has too many', () => {
    const open = { frame: `${connection}\nd0` };
    const { expanded, frames } = layoutMap({
      nodes: many(1, MOST_INSIDE + 1),
      links: [],
      segments: [],
      open,
    });
    expect(expanded).toBeUndefined();
    expect(frames.every((frame) => frame.nodes.length === 0)).toBe(true);
  });

  it('puts no label on another or on a domain, and leaves numbers out where there is no room', () => {
    const domains = Array.from({ length: 10 }, (_, i) => `d${i}`);
    const pairs = domains.flatMap((a, i) => domains.slice(i + 1).map((b) => [a, b] as const));
    const { lines, wishes, frames } = layoutMap({
      nodes: many(10, 10),
      links: pairs.flatMap(([a, b]) =>
        [0, 10].map((at) => link(`${a}/n${a.slice(1)}`, `${b}/n${Number(b.slice(1)) + at}`)),
      ),
      segments: domains.map((a, i) => segment('backbone', a, domains[(i + 1) % 10] ?? '')),
    });
    expect(lines).toHaveLength(45);
    expect(wishes.every(({ count }) => count === 2)).toBe(true);
    const boxAt = ({ x, y }: Point, width: number, height: number): Box => ({
      x: x - width / 2,
      y: y - height / 2,
      width,
      height,
    });
    const labels = [
      ...wishes.map((wish) => boxAt(wish.at, pillWidth(wishText(wish)), PILL_HEIGHT)),
      ...lines.flatMap(({ at, count }) => (at ? [boxAt(at, countWidth(count), COUNT_HEIGHT)] : [])),
    ];
    expect(labels.length).toBeGreaterThan(30);
    for (const [i, one] of labels.entries())
      for (const other of [...labels.slice(i + 1), ...frames]) expect(apart(one, other)).toBe(true);
  });

  it('lets no name of one control plane meet that of another', () => {
    const other = create(NetworkNodeSchema, { connection: 'cp2', id: 'a/1', domain: 'a' });
    const { frames, lines } = layoutMap({
      nodes: [node('a', '1'), other],
      links: [create(NetworkLinkSchema, { connection, source: 'a/1', destination: 'b/1' })],
      segments: [],
    });
    expect(frames).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it('leaves a box where the line to a point crosses its border', () => {
    const box = { x: 0, y: 0, width: 20, height: 10 };
    expect(border(box, { x: 110, y: 5 })).toEqual({ x: 20, y: 5 });
    expect(border(box, { x: 10, y: -45 })).toEqual({ x: 10, y: 0 });
    expect(border(box, { x: 10, y: 5 })).toEqual({ x: 10, y: 5 });
  });
});
