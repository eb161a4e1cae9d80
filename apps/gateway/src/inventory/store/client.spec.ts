import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startStore } from './client.ts';
import { StoreThread } from './thread.ts';

describe('the threads of the store', { timeout: 60_000 }, () => {
  it('end when no report was asked for, start again for the next, and close in any state', async () => {
    const started: string[] = [];
    const { call } = StoreThread.prototype;
    // What is asked of any thread, and in which order.
    StoreThread.prototype.call = function (this: StoreThread, op: string, args: unknown[]) {
      started.push(op);
      return call.call(this, op, args);
    };
    try {
      const store = startStore(undefined, { reportsIdle: 50 });
      expect(await store.treeRoots('none', 0, 1)).toBeDefined();
      while (!started.includes('close')) await sleep(5);
      expect(await Promise.all([store.treeRoots('none', 0, 1), store.treeRoots('none', 0, 1)])).toHaveLength(
        2,
      );
      expect(started.filter((op) => op === 'close')).toHaveLength(1);
      await store.close();
      expect(started.slice(-3)).toEqual(['close', 'close', 'close']);
      await expect(store.treeRoots('none', 0, 1)).rejects.toThrow('the store is closed');
    } finally {
      StoreThread.prototype.call = call;
    }
  });

  it('keep what they compiled where only this user may write', async () => {
    const home = mkdtempSync(join(tmpdir(), 'mt-'));
    const store = startStore(join(home, 'muster.db'));
    await store.stats(0);
    await store.close();
    expect(statSync(join(home, 'compiled')).mode & 0o077).toBe(0);
    expect(readdirSync(join(home, 'compiled'))).toHaveLength(1);
  });
});
