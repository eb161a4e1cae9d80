import { describe, expect, it } from 'vitest';
import type { NodeRouteRow, NodeRow, RouteRow } from '../upstream/control-plane/port.ts';
import { NodeTruth } from './node-truth.ts';

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const nodes = names.map((id): NodeRow => ({ id, domain: '', status: 'connected', endpoints: [] }));

const rows = (count: number, name = 'o/n/app'): NodeRouteRow[] =>
  Array.from({ length: count }, (_, index) => ({ name, instance: `${index}`, connections: [] }));

const applied = (source: string): RouteRow =>
  ({ status: 'applied', name: 'o/n/app', instance: '0', source }) as RouteRow;

/** A network whose nodes tell these rows, with room for about so many. */
function network(told: Map<string, NodeRouteRow[]>, room: number) {
  const changes: number[] = [];
  const truth = new NodeTruth(
    { plane: { nodeRoutes: (id) => Promise.resolve(told.get(id) ?? []) } },
    () => changes.push(truth.version),
    0,
    room * 220,
  );
  const compared = (): string[] => names.filter((id) => truth.placesOn(id) !== undefined);
  return { truth, changes, compared };
}

describe('what the nodes of a network have', () => {
  it('S-18: takes no more than its room in all, and says of the others why they are not compared', async () => {
    const told = new Map(names.map((id) => [id, rows(100)]));
    const { truth, compared } = network(told, 300);
    await truth.refresh(nodes);
    expect(compared()).toHaveLength(3);
    const [left = ''] = names.filter((id) => !compared().includes(id));
    expect(truth.says(left)?.routes).toEqual([]);
    // Not missing on its node: nobody looked.
    expect(truth.of(applied(left))).toEqual({
      kind: 'unknown',
      reason:
        'The nodes of this network tell more routes than are compared at once, about a million in all: those of this one are left out.',
    });
    expect(truth.of(applied(compared()[0] ?? '')).kind).toBe('same');
  });

  it('S-18: counts long names and many connections for what they take', async () => {
    const connections = Array.from({ length: 50 }, (_, id) => ({
      id: BigInt(id),
      local: false,
      peerNode: 'p',
      linkId: 'l',
    }));
    const told = new Map([
      ['n1', rows(100, 'x'.repeat(2000))],
      ['n2', rows(100).map((row) => ({ ...row, connections }))],
      ['n3', rows(100)],
    ]);
    const { truth, compared } = network(told, 700);
    await truth.refresh(nodes);
    expect(compared()).toEqual(['n3', 'n4', 'n5', 'n6']);
  });

  it('leaves out the same ones at each reading, and takes them once there is room', async () => {
    const told = new Map(names.map((id) => [id, rows(100)]));
    const { truth, compared, changes } = network(told, 300);
    await truth.refresh(nodes);
    const first = compared();
    await truth.refresh(nodes.toReversed());
    await truth.refresh(nodes);
    expect(compared()).toEqual(first);
    expect(changes).toEqual([1]);
    for (const id of first.slice(1)) told.set(id, []);
    await truth.refresh(nodes);
    await truth.refresh(nodes);
    expect(compared().length).toBeGreaterThanOrEqual(5);
    // One that is gone keeps no room.
    await truth.refresh(nodes.filter(({ id }) => id !== first[0]));
    await truth.refresh(nodes.filter(({ id }) => id !== first[0]));
    expect(compared()).toHaveLength(5);
  });
});
