import { Code } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { ActionService, ItemOutcome, NetworkService } from '@muster/api';
import { planeH } from '@muster/practice/slim/plane/plane';
import { afterEach, describe, expect, it } from 'vitest';
import { planeA, planeB, planeE } from '../upstream/control-plane/testing/planes.ts';
import { startHarness, until } from '../upstream/testing/harness.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function consoleOn<Plane extends { address: string; close: () => unknown }>(starting: Promise<Plane>) {
  const plane = await starting;
  const harness = await startHarness(
    [{ name: 'plane', kind: 'slim-control-plane', address: plane.address }],
    {
      retry: { first: 20, most: 200, check: 100 },
    },
  );
  closing.push(() => harness.console.close(), plane.close);
  await harness.console.ready;
  const network = harness.client(NetworkService);
  await until(
    () => network.listNodes({}),
    ({ freshness }) => freshness?.asOf !== undefined,
  );
  const { act } = harness;
  const refused = (action: string, input: JsonObject) =>
    harness.plan(action, input).then(
      () => 'planned',
      (error: unknown) => (error as { rawMessage: string }).rawMessage,
    );
  return { harness, plane, network, act, refused };
}

const app = { node: 'slim/0', name: 'org/ns/new' };
const far = 'http://10.0.0.9:46357';

describe('0.0–0.1 (A)', () => {
  it('connects a node, routes over the connection, and takes the route back by the id that its making told', async () => {
    const { harness, plane, act, refused } = await consoleOn(planeA());
    const before = await harness.plan('route.add', { ...app, via: far });
    expect(before.warnings.map(({ code }) => code)).toEqual(['no-connection']);
    expect(before.warnings[0]?.text).toMatch(
      /make it first \(connection\.create\)\. It has: http:\/\/10\.0\.0\.2:46357\./u,
    );
    const early = await harness.apply(before.digest);
    expect(early.items[0]).toMatchObject({
      outcome: ItemOutcome.REFUSED,
      reason: 'The server says: failed to get connection',
    });

    const made = await act('connection.create', { node: 'slim/0', endpoint: far });
    expect(made.plan.changes[0]?.fields).toMatchObject([
      { field: 'Endpoint', after: far },
      { field: 'Settings', after: 'endpoint, tls' },
    ]);
    expect(made.items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: 'The node has it.' });
    expect(made.plan.commands[0]).toMatchObject({
      line: '',
      note: expect.stringMatching(/together with a route/u) as string,
    });
    expect([...plane.connections]).toEqual([[far, 'slim/0']]);
    expect(await refused('connection.create', { node: 'slim/0', endpoint: far })).toMatch(
      /connected to it already/u,
    );

    const added = await act('route.add', { ...app, instance: '7', via: far });
    expect(added.plan.warnings).toEqual([]);
    expect(added.plan.commands[0]?.line).toMatch(
      /^slimctl --server 127\.0\.0\.1:\d+ route add org\/ns\/new\/7 via connection\.json --node-id=slim\/0$/u,
    );
    expect(added.items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: 'Its node has it.' });
    expect(plane.subscriptions.size).toBe(1);

    expect(await refused('route.remove', { ...app, via: far })).toMatch(
      /was not made here since the gateway started/u,
    );
    const undo = await harness.plan(added.result.inverse, added.result.inverseInput ?? {});
    expect(undo).toMatchObject({ action: 'route.remove', destructive: true });
    expect((await harness.apply(undo.digest)).items[0]).toMatchObject({
      outcome: ItemOutcome.DONE,
      reason: 'It is gone.',
    });
    expect(plane.subscriptions.size).toBe(0);
  }, 60_000);

  it('says before it is sent that DeregisterNode does nothing, and what the server answered after', async () => {
    const { plane, act, network, refused } = await consoleOn(planeA());
    const { plan, items } = await act('node.deregister', { node: 'slim/1' });
    expect(plan.warnings[0]).toMatchObject({
      code: 'does-nothing',
      text: expect.stringMatching(/they did not do it/u) as string,
    });
    expect(items[0]).toMatchObject({
      outcome: ItemOutcome.REFUSED,
      reason: expect.stringMatching(/did not do it/u) as string,
    });
    expect(plane.calls).toContain('DeregisterNode');
    expect((await network.listNodes({})).total).toBe(2n);
    expect(await refused('node.deregister', { node: 'slim/9' })).toBe(
      'node: plane has no such node; it has: slim/0, slim/1.',
    );
  }, 60_000);

  it('refuses bad input by its field, before anything is sent', async () => {
    const { refused, plane } = await consoleOn(planeA());
    expect(await refused('route.add', { ...app, to: 'slim/1' })).toMatch(
      /^to: before 0\.6 a route goes over a connection/u,
    );
    expect(await refused('route.add', app)).toMatch(/^via: the address/u);
    expect(await refused('route.add', { ...app, via: far, config: {} })).toMatch(
      /^config: .*connection\.create/u,
    );
    expect(await refused('route.add', { ...app, name: 'org/ns', via: far })).toMatch(/^name: /u);
    expect(await refused('route.add', { ...app, via: 'http://me:secret@10.0.0.9:1' })).toMatch(/^via: /u);
    expect(await refused('route.add', { ...app, via: far, instance: '18446744073709551616' })).toMatch(
      /^instance: .*64 bits/u,
    );
    expect(
      await refused('connection.create', {
        node: 'slim/0',
        endpoint: far,
        config: { endpoint: 'http://other:1' },
      }),
    ).toMatch(/^config\.endpoint: it must be http:\/\/10\.0\.0\.9:46357/u);
    expect(await refused('domain.add', { name: 'a', secret: 'x'.repeat(32) })).toMatch(
      /^plane: .*came with 2\.0/u,
    );
    expect(plane.calls.filter((call) => /^(Create|Delete)/u.test(call))).toEqual([]);
  }, 60_000);
});

