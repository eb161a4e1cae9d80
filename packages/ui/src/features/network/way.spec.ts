import { create } from '@bufbuild/protobuf';
import {
  LinkStatus,
  NetworkLinkSchema,
  NetworkNodeSchema,
  ReachResponseSchema,
  ReachState,
} from '@muster/api';
import { describe, expect, it } from 'vitest';
import { layoutMap, MOST_NODES } from './map.ts';
import { crowdWords, drawWay, wayOf } from './way.ts';

const connection = 'cp';
const node = (domain: string, name: string) =>
  create(NetworkNodeSchema, { connection, id: `${domain}/${name}`, domain, status: 'connected' });
const link = (source: string, destination: string) =>
  create(NetworkLinkSchema, {
    connection,
    source,
    destination,
    linkId: `${source}~${destination}`,
    status: LinkStatus.APPLIED,
  });

const answer = create(ReachResponseSchema, {
  connection,
  path: ['a/1', 'b/1', 'c/1'],
  firstWrong: 0,
  steps: [{ kind: 'link', state: ReachState.WRONG, nodes: ['b/1', 'c/1'] }],
  places: [
    { node: 'a/1', members: 2, online: 1, offline: 1, names: ['x'] },
    { node: 'c/1', members: 1, names: ['y'] },
    { node: '', members: 4 },
  ],
});

const drawn = (nodes: ReturnType<typeof node>[], two = true) => {
  const layout = layoutMap({ nodes, links: [link('a/1', 'b/1')], segments: [] });
  return drawWay(layout, wayOf(answer, two), new Map(nodes.map(({ id, domain }) => [id, domain])));
};

describe('the way on the map', () => {
  it('goes from node to node, and is red where it ends', () => {
    const { lines, onPath, wrong, crowds } = drawn([node('a', '1'), node('b', '1'), node('c', '1')]);
    expect(lines.map(({ key, wrong: bad }) => [key, bad])).toEqual([
      ['a/1\nb/1', false],
      ['b/1\nc/1', true],
    ]);
    expect([...onPath]).toEqual(['a/1', 'b/1', 'c/1']);
    expect(wrong.size).toBe(0);
    expect([...crowds.keys()]).toEqual(['a/1', 'c/1']);
  });

  it('shows only where members are while no two are chosen', () => {
    const { lines, onPath, crowds } = drawn([node('a', '1'), node('b', '1'), node('c', '1')], false);
    expect([lines.length, onPath.size, crowds.size]).toEqual([0, 0, 2]);
  });

  it('goes from domain to domain where nodes are not drawn, and counts their members together', () => {
    const many = Array.from({ length: MOST_NODES }, (_, i) => node('a', String(i)));
    const { lines, onPath, crowds } = drawn([...many, node('b', '1'), node('c', '1')]);
    expect(lines).toHaveLength(2);
    expect([...onPath]).toEqual([`${connection}\na`, `${connection}\nb`, `${connection}\nc`]);
    expect(crowds.get(`${connection}\na`)?.members).toBe(2);
  });

  it('leaves out what is not drawn', () => {
    expect(drawn([node('a', '1')]).lines).toEqual([]);
  });

  it('says how many there are', () => {
    expect(crowdWords({ members: 1, online: 1, offline: 0, names: [] })).toBe('1 member');
    expect(crowdWords({ members: 1, online: 0, offline: 1, names: ['o/n/bob/7'] })).toBe('bob, offline');
    expect(crowdWords({ members: 3, online: 1, offline: 2, names: [] })).toBe('3 members, 2 offline');
  });
});
