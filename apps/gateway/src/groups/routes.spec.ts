import { describe, expect, it } from 'vitest';
import type { RouteRow } from '../upstream/control-plane/port.ts';
import { neededRoutes } from './routes.ts';
import type { GroupNetwork, NodeFacts } from './routes.ts';

const own = (node: string, ...names: string[]): NodeFacts => ({
  node,
  own: names.map((name) => ({ name, instance: '' })),
  away: [],
});
const network = (nodes: NodeFacts[], rows: Partial<RouteRow>[] = []): GroupNetwork => ({
  nodes,
  rows: rows.map((row) => ({ instance: '', status: 'applied', ...row }) as RouteRow),
  unread: [],
});
const names = ['o/n/room', 'o/n/mod', 'o/n/a'];
const none = new Map<string, string>();
const words = ({ routes }: ReturnType<typeof neededRoutes>): string[] =>
  routes.map(({ node, name, to, via }) => `${node} → ${to}: ${name}${via === '' ? '' : ` via ${via}`}`);

describe('routes that a group needs', () => {
  const two = network([own('n1', 'o/n/mod', 'o/n/room'), own('n2', 'o/n/a', 'o/n/room'), own('n3')]);

  it('join only the nodes that somebody of it is on, both ways', () => {
    expect(words(neededRoutes(two, names, 'e', none))).toEqual([
      'n2 → n1: o/n/mod',
      'n2 → n1: o/n/room',
      'n1 → n2: o/n/a',
      'n1 → n2: o/n/room',
    ]);
  });

  it('go in the first generation over connections whose id is the endpoint', () => {
    const endpoints = new Map([
      ['n1', 'http://10.0.0.1:46357'],
      ['n2', 'https://10.0.0.2:46357'],
    ]);
    const found = neededRoutes(two, names, 'a', endpoints);
    expect(found.connections).toEqual([
      {
        node: 'n2',
        to: 'n1',
        endpoint: 'http://10.0.0.1:46357',
        config: '{"endpoint":"http://10.0.0.1:46357","tls":{"insecure":true}}',
      },
      {
        node: 'n1',
        to: 'n2',
        endpoint: 'https://10.0.0.2:46357',
        config: '{"endpoint":"https://10.0.0.2:46357"}',
      },
    ]);
    expect(words(found)).toContain('n1 → n2: o/n/a via https://10.0.0.2:46357');
  });

  it('are left out in the first generation where nobody told the endpoint: it lists the controller’s', () => {
    const found = neededRoutes(two, names, 'a', new Map([['n1', 'http://10.0.0.1:46357']]));
    expect(found.withoutEndpoint).toEqual(['n2']);
    expect(words(found).every((word) => word.startsWith('n2 → n1'))).toBe(true);
  });

  it('leave out what is there: written, or seen on the node', () => {
    const written = neededRoutes(
      network(two.nodes, [
        { name: 'o/n/mod', source: '*', destination: 'n1' },
        { name: 'o/n/a', source: 'n1', destination: 'n2', status: 'deleted' },
      ]),
      names,
      'e',
      none,
    );
    expect(words(written)).toEqual(['n2 → n1: o/n/room', 'n1 → n2: o/n/a', 'n1 → n2: o/n/room']);
    const reaches: NodeFacts = {
      ...own('n2', 'o/n/a', 'o/n/room'),
      away: [
        { name: 'o/n/mod', instance: '', endpoints: [''] },
        { name: 'o/n/room', instance: '', endpoints: [''] },
      ],
    };
    // That it reaches the channel somewhere says not that it reaches it on n1.
    expect(words(neededRoutes(network([...two.nodes.slice(0, 1), reaches]), names, 'b', none))).toEqual([
      'n2 → n1: o/n/room',
      'n1 → n2: o/n/a',
      'n1 → n2: o/n/room',
    ]);
  });

  it('names members that no node announces', () => {
    expect(neededRoutes(two, [...names, 'o/n/gone'], 'e', none).unseen).toEqual(['o/n/gone']);
  });
});
