import { describe, expect, it } from 'vitest';
import type { NodeRow } from '../upstream/control-plane/port.ts';
import { absence, NodeList } from './node-list.ts';

const node = (id: string, status: NodeRow['status'] = 'connected'): NodeRow => ({
  id,
  domain: id.split('/')[0] ?? '',
  status,
  endpoints: [],
});
const [a, b] = [node('domain-a/node-a'), node('domain-b/node-b')];
const why = (list: NodeList) => list.rows.map((row) => absence(row, 'plane'));
const at = (seconds: number): Date => new Date(seconds * 1000);
const shown = (list: NodeList) =>
  list.rows.map(({ id, status, since }) => [id, status, since.getTime() / 1000]);

describe('the nodes of a control plane', () => {
  it('are news when one came, went or changed, in whatever order they are listed', () => {
    const list = new NodeList();
    expect(list.take([b, a], false, at(1))).toBe(true);
    expect(list.take([a, b], false, at(2))).toBe(false);
    expect(shown(list)).toEqual([
      [a.id, 'connected', 1],
      [b.id, 'connected', 1],
    ]);
    expect(list.take([a, node(b.id, 'not-connected')], false, at(3))).toBe(true);
    expect(shown(list)[1]).toEqual([b.id, 'not-connected', 3]);
    expect(list.rows[1]?.lastSeen).toEqual(at(2));
    expect(why(list)).toEqual(['', expect.stringMatching(/^Its stream to plane has ended/u)]);
  });

  it('are gone when they took their leave', () => {
    const list = new NodeList();
    list.take([a, b], false, at(1));
    list.take([a], false, at(2));
    expect(shown(list)).toEqual([[a.id, 'connected', 1]]);
  });

  it('stay, not connected, when a control plane that was restarted lists them no more, until they are back', () => {
    const list = new NodeList();
    list.take([a, b], false, at(1));
    expect(list.take([a], true, at(20))).toBe(true);
    expect(shown(list)).toEqual([
      [a.id, 'connected', 1],
      [b.id, 'not-connected', 20],
    ]);
    expect(list.rows[1]?.lastSeen).toEqual(at(1));
    expect(why(list)[1]).toMatch(/^plane does not list it any more.*Restart the node/u);
    // Reading goes on; nothing is new about it.
    expect(list.take([a], false, at(30))).toBe(false);
    expect(shown(list)[1]).toEqual([b.id, 'not-connected', 20]);
    list.take([a, b], false, at(40));
    expect(shown(list)[1]).toEqual([b.id, 'connected', 40]);
  });

  it('are forgotten by a restart too short to be noticed when none is listed', () => {
    const list = new NodeList();
    list.take([a, b], false, at(1));
    list.take([], false, at(4));
    expect(shown(list).map(([, status]) => status)).toEqual(['not-connected', 'not-connected']);
  });

  it('are let go a day after they were forgotten', () => {
    const list = new NodeList();
    list.take([a, b], false, at(0));
    list.take([a], true, at(10));
    list.take([a], false, at(10 + 86_399));
    expect(list.rows).toHaveLength(2);
    list.take([a], true, at(10 + 86_400));
    expect(list.rows).toHaveLength(1);
  });
});
