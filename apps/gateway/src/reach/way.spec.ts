import { describe, expect, it } from 'vitest';
import type { SeenLink } from '../network/copy.ts';
import { gapOf, waysFrom } from './way.ts';
import type { Topology } from './way.ts';

const link = (source: string, destination: string, status: SeenLink['status'] = 'applied'): SeenLink => ({
  id: `${source}~${destination}`,
  linkId: `${source}~${destination}`,
  source,
  destination,
  destinationEndpoint: '',
  status,
  statusMessage: '',
  lastUpdated: undefined,
  wantedOnly: false,
  changes: 0,
});
const node = (id: string, status = 'connected') => ({ id, domain: id.split('/')[0] ?? '', status });
const segment = (name: string, ...pairs: [string, string][]) => ({
  name,
  domains: [...new Set(pairs.flat())],
  edges: pairs.map(([a, b]) => ({ a, b })),
});
const topology = (more: Partial<Topology>): Topology => ({
  links: [],
  segments: [],
  nodes: ['a/1', 'a/2', 'b/1', 'c/1', 'd/1'].map((id) => node(id)),
  ...more,
});
const words = (from: string, to: string, on: Topology): string =>
  waysFrom(
    from,
    on,
  )(to)
    .map((hop) => `${hop.from} ${hop.link ? '-' : '…'} ${hop.to}`)
    .join(', ');

describe('the way between two nodes', () => {
  it('is the shortest over links that were made, in either direction', () => {
    const on = topology({
      links: [link('a/1', 'a/2'), link('b/1', 'a/2'), link('b/1', 'c/1'), link('c/1', 'a/1')],
    });
    expect(words('a/1', 'b/1', on)).toMatch(/^a\/1 - (a\/2|c\/1), (a\/2|c\/1) - b\/1$/u);
    expect(words('a/1', 'c/1', on)).toBe('a/1 - c/1');
    expect(words('a/1', 'a/1', on)).toBe('');
  });

  it('goes over no link that failed, waits, was deleted or is only wanted', () => {
    for (const status of ['failed', 'pending', 'deleted', 'unspecified'] as const)
      expect(words('a/1', 'b/1', topology({ links: [link('a/1', 'b/1', status)] }))).toBe('a/1 … b/1');
    const wanted = { ...link('a', 'b'), wantedOnly: true };
    expect(words('a/1', 'b/1', topology({ links: [wanted] }))).toBe('a/1 … b/1');
  });

  it('has its gap where a link is listed, else within a domain, else where a segment wants one', () => {
    const made = [link('a/1', 'a/2'), link('b/1', 'c/1')];
    expect(words('a/1', 'c/1', topology({ links: [...made, link('a/2', 'c/1', 'failed')] }))).toBe(
      'a/1 - a/2, a/2 … c/1',
    );
    expect(words('a/1', 'b/1', topology({ links: [link('a/2', 'b/1')] }))).toBe('a/1 … a/2, a/2 - b/1');
    expect(words('a/1', 'c/1', topology({ links: made, segments: [segment('s', ['b', 'a'])] }))).toBe(
      'a/1 … b/1, b/1 - c/1',
    );
  });

  it('follows segments over other domains where nothing is linked', () => {
    const on = topology({ segments: [segment('s', ['a', 'b'], ['b', 'd'])] });
    expect(words('a/1', 'd/1', on)).toBe('a/1 … b/1, b/1 … d/1');
    expect(words('a/1', 'c/1', on)).toBe('a/1 … c/1');
  });
});

describe('S-18: a network made to take long', () => {
  const many = (domain: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `${domain}/${n}`, domain, status: 'connected' }));
  const chain = (domain: string, count: number) =>
    Array.from({ length: count - 1 }, (_, n) => link(`${domain}/${n}`, `${domain}/${n + 1}`));

  it('has its gap found by what joins the parts, not by every pair of their nodes', () => {
    const size = 20_000;
    const on: Topology = {
      nodes: [...many('a', size), ...many('b', size)],
      links: [...chain('a', size), ...chain('b', size)],
      segments: [segment('s', ['b', 'a'])],
    };
    const way = waysFrom('a/0', on)(`b/${size - 1}`);
    expect(way[0]).toMatchObject({ from: 'a/0', to: `b/${size - 1}`, link: undefined });
    const listed = { ...on, links: [...on.links, link(`b/0`, `a/${size - 1}`, 'failed')] };
    const long = waysFrom('a/0', listed)(`b/${size - 1}`);
    expect(long).toHaveLength(2 * size - 1);
    expect(long.filter(({ link: made }) => made === undefined)).toEqual([
      { from: `a/${size - 1}`, to: 'b/0', link: undefined },
    ]);
  });

  it('may have circles, and links from a node to itself', () => {
    const on = topology({
      links: [
        link('a/1', 'a/1'),
        link('a/1', 'a/2'),
        link('a/2', 'b/1'),
        link('b/1', 'a/1'),
        link('c/1', 'c/1'),
      ],
      segments: [segment('s', ['a', 'a'], ['b', 'b'])],
    });
    expect(words('a/1', 'b/1', on)).toMatch(/b\/1$/u);
    expect(words('a/1', 'c/1', on)).toBe('a/1 … c/1');
  });

  it('S-25: may have nodes and domains that are called like members of objects', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const on: Topology = {
      nodes: names.map((id) => ({ id, domain: id, status: 'connected' })),
      links: [link('__proto__', 'constructor')],
      segments: [segment('s', ['constructor', 'toString'])],
    };
    expect(words('__proto__', 'constructor', on)).toBe('__proto__ - constructor');
    expect(words('__proto__', 'toString', on)).toBe('__proto__ - constructor, constructor … toString');
  });
});

describe('a gap', () => {
  const hop = { from: 'a/1', to: 'b/1', link: undefined };

  it('has the link of the two nodes before that of others of their domains', () => {
    const links = [link('a/2', 'b/1', 'failed'), link('b/1', 'a/1', 'pending')];
    expect(gapOf(hop, topology({ links })).link?.status).toBe('pending');
    expect(gapOf(hop, topology({ links: links.slice(0, 1) })).link?.status).toBe('failed');
    const wanted = { ...link('b', 'a', 'pending'), wantedOnly: true };
    expect(gapOf(hop, topology({ links: [wanted] })).link).toBe(wanted);
    expect(gapOf(hop, topology({ links: [link('a/1', 'c/1', 'failed')] })).link).toBeUndefined();
  });

  it('has the segments that want it', () => {
    const segments = [segment('s', ['b', 'a']), segment('t', ['a', 'c'])];
    expect(gapOf(hop, topology({ segments })).segments).toEqual(['s']);
    expect(gapOf({ ...hop, to: 'a/2' }, topology({ segments }))).toMatchObject({
      domains: ['a', 'a'],
      segments: [],
    });
  });
});
