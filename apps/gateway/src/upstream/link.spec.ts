import { ConnectionKind, ConnectionState } from '@muster/api';
import type { Connection } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { Fault } from './fault.ts';
import { Link } from './link.ts';
import type { Found } from './link.ts';
import { until } from './testing/harness.ts';

const found: Found = {
  capabilities: [{ name: 'x', reason: '' }],
  description: 'thing',
  trustDomain: 'a.example',
};

function link(attempt: (signal: AbortSignal) => Promise<Found>) {
  const told: Connection[] = [];
  const made = new Link(
    {
      name: 'n',
      kind: ConnectionKind.SPIRE_SERVER,
      address: 'unix:///x',
      practice: false,
      now: () => new Date(),
      limits: { first: 5, most: 20, check: 50, attempt: 200 },
      onChange: (connection) => told.push(connection),
    },
    attempt,
  );
  return { made, told };
}

describe('a connection’s state', () => {
  it('goes from connecting to ready, and says when it is tried next while it fails', async () => {
    let works = false;
    const { made, told } = link(async () => {
      if (!works) throw new Fault('refused', 'transport');
      return found;
    });
    expect(made.describe().state).toBe(ConnectionState.CONNECTING);
    made.start();
    await made.settled;
    const failed = made.describe();
    expect(failed).toMatchObject({ state: ConnectionState.FAILED, failures: 1 });
    expect(failed.reason).toMatch(/Nothing listens at its address/u);
    expect(failed.nextTry).toBeDefined();
    await until(
      () => made.describe().failures,
      (failures) => failures >= 3,
    );
    works = true;
    await until(
      () => made.describe().state,
      (state) => state === ConnectionState.READY,
    );
    expect(made.describe()).toMatchObject({ reason: '', failures: 0, trustDomain: 'a.example' });
    expect(made.describe().nextTry).toBeUndefined();
    expect(told.at(-1)?.state).toBe(ConnectionState.READY);
    made.close();
  });

  it('keeps what it can do when it is lost, each with the reason', async () => {
    const { made } = link(async () => found);
    made.start();
    await made.settled;
    expect(made.lacks('x')).toBe('');
    made.lost(new Fault('broken', 'transport'));
    expect(made.describe()).toMatchObject({ state: ConnectionState.FAILED, trustDomain: 'a.example' });
    expect(made.lacks('x')).toMatch(/connection broke/u);
    expect(made.lacks('y')).toMatch(/does not offer/u);
    await until(() => made.up, Boolean);
    made.close();
  });

  it('gives up an attempt that hangs, and never runs two at once', async () => {
    let running = 0;
    let most = 0;
    const { made } = link(async (signal) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      running -= 1;
      throw new Fault('deadline', 'transport');
    });
    made.start();
    made.retry();
    made.retry();
    await made.settled;
    expect(made.describe().reason).toMatch(/did not answer in time/u);
    expect(most).toBe(1);
    made.close();
  });

  it('is degraded with its reason when it works in part', async () => {
    const { made } = link(async () => ({ ...found, degraded: 'Entries cannot be read.' }));
    made.start();
    await made.settled;
    expect(made.describe()).toMatchObject({
      state: ConnectionState.DEGRADED,
      reason: 'Entries cannot be read.',
    });
    made.close();
  });
});
