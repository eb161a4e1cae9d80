import type { JsonObject } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { ActionService, NetworkService } from '@muster/api';
import { servePlane } from '@muster/practice/slim/plane/serve';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { planeE } from '../upstream/control-plane/testing/planes.ts';
import { startHarness, until } from '../upstream/testing/harness.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function consoleOn(plane: { address: string; close: () => unknown }) {
  const harness = await startHarness(
    [{ name: 'plane', kind: 'slim-control-plane', address: plane.address }],
    {
      retry: { first: 20, most: 200, check: 100 },
    },
  );
  closing.push(plane.close, () => harness.console.close());
  await harness.console.ready;
  await until(
    () => harness.client(NetworkService).listNodes({}),
    ({ freshness }) => freshness?.asOf !== undefined,
  );
  const refused = (action: string, input: JsonObject): Promise<string> =>
    harness.plan(action, input).then(
      () => 'planned',
      (error: unknown) => ConnectError.from(error).rawMessage,
    );
  return { harness, refused };
}

const evil = 'a\u202eb\u001b[2K\u0000c';
const unsafe = /[\p{C}\u2028\u2029]/u;

/** A control plane 2.0–3.4 whose names are all as `evil`, and very many. */
const hostile = () =>
  servePlane('rust', (router) =>
    router.service(ControlPlaneService, {
      async *listNodes() {
        for (let n = 0; n < 500; n += 1) yield { id: `${evil}/${n}`, domain: 'x', status: 1 };
      },
      async *listRoutes() {},
      async *listLinks() {},
      listDomains: () => ({
        domains: [
          { domainName: 'x', nodes: Array.from({ length: 500 }, (_, n) => `${evil}/${n}`) },
          ...Array.from({ length: 500 }, (_, n) => ({ domainName: `${evil}${n}`, nodes: [] })),
        ],
      }),
      listSegments: () => ({
        segments: [
          { name: 'all', domains: ['x'], edges: [{ domainA: evil, domainB: evil }] },
          ...Array.from({ length: 500 }, (_, n) => ({
            name: `${evil}${n}`,
            domains: ['x', 'y'],
            edges: [{ domainA: 'x', domainB: 'y' }],
          })),
        ],
      }),
      addTopologyLink: () => ({ warnings: Array.from({ length: 500 }, () => evil) }),
    }),
  );

describe('S-40: names and notes of a control plane that means harm', () => {
  it.each<[string, JsonObject]>([
    ['segment.remove', { name: 'none' }],
    ['link.add', { segment: 'none', domain_a: 'a', domain_b: 'b' }],
    ['link.remove', { segment: 'all', domain_a: 'a', domain_b: 'b' }],
    ['domain.remove', { name: 'none' }],
  ])(
    'are few and safe to show where %s is refused',
    async (action, input) => {
      const { refused } = await consoleOn(await hostile());
      const words = await refused(action, input);
      expect(words).toMatch(/has no|does not link/u);
      expect(words).toContain('\\u{202e}');
      expect(words).not.toMatch(unsafe);
      expect(words.length).toBeLessThan(2000);
    },
    30_000,
  );

  it('are safe to show in what a plan says will happen', async () => {
    const { harness } = await consoleOn(await hostile());
    const { effects } = await harness.plan('domain.remove', { name: 'x' });
    expect(effects.join('\n')).toContain('\\u{202e}');
    expect(effects.join(' ')).not.toMatch(unsafe);
    expect(effects.join(' ').length).toBeLessThan(3000);
  }, 30_000);

  it('are safe to show in a result, and short', async () => {
    const { harness } = await consoleOn(await hostile());
    const plan = await harness.plan('link.add', { segment: 'all', domain_a: 'x', domain_b: 'z' });
    const { items } = await harness.apply(plan.digest);
    expect(items[0]?.reason).toMatch(/^The control plane notes: a\\u\{202e\}b/u);
    expect(items[0]?.reason).not.toMatch(unsafe);
    expect(items[0]?.reason.length).toBeLessThan(400);
  }, 30_000);
});

describe('S-13: a control plane that repeats what it was given', () => {
  const config = { auth: { basic: { username: 'console', password: 'canary-of-a-password' } } };
  const far = 'http://10.0.0.9:46357';

  it('does so to nobody: not in the result of a route, and not in the record', async () => {
    const said = 'connection failed: {"basic":{"password":"canary-of-a-password"}}';
    const plane = await planeE('1.4', { nodes: ['slim/0'], takes: { status: 2, statusMsg: said } });
    const { harness } = await consoleOn(plane);
    const plan = await harness.plan('route.add', { node: 'slim/0', name: 'org/ns/new', via: far, config });
    const { items } = await harness.apply(plan.digest);
    expect(items[0]?.reason).toMatch(/its node refused it: connection failed.*\[the secret\]/u);
    const { records } = await harness.client(ActionService).listRecords({});
    const all = JSON.stringify([plan.changes, items, records], (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(all).not.toContain('canary');
  }, 30_000);
});
