import { ItemOutcome, NetworkService } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { newKey, startHarness, until } from '../upstream/testing/harness.ts';
import { tcpWay } from '../upstream/testing/tcp-way.ts';
import { networkActions, networkCases } from './testing/network-cases.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe.each(networkActions)('S-28: %s', (name) => {
  it.each(['before', 'after'] as const)(
    'is done once at most when the connection breaks %s it is heard',
    async (how) => {
      const { input, start } = networkCases[name] ?? {
        input: {},
        start: () => Promise.reject(new Error(name)),
      };
      const plane = await start();
      const way = await tcpWay(plane.address);
      const harness = await startHarness(
        [{ name: 'plane', kind: 'slim-control-plane', address: way.address }],
        {
          retry: { first: 20, most: 200, check: 60_000 },
        },
      );
      closing.push(plane.stop, way.close, () => harness.console.close());
      await harness.console.ready;
      await until(
        () => harness.client(NetworkService).listRoutes({}),
        ({ freshness }) => freshness?.asOf !== undefined,
      );
      const plan = await harness.plan(name, input);
      const before = await plane.state();
      const stop = harness.bus.on((event) => {
        if (event.kind === 'invalidated') way.cut(how);
      });
      const key = newKey();
      const applied = await harness.apply(plan.digest, key).catch((error: unknown) => error as Error);
      stop();
      way.cut('never');
      const after = await plane.state();
      if (applied instanceof Error) {
        // It could not be looked at again whether the plan still holds: nothing was sent.
        expect(after).toBe(before);
        return;
      }
      const outcome = applied.items[0]?.outcome;
      if (outcome === ItemOutcome.DONE) expect(after).not.toBe(before);
      if (outcome === ItemOutcome.REFUSED) expect(after).toBe(before);
      const again = await harness.apply(plan.digest, key);
      expect(again.items.map((item) => item.outcome)).toEqual([outcome]);
      expect(await plane.state()).toBe(after);
    },
    30_000,
  );
});