describe('0.6 (B)', () => {
  it('routes to an address, and back', async () => {
    const { plane, act, harness, refused } = await consoleOn(planeB());
    const { items, plan, result } = await act('route.add', { ...app, via: far });
    expect(plan.commands[0]?.line).toMatch(
      /^slimctl controller --server \S+ route add org\/ns\/new via connection\.json --node-id=slim\/0$/u,
    );
    expect(plan.effects[1]).toBe(`slim/0 connects to ${far} for it, unless it is connected already.`);
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: 'Its node has it.' });
    expect(plane.routes).toEqual([`slim/0||${far}|new`]);
    const removed = await harness.plan(result.inverse, result.inverseInput ?? {});
    const { result: again } = await harness.apply(removed.digest);
    expect(plane.routes).toEqual([]);
    // How its connection was configured is not kept.
    expect(again.inverseInput).toBeUndefined();
    const gone = await harness.plan('route.remove', { ...app, via: far });
    expect(gone.warnings.map(({ code }) => code)).toEqual(['not-on-node']);
    expect((await harness.apply(gone.digest)).items[0]).toMatchObject({ outcome: ItemOutcome.REFUSED });
    expect(await refused('route.add', app)).toMatch(/^to: either the node it goes to, or `via`/u);
    expect(await refused('route.add', { ...app, to: 'slim/0' })).toMatch(
      /^to: a node needs no route to itself/u,
    );
    expect(await refused('node.deregister', { node: 'slim/0' })).toMatch(/first generation only/u);
  }, 60_000);
});

