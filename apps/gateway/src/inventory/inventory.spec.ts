import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionState } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';

describe('the inventory', () => {
  it('keeps its copy over a restart, and says that and since when it is old', async () => {
    const home = temporaryDirectory();
    const spire = await startSpire({ entries: 50 });
    const first = await startHarness(spire.connections, { home });
    const whole = await until(
      () => first.entries.listEntries({ page: { limit: 1000 } }),
      ({ freshness, total }) => freshness?.refreshing === false && total === 50n,
    );
    expect(whole.freshness?.staleReason).toBe('');
    await first.console.close();
    await spire.stop();
    expect(statSync(join(home, 'muster.db')).mode & 0o077).toBe(0);

    const second = await startHarness(spire.connections, { home });
    await second.console.ready;
    const stale = await second.entries.listEntries({ page: { limit: 1000 } });
    expect(stale.entries.map(({ id }) => id)).toEqual(whole.entries.map(({ id }) => id));
    expect(stale.freshness?.staleReason).toMatch(/There is no socket/u);
    expect(stale.freshness?.asOf).toEqual(whole.freshness?.asOf);
    await second.console.close();
  }, 60_000);

  it('is up to date again by itself after its server was cut off and came back, many times', async () => {
    const spire = await startSpire({ entries: 50 });
    const directory = temporaryDirectory();
    const path = join(directory, 'p.sock');
    const target = spire.spire.trustDomains[0]?.serverSocket ?? '';
    let proxy = await startCutProxy(path, target);
    const harness = await startHarness([{ name: 'one', kind: 'spire-server', address: `unix://${path}` }], {
      retry: { first: 20, most: 200, check: 100 },
    });
    await harness.console.ready;
    const state = async () => (await harness.connections.listConnections({})).connections[0]?.state;
    for (let round = 0; round < 5; round += 1) {
      await proxy.close();
      await until(state, (now) => now === ConnectionState.FAILED);
      const { freshness } = await harness.entries.listEntries({ page: { limit: 1 } });
      expect(freshness?.staleReason).not.toBe('');
      proxy = await startCutProxy(path, target);
      await until(state, (now) => now === ConnectionState.READY);
      await until(
        () => harness.entries.listEntries({ page: { limit: 1 } }),
        (answer) => answer.freshness?.staleReason === '' && !answer.freshness.refreshing,
      );
    }
    await harness.console.close();
    await proxy.close();
    await spire.stop();
  }, 60_000);
});
