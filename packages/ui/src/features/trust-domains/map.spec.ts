import { ListFederationResponse_EdgeSchema, ListFederationResponse_NodeSchema, Severity } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { edgeKind, edgeState, layoutMap, NODE } from './map.ts';

const node = (trustDomain: string, connection = '') =>
  create(ListFederationResponse_NodeSchema, { trustDomain, connection });
const edge = (from: string, to: string, more = {}) =>
  create(ListFederationResponse_EdgeSchema, { from, to, ...more });

describe('the map', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [1, 29],
    [15, 15],
    [30, 0],
  ])('of %i servers and %i others puts no two on one another, and all inside', (servers, others) => {
    const nodes = [
      ...Array.from({ length: servers }, (_, i) => node(`s${i}.test`, `s${i}`)),
      ...Array.from({ length: others }, (_, i) => node(`p${i}.test`)),
    ];
    const edges = nodes.flatMap((one, i) =>
      i % servers === i || servers === 0 ? [] : [edge(`s${i % servers}.test`, one.trustDomain)],
    );
    const layout = layoutMap(nodes, edges);
    expect(layout.nodes).toHaveLength(nodes.length);
    expect(layout.edges).toHaveLength(edges.length);
    for (const a of layout.nodes) {
      expect(
        a.x >= 0 && a.y >= 0 && a.x + NODE.width <= layout.width && a.y + NODE.height <= layout.height,
      ).toBe(true);
      for (const b of layout.nodes)
        if (a !== b)
          expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height).toBe(true);
    }
  });

  it('draws the two directions of a pair apart', () => {
    const { edges } = layoutMap(
      [node('a.test', 'a'), node('b.test', 'b')],
      [edge('a.test', 'b.test'), edge('b.test', 'a.test')],
    );
    expect(Math.abs((edges[0]?.at.y ?? 0) - (edges[1]?.at.y ?? 0))).toBeGreaterThan(18);
  });

  it('leaves out an edge to what is not there', () => {
    expect(layoutMap([node('a.test', 'a')], [edge('a.test', 'b.test')]).edges).toEqual([]);
  });

  it('says each state in a word and a sign', () => {
    const of = (severity: Severity) => edgeState(edge('a', 'b', { severity }));
    expect(new Set([0, 1, 2, 3].map((one) => of(one).word)).size).toBe(4);
    expect(new Set([0, 1, 2, 3].map((one) => of(one).sign)).size).toBe(4);
    expect(edgeKind(edge('a', 'b', { hasBundle: true }))).toMatch(/never refreshed/);
    expect(edgeKind(edge('a', 'b', { hasRelationship: true }))).toMatch(/without a bundle/);
    expect(edgeKind(edge('a', 'b'))).toMatch(/entries only/);
  });
});
