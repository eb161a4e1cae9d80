import { ConnectionState } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { startHarness, until } from '../testing/harness.ts';
import { planeA, planeE } from './testing/planes.ts';
import { planeH } from '@muster/practice/slim/plane/plane';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function connectionTo(starting: ServedPlane | Promise<ServedPlane>) {
  const plane = await starting;
  const harness = await startHarness(
    [{ name: 'plane', kind: 'slim-control-plane', address: plane.address }],
    { retry: { first: 20, most: 200, check: 100 } },
  );
  closing.push(
    () => harness.console.close(),
    () => plane.close(),
  );
  await harness.console.ready;
  return async () => (await harness.connections.listConnections({})).connections[0];
}

describe('a connection to a SLIM control plane', () => {
  it.each([
    [planeA, 'SLIM control plane 0.0–0.1, 2 nodes'],
    [() => planeE('1.0'), 'SLIM control plane 0.7–1.0, 1 node'],
    [() => planeE('1.4'), 'SLIM control plane 1.4, 1 node'],
    [() => planeH(), 'SLIM control plane 2.0–3.4, 2 nodes'],
  ])('says which generation it speaks', async (start, description) => {
    const connection = await connectionTo(start());
    expect(await connection()).toMatchObject({ state: ConnectionState.READY, description });
  });

  it('says of each thing that it cannot do why not', async () => {
    const connection = await connectionTo(planeA());
    const facts = new Map((await connection())?.capabilities.map(({ name, reason }) => [name, reason]));
    expect(facts.get('routes.write')).toBe('');
    expect(facts.get('topology.write')).toMatch(/came with 2\.0/u);
  });

  it('of no generation that is known says so', async () => {
    const connection = await connectionTo(servePlane('go', () => {}));
    expect(await connection()).toMatchObject({ state: ConnectionState.FAILED });
    expect((await connection())?.reason).toMatch(/none of those from 0\.0\.1 to 3\.4/u);
  });

  it('finds out anew when something else answers at its address', async () => {
    const first = await planeH();
    const connection = await connectionTo(first);
    await first.close();
    await until(connection, (now) => now?.state === ConnectionState.FAILED);
    const port = Number(new URL(first.address).port);
    closing.push((await planeE('1.4', {}, port)).close);
    const now = await until(connection, (one) => one?.state === ConnectionState.READY);
    expect(now?.description).toBe('SLIM control plane 1.4, 1 node');
  });
});
