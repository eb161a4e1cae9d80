import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import type { PlaneHOptions } from '@muster/practice/slim/plane/plane';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../fault.ts';
import { openChannel } from '../transport.ts';
import { FamilyH } from './family-h.ts';
import { usualLimits } from './measure.ts';
import type { Limits } from './measure.ts';
import { momentOf } from './names.ts';
import type { RouteRow } from './port.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function hostile(options: PlaneHOptions, limits: Partial<Limits> = {}): Promise<FamilyH> {
  const server = await planeH(options);
  const channel = openChannel({ address: server.address, timeoutMs: 60_000 });
  closing.push(
    () => channel.close(),
    () => server.close(),
  );
  return new FamilyH(channel.transport, 'h', { ...usualLimits, ...limits });
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'read',
    (error: unknown) => (error as Fault).code,
  );
const allRoutes = async (plane: FamilyH): Promise<RouteRow[]> => {
  const rows: RouteRow[] = [];
  for await (const some of plane.routes()) rows.push(...some);
  return rows;
};

/** A list that never ends, and how much of it was taken. */
function endless<T>(make: (n: number) => T): {
  all: () => Iterable<T>;
  taken: () => number;
  ended: () => boolean;
} {
  let taken = 0;
  let ended = false;
  return {
    taken: () => taken,
    ended: () => ended,
    *all() {
      try {
        for (;;) yield make(taken++);
      } finally {
        ended = true;
      }
    },
  };
}

const half = 'x'.repeat(512 * 1024);

describe('S-18: a control plane that means harm', () => {
  it.each([
    ['takes of memory', { letters: 100_000 }],
    ['has rows', { links: 100, routes: 100 }],
  ])(
    'is read no further than a list %s, and its stream is ended',
    async (_what, limits) => {
      const statusMsg = 'x'.repeat(1000);
      const links = endless((n) => ({ id: `${n}`, statusMsg }));
      const routes = endless((n) => ({ id: `${n}`, statusMsg }));
      const plane = await hostile({ links: links.all, routes: routes.all }, limits);
      expect(await codeOf(plane.links())).toBe('too-much');
      expect(await codeOf(allRoutes(plane))).toBe('too-much');
      for (const list of [links, routes]) {
        expect(list.taken()).toBeGreaterThan(90);
        await expect.poll(list.ended, { timeout: 10_000 }).toBe(true);
      }
    },
    60_000,
  );

  it('is read no further than a network has nodes', async () => {
    const nodes = Array.from({ length: 101 }, (_, n) => ({ id: `n${n}`, domain: 'd', status: 1 }));
    const plane = await hostile({ nodes }, { nodes: 100 });
    expect(await codeOf(plane.nodes())).toBe('too-much');
    nodes.pop();
    expect(await plane.nodes()).toHaveLength(100);
  }, 60_000);

  it('cannot send a message of more than 32 MiB', async () => {
    const plane = await hostile({ links: () => [{ id: 'one', statusMsg: half.repeat(80) }] });
    expect(await codeOf(plane.links())).toBe('too-much');
  }, 60_000);

  it('cannot have the text of one long route taken for many routes', async () => {
    // What `id` is to a route, a bundle of frames is to who reads them together: the same field of the same type.
    const forged = '\0'.repeat(5 * 1000) + 'x'.repeat(2 * 1024 * 1024);
    const plane = await hostile({ routes: () => [{ id: 'one' }, { id: forged }] });
    expect(await codeOf(allRoutes(plane))).toBe('too-much');
  }, 60_000);
});

describe('S-38: times of a control plane', () => {
  it.each([
    [0n, undefined],
    [-1n, undefined],
    [-(2n ** 63n), undefined],
    [1n, '1970-01-01T00:00:01.000Z'],
    [253_402_300_799n, '9999-12-31T23:59:59.000Z'],
    [253_402_300_800n, '9999-12-31T23:59:59.000Z'],
    [2n ** 63n - 1n, '9999-12-31T23:59:59.000Z'],
  ])('%d is %s', (seconds, moment) => {
    expect(momentOf(seconds)?.toISOString()).toBe(moment);
  });

  it('are dates in every row, and statuses that nobody knows are said to be unknown', async () => {
    const lastUpdated = 2n ** 63n - 1n;
    const plane = await hostile({
      routes: () => [{ id: 'a', name: wireName('org/ns/app'), status: 77 as never, lastUpdated }],
      links: () => [{ id: 'b', status: 77 as never, lastUpdated: -lastUpdated }],
    });
    expect(await allRoutes(plane)).toMatchObject([
      { id: 'a', status: 'unspecified', lastUpdated: new Date('9999-12-31T23:59:59Z') },
    ]);
    expect(await plane.links()).toMatchObject([{ id: 'b', status: 'unspecified', lastUpdated: undefined }]);
  });
});