describe('0.7–1.4 (C–E)', () => {
  const nodes = ['slim/0', 'slim/1'];
  const to = { ...app, to: 'slim/1' };

  it('route to a node, say what the list says of it, and find it again', async () => {
    const { plane, act, harness, refused } = await consoleOn(planeE('1.4', { nodes }));
    const { items, plan, result } = await act('route.add', { ...to, instance: '3' });
    expect(plan.commands[0]?.line).toMatch(/route add org\/ns\/new\/3 via slim\/1 --node-id=slim\/0$/u);
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: 'Its node has it.' });
    expect(plane.added).toMatchObject([{ sourceNodeId: 'slim/0', destNodeId: 'slim/1', componentId: 3n }]);
    expect(await refused('route.add', { ...to, instance: '3' })).toMatch(/has this route already/u);
    expect(await refused('route.remove', to)).toMatch(/^name: plane has no such route on slim\/0/u);
    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo.effects).toEqual([
      'Messages for org/ns/new that reach slim/0 no longer go on to slim/1.',
      'It is the only route of that name there: members behind slim/1 hear nothing from slim/0.',
    ]);
    const { result: back, items: gone } = await harness.apply(undo.digest);
    expect(gone[0]?.reason).toBe('It is gone.');
    expect(back.inverse).toBe('route.add');
    await harness.apply((await harness.plan(back.inverse, back.inverseInput ?? {})).digest);
    expect(plane.added).toHaveLength(1);
  }, 60_000);

  it.each([
    [
      { status: 2, statusMsg: 'no such link\u0007' },
      /^The control plane lists it, and its node refused it: no such link\\u\{7\}$/u,
    ],
    [{ status: 4, statusMsg: '' }, /^The control plane lists it as pending/u],
  ])(
    'tell what became of it after it was taken: %j',
    async (takes, reason) => {
      const { act } = await consoleOn(planeE('1.4', { nodes, takes }));
      const { items } = await act('route.add', to);
      expect(items[0]).toMatchObject({
        outcome: ItemOutcome.DONE,
        reason: expect.stringMatching(reason) as string,
      });
    },
    60_000,
  );

  it('of 0.7 are read back from the node: its list is text', async () => {
    const { act, plane } = await consoleOn(planeE('0.7', { nodes }));
    const { items, result } = await act('route.add', to);
    expect(items[0]?.reason).toBe('Its node has it.');
    const undone = await act(result.inverse, result.inverseInput ?? {});
    expect(undone.items[0]?.reason).toBe('It is gone.');
    expect(plane.added).toEqual([]);
  }, 60_000);

  it('S-13: tell no credential of a connection: not in a plan, a result, the records or an error', async () => {
    const { harness, act, plane } = await consoleOn(planeE('1.4', { nodes }));
    const config = { auth: { basic: { username: 'me', password: 'canary-of-a-password' } } };
    const { plan, items, result } = await act('route.add', { ...app, via: far, config });
    expect(plan.changes[0]?.fields.at(-1)).toMatchObject({ field: 'Connection', after: 'endpoint, auth' });
    expect(plane.added[0]).toMatchObject({ destEndpoint: far });
    const records = await harness.client(ActionService).listRecords({});
    const said = { plan, items, result, records };
    expect(text(said)).not.toContain('canary');
  }, 60_000);
});

