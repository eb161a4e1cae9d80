import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inventory } from '../inventory/inventory.ts';
import type { Connections } from '../upstream/connections.ts';
import { testConnections } from '../upstream/testing/connections.ts';
import { startSpire, until } from '../upstream/testing/harness.ts';
import { identitySteps } from './identity-steps.ts';
import type { Known } from './identity-steps.ts';
import { verdictOf } from './step.ts';
import { trustSteps } from './trust-steps.ts';
import { everyEntry } from '../inventory/store/query.ts';

const known = (more: Partial<Known>): Known => ({
  state: 'mapped',
  spiffeId: 'spiffe://harbor.example/a',
  connection: 'harbor',
  entryId: '',
  agentId: '',
  reason: '',
  ...more,
});
const party = (name: string) => ({ name, instance: '', presence: 'unknown' as const });

describe('who stands behind a name', () => {
  const identities = new Map([
    ['o/n/good', known({ entryId: 'e1' })],
    [
      'o/n/gone',
      known({ state: 'entry-gone', connection: '', reason: 'harbor has no registration entry for it.' }),
    ],
    ['o/n/banned', known({ state: 'agent-banned', agentId: 'spiffe://harbor.example/spire/agent/x' })],
    ['o/n/none', known({ state: 'unmapped', spiffeId: '', reason: 'No rule fits.' })],
  ]);
  const steps = (spiffe?: boolean) => identitySteps([...identities.keys()].map(party), identities, spiffe);

  it('is good, wrong with what mends it, or not known', () => {
    expect(steps(true).map(({ title, state }) => [title, state])).toEqual([
      ['Identity of o/n/good', 'good'],
      ['Identity of o/n/gone', 'wrong'],
      ['Identity of o/n/banned', 'wrong'],
      ['Identity of o/n/none', 'unknown'],
    ]);
    const [good, gone, banned, none] = steps(true);
    expect(good?.link).toBe('/entries?id=harbor%2Fe1');
    expect(gone?.remedies?.[0]?.link).toBe('/entries/new?spiffeId=spiffe%3A%2F%2Fharbor.example%2Fa');
    expect(banned?.remedies?.[0]?.link).toMatch(/^\/agents\?id=/u);
    expect(none?.detail).toBe('No rule fits.');
  });

  it('is told without an effect where members authenticate by a shared secret', () => {
    expect(steps(false).map(({ state }) => state)).toEqual(['good', 'unknown', 'unknown', 'unknown']);
    expect(verdictOf(steps(false), false)).toBe('reaches');
  });

  it('decides only where it is known to count', () => {
    expect(verdictOf(steps(true), true)).toBe('does-not');
    expect(verdictOf(steps(), undefined)).toBe('unknown');
  });
});

describe('trust between two trust domains', () => {
  let spire: Awaited<ReturnType<typeof startSpire>>;
  let connections: Connections;
  let inventory: Inventory;
  beforeAll(async () => {
    spire = await startSpire({ entries: 40 });
    inventory = new Inventory({
      home: undefined,
      now: () => new Date(),
      events: { onEntries: () => {}, onAgents: () => {}, onBundles: () => {} },
    });
    connections = testConnections(spire.connections, {
      onState: (_state, source) => {
        if (source.kind === 'spire-server') inventory.changed(source);
      },
    });
    await inventory.follow(connections.spire);
    connections.start();
    await connections.settled();
  }, 60_000);
  afterAll(async () => {
    await connections.close();
    await inventory.close();
    await spire.stop();
  });

  const ask = (identities: ReadonlyMap<string, Known>, spiffe?: boolean) =>
    trustSteps(
      { connections, inventory, now: () => new Date() },
      'o/n/a',
      [...identities.keys()].slice(1),
      identities,
      spiffe,
    );
  const lighthouse = known({ spiffeId: 'spiffe://lighthouse.example/b', connection: 'lighthouse' });

  it('is there within one, and not known without an identity', async () => {
    const one = new Map([
      ['o/n/a', known({})],
      ['o/n/b', known({ spiffeId: 'spiffe://harbor.example/b' })],
    ]);
    expect(await ask(one)).toMatchObject([{ title: 'Trust within harbor.example', state: 'good' }]);
    expect(await ask(new Map([['o/n/a', known({})]]))).toMatchObject([{ state: 'unknown' }]);
    expect(await ask(one, false)).toMatchObject([{ state: 'not-asked' }]);
  });

  it('needs the bundle on both servers, and entries that federate', async () => {
    const { entries } = await until(
      () =>
        inventory.entries({
          connections: ['harbor'],
          ...everyEntry,
          limit: 40,
          now: Math.floor(Date.now() / 1000),
        }),
      (page) => page.entries.length >= 20,
    );
    const alone = entries.find(({ row }) => row.federatesWith.length === 0);
    const both = new Map([
      ['o/n/a', known({ entryId: alone?.row.id ?? '', spiffeId: alone?.row.spiffeId ?? '' })],
      ['o/n/b', lighthouse],
    ]);
    const steps = await ask(both);
    expect(steps.map(({ title }) => title)).toEqual([
      'o/n/b accepts SVIDs of harbor.example',
      'o/n/a accepts SVIDs of lighthouse.example',
    ]);
    const ours = steps[1];
    expect(ours).toMatchObject({ state: 'wrong' });
    expect(ours?.detail).toMatch(/does not federate with lighthouse\.example|bundle/u);
    expect(ours?.remedies?.length).toBeGreaterThan(0);
  }, 30_000);

  it('says that a server of the other is not connected, or has no bundle', async () => {
    const steps = await ask(
      new Map([
        ['o/n/a', known({})],
        ['o/n/b', known({ spiffeId: 'spiffe://elsewhere.test/b', connection: '' })],
      ]),
    );
    expect(steps).toMatchObject([
      { state: 'unknown', detail: 'No server of elsewhere.test is connected here.' },
      {
        state: 'wrong',
        detail: expect.stringMatching(/^harbor has no bundle of elsewhere\.test/u) as string,
      },
    ]);
  });
});
