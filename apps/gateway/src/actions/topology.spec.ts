import { Code } from '@connectrpc/connect';
import { ItemOutcome, NetworkService } from '@muster/api';
import { startPracticePlane } from '@muster/practice/slim/plane/practicePlane';
import { planeH } from '@muster/practice/slim/plane/plane';
import { afterEach, describe, expect, it } from 'vitest';
import { planeE } from '../upstream/control-plane/testing/planes.ts';
import { startHarness, until } from '../upstream/testing/harness.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function consoleOn(address: string, close: () => unknown) {
  const harness = await startHarness([{ name: 'plane', kind: 'slim-control-plane', address }], {
    retry: { first: 20, most: 200, check: 100 },
  });
  closing.push(() => harness.console.close(), close);
  await harness.console.ready;
  const network = harness.client(NetworkService);
  await until(
    () => network.listRoutes({}),
    ({ freshness }) => freshness?.asOf !== undefined,
  );
  return { harness, network };
}

const practice = async () => {
  const { address, stop } = await startPracticePlane();
  return consoleOn(address, stop);
};

describe('segments', () => {
  it('are added and removed, and the copy shows it', async () => {
    const { harness, network } = await practice();
    const plan = await harness.plan('segment.add', { name: 'night' });
    expect(plan.commands[0]?.line).toMatch(
      /^slimctl controller --server 127\.0\.0\.1:\d+ segment add night$/u,
    );
    const { result } = await harness.apply(plan.digest);
    expect(result.done).toBe(1);
    const names = async () => (await network.listSegments({})).segments.map(({ name }) => name);
    await until(names, (all) => all.includes('night'));
    await expect(harness.plan('segment.add', { name: 'night' })).rejects.toMatchObject({
      code: Code.AlreadyExists,
    });
    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo.effects).toEqual(['No link is cut: it has none, or other segments want the same.']);
    await harness.apply(undo.digest);
    await until(names, (all) => !all.includes('night'));
    await expect(harness.plan('segment.remove', { name: 'night' })).rejects.toThrow(
      /it has: operations, yard/u,
    );
  });

  it('say which links and routes go with them', async () => {
    const { harness } = await practice();
    const plan = await harness.plan('segment.remove', { name: 'operations' });
    expect(plan.destructive).toBe(true);
    expect(plan.effects[0]).toMatch(/^1 link between domains is cut, and [1-9][0-9]* routes over it/u);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['cuts-routes']);
    expect(plan.changes[0]?.fields).toMatchObject([{ field: 'Link', before: 'harbor and lighthouse' }]);
  });
});

describe('links between domains', () => {
  const yard = { segment: 'yard', domain_a: 'drydock', domain_b: 'harbor' };

  it('are removed by the direction they are stored in, and added again', async () => {
    const { harness, network } = await practice();
    const plan = await harness.plan('link.remove', yard);
    expect(plan.commands[0]?.line).toMatch(/link remove --segment yard harbor drydock$/u);
    const { result } = await harness.apply(plan.digest);
    expect(result.done).toBe(1);
    await expect(harness.plan('link.remove', yard)).rejects.toMatchObject({ code: Code.NotFound });
    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo.warnings.map(({ code }) => code)).toEqual(['unknown-domain']);
    const { items } = await harness.apply(undo.digest);
    expect(items[0]?.reason).toBe('The control plane notes: domain drydock has no nodes.');
    await until(
      () => network.listLinks({}),
      ({ links }) => links.some(({ wantedOnly, destination }) => wantedOnly && destination === 'drydock'),
    );
  });

  it('that another segment wants too are said to stay', async () => {
    const { harness } = await practice();
    await harness.apply((await harness.plan('segment.add', { name: 'night' })).digest);
    const night = { segment: 'night', domain_a: 'lighthouse', domain_b: 'harbor' };
    await harness.apply((await harness.plan('link.add', night)).digest);
    expect((await harness.plan('link.remove', night)).effects).toEqual([
      'Nothing is cut: operations wants the same link.',
    ]);
  });

  it('S-27: are not changed when somebody changed them since the plan was made', async () => {
    const { harness } = await practice();
    const [first, second] = [
      await harness.plan('link.remove', yard),
      await harness.plan('segment.remove', { name: 'yard' }),
    ];
    await harness.apply(first.digest);
    await expect(harness.apply(second.digest)).rejects.toThrow(/the links of segment yard changed/u);
    expect((await harness.plan('segment.remove', { name: 'yard' })).title).toBe('Remove segment yard');
  });

  it.each([
    [{ ...yard, domain_b: 'drydock' }, /^domain_b: a domain is not linked to itself/u],
    [{ ...yard, segment: 'nowhere' }, /^segment: plane has no segment nowhere; it has: operations, yard/u],
    [{ ...yard, domain_a: 'no slash/es' }, /domain_a/u],
  ])('are refused by their field: %j', async (input, message) => {
    const { harness } = await practice();
    await expect(harness.plan('link.add', input)).rejects.toMatchObject({
      rawMessage: expect.stringMatching(message) as string,
    });
  });
});

describe('what a control plane cannot do', () => {
  it('is refused before anything is planned, once its configuration is known to keep the topology', async () => {
    const plane = await planeH({ configMode: true });
    const { harness } = await consoleOn(plane.address, plane.close);
    const { digest } = await harness.plan('segment.add', { name: 'night' });
    const { items } = await harness.apply(digest);
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.REFUSED });
    await expect(harness.plan('segment.add', { name: 'day' })).rejects.toMatchObject({
      code: Code.FailedPrecondition,
      rawMessage: expect.stringMatching(/configuration file/u) as string,
    });
  });

  it('is said of a generation without topology', async () => {
    const plane = await planeE('1.4');
    const { harness } = await consoleOn(plane.address, plane.close);
    await expect(harness.plan('segment.add', { name: 's' })).rejects.toThrow(/came with 2\.0/u);
  });

  it('S-26: is nothing a viewer can plan around', async () => {
    const { harness } = await practice();
    harness.caller.role = 'viewer';
    const { digest } = await harness.plan('segment.add', { name: 'night' });
    await expect(harness.apply(digest)).rejects.toMatchObject({ code: Code.PermissionDenied });
  });
});