describe('2.0–3.4 (H)', () => {
  const secret = 'canary: a secret of thirty-two bytes or more';

  it('admits a domain by a secret, gives it another only when asked, and removes it with its nodes named', async () => {
    const { harness, act, network, refused } = await consoleOn(planeH({ secrets: true }));
    const { plan, items, result } = await act('domain.add', { name: 'quarry', secret });
    expect(plan.commands[0]?.line).toMatch(/controller --server \S+ domain add quarry SECRET$/u);
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: '' });
    await until(
      () => network.listDomains({}),
      ({ domains }) => domains.some(({ name }) => name === 'quarry'),
    );
    expect(await refused('domain.add', { name: 'quarry', secret })).toMatch(
      /has a domain quarry already\. Give it a new secret by “replace”/u,
    );
    const replaced = await act('domain.add', { name: 'quarry', secret: `${secret}!`, replace: true });
    expect(replaced.plan).toMatchObject({
      title: 'Replace the secret of domain quarry',
      destructive: true,
      inverse: '',
    });
    expect(replaced.result.inverseInput).toBeUndefined();
    expect(await refused('domain.add', { name: 'nowhere', secret, replace: true })).toMatch(
      /has no domain nowhere/u,
    );
    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo.effects).toEqual(['No node of it is connected now; none can register any more.']);
    await harness.apply(undo.digest);

    await act('segment.add', { name: 'all' });
    await act('link.add', { segment: 'all', domain_a: 'domain-a', domain_b: 'domain-b' });
    const drop = await harness.plan('domain.remove', { name: 'domain-b' });
    expect(drop.changes[0]?.fields).toMatchObject([{ field: 'Node', before: 'domain-b/node-b' }]);
    expect(drop.effects[0]).toBe('1 node is dropped: domain-b/node-b.');
    expect(drop.effects.at(-1)).toBe('all keeps its links to it, pending.');
    expect(drop.warnings.map(({ code }) => code)).toEqual(['drops-nodes', 'needs-secrets']);
    expect((await harness.apply(drop.digest)).items[0]).toMatchObject({
      outcome: ItemOutcome.DONE,
      reason: '',
    });
    expect(await refused('domain.remove', { name: 'domain-b' })).toMatch(
      /has no domain domain-b; it has: domain-a\./u,
    );
  }, 60_000);

  it('is refused by what it says when it does not admit domains by secrets, and that is remembered', async () => {
    const { act, refused } = await consoleOn(planeH());
    const { items } = await act('domain.add', { name: 'quarry', secret });
    expect(items[0]).toMatchObject({
      outcome: ItemOutcome.REFUSED,
      reason: expect.stringMatching(/shared_secret/u) as string,
    });
    expect(await refused('domain.remove', { name: 'domain-a' })).toMatch(/registration_auth: shared_secret/u);
  }, 60_000);

  it('S-13: the secret is in no plan, result, record, digest or error, whatever the server repeats of it', async () => {
    const long = `${secret} ${'x'.repeat(600)}`;
    const { harness, act, refused } = await consoleOn(
      planeH({ secrets: true, refuseDomain: (given) => `bad secret ${given} for you` }),
    );
    const said: unknown[] = [];
    for (const one of [secret, long]) {
      const { plan, items, result } = await act('domain.add', { name: 'quarry', secret: one });
      expect(items[0]?.outcome).toBe(ItemOutcome.REFUSED);
      said.push(plan, items, result);
    }
    expect(JSON.stringify(said.at(1), plain)).toContain('bad secret [the secret] for you');
    said.push(await refused('domain.add', { name: 'quarry', secret: 'canary short' }));
    said.push(await refused('domain.add', { name: 'no/name', secret }));
    said.push(await refused('domain.add', { name: 'quarry', secret: `${secret}\n` }));
    said.push(await harness.client(ActionService).listRecords({}));
    expect(text(said)).not.toContain('canary');
    // Equal plans are one; the digest is of nothing that somebody could try secrets against.
    const digest = async (of: string) =>
      (await harness.plan('domain.add', { name: 'other', secret: of })).digest;
    expect(await digest(secret)).toBe(await digest(secret));
    expect(await digest(secret)).not.toBe(await digest(`${secret}!`));
    const elsewhere = await consoleOn(planeH({ secrets: true }));
    const other = await elsewhere.harness.plan('domain.add', { name: 'other', secret });
    expect(other.digest).not.toBe(await digest(secret));
  }, 60_000);

  it.each([
    ['route.add', { ...app, to: 'domain-b/node-b' }],
    ['route.remove', { ...app, to: 'domain-b/node-b' }],
    ['connection.create', { node: 'domain-a/node-a', endpoint: far }],
    ['node.deregister', { node: 'domain-a/node-a' }],
  ])(
    'refuses %s with the reason, before anything is sent',
    async (action, input) => {
      const { harness, plane } = await consoleOn(planeH());
      await expect(harness.plan(action, input)).rejects.toMatchObject({ code: Code.FailedPrecondition });
      expect(plane.calls.filter((call) => /Route$|Connection$|Deregister/u.test(call))).toEqual([]);
    },
    60_000,
  );
});

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
const text = (value: unknown): string => JSON.stringify(value, plain);
