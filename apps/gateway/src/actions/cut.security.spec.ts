import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { AuthorityKind, ItemOutcome, Topic, TrustDomainService } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import { newKey, startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const lighthouse = 'lighthouse.example';

let spire: Awaited<ReturnType<typeof startSpire>>;
/** Through a proxy that may break, and beside it to the same servers. */
let cut: Harness;
let truth: Harness;
let proxy: Awaited<ReturnType<typeof startCutProxy>>;

beforeEach(async () => {
  spire = await startSpire({ entries: 20 });
  const servers = spire.connections.filter(({ kind }) => kind === 'spire-server');
  const path = join(temporaryDirectory(), 'p.sock');
  proxy = await startCutProxy(path, spire.spire.trustDomains[0]?.serverSocket ?? '');
  cut = await startHarness(
    servers.map((one) =>
      one.name === 'harbor' ? { ...one, address: `unix://${path}` } : one,
    ) as typeof servers,
  );
  truth = await startHarness(servers);
  await Promise.all([cut.console.ready, truth.console.ready]);
});
afterEach(async () => {
  proxy.mend();
  await Promise.all([cut.console.close(), truth.console.close()]);
  await proxy.close();
  await spire.stop();
});

/** Applies; the connection breaks once the record of it is written, after so many bytes. */
async function broken(action: string, input: JsonObject, side: 'client' | 'server', bytes: number) {
  const plan = await cut.plan(action, input);
  const stop = cut.bus.on((event) => {
    if (event.kind === 'invalidated' && event.topic === Topic.ACTIONS) proxy.cutAfter(side, bytes);
  });
  const key = newKey();
  const first = await cut.apply(plan.digest, key);
  stop();
  proxy.mend();
  // Asked again under the same key: the same answer, and nothing more is done.
  const again = await cut.apply(plan.digest, key);
  expect(again.items.map(({ outcome }) => outcome)).toEqual(first.items.map(({ outcome }) => outcome));
  return first.items;
}

const places = [
  ['client', 0],
  ['client', 40],
  ['client', 150],
  ['client', 400],
  ['server', 0],
  ['server', 60],
] as const;

describe('S-28: a connection that breaks', () => {
  it.each(places)(
    'after %s sent %i bytes of a rotation’s step leaves one key prepared at most',
    async (side, bytes) => {
      const prepared = async () => {
        const { sets } = await truth.client(TrustDomainService).listAuthorities({});
        const set = sets.find((one) => one.connection === 'harbor' && one.kind === AuthorityKind.JWT);
        return set?.authorities.length ?? 0;
      };
      const before = await prepared();
      const [item] = await broken('authority.prepare', { connection: 'harbor', kind: 'jwt' }, side, bytes);
      const made = await until(prepared, (now) => item?.outcome !== ItemOutcome.DONE || now > before);
      expect(made - before).toBeLessThanOrEqual(1);
      if (item?.outcome === ItemOutcome.DONE) expect(made - before).toBe(1);
      if (item?.outcome === ItemOutcome.REFUSED) expect(made - before).toBe(0);
      expect(item).toBeDefined();
    },
    30_000,
  );

  it.each(places)(
    'after %s sent %i bytes of a deletion of a federation says of each step what is known',
    async (side, bytes) => {
      const there = async () =>
        (await truth.client(TrustDomainService).listFederation({})).relationships.some(
          (one) => one.connection === 'harbor' && one.peer === lighthouse && one.hasRelationship,
        );
      expect(await there()).toBe(true);
      const items = await broken(
        'federation.delete',
        { connection: 'harbor', trust_domain: lighthouse },
        side,
        bytes,
      );
      const outcomes = items.map(({ outcome }) => outcome);
      expect(outcomes.length).toBeGreaterThan(0);
      if (outcomes[0] === ItemOutcome.DONE) expect(await there()).toBe(false);
      if (outcomes[0] === ItemOutcome.REFUSED) expect(await there()).toBe(true);
      // After one that is not known nothing else was begun.
      const unknown = outcomes.indexOf(ItemOutcome.UNKNOWN);
      if (unknown >= 0) expect(outcomes.slice(unknown + 1)).not.toContain(ItemOutcome.DONE);
    },
    30_000,
  );
});
