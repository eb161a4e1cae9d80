import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome, TrustDomainService } from '@muster/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const harbor = 'harbor.example';
const lighthouse = 'lighthouse.example';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;

const start = async (): Promise<void> => {
  spire = await startSpire({ entries: 60 });
  harness = await startHarness(spire.connections.filter(({ kind }) => kind === 'spire-server'));
  await harness.console.ready;
};
const stop = async (): Promise<void> => {
  await harness.console.close();
  await spire.stop();
};

const act = (action: string, input: JsonObject) => harness.act(action, input);
const domains = () => harness.client(TrustDomainService);
const relationship = async (connection: string, peer: string) =>
  (await domains().listFederation({})).relationships.find(
    (one) => one.connection === connection && one.peer === peer,
  );
const bundle = async (connection: string, trustDomain: string) =>
  (await domains().listBundles({ connection })).bundles.find((one) => one.trustDomain === trustDomain);
const refusal = async (action: string, input: JsonObject): Promise<string> => {
  try {
    await harness.plan(action, input);
  } catch (error) {
    return String(error);
  }
  return 'it was planned';
};

describe('relationships', () => {
  beforeAll(start);
  afterAll(stop);

  it('are changed, checked at once by a refresh, and changed back', async () => {
    const before = await relationship('harbor', lighthouse);
    const { plan, items, result } = await act('federation.update', {
      connection: 'harbor',
      trust_domain: lighthouse,
      set: { endpoint_spiffe_id: `spiffe://${lighthouse}/wrong` },
    });
    expect(plan.commands.map(({ line }) => line.replace(/ -socketPath \S+/u, ''))).toEqual([
      `spire-server federation update -trustDomain ${lighthouse} -bundleEndpointURL ${before?.bundleEndpointUrl} -bundleEndpointProfile https_spiffe -endpointSpiffeID spiffe://${lighthouse}/wrong`,
      `spire-server federation refresh -id ${lighthouse}`,
    ]);
    // The save succeeds with a wrong ID; only the refresh tells.
    expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE, ItemOutcome.REFUSED]);
    expect(items[1]?.reason).toMatch(
      new RegExp(
        `unexpected ID .*The endpoint proved to be spiffe://${lighthouse}/spire/server: if that`,
        'u',
      ),
    );
    expect(result.inverse).toBe('federation.update');
    await act(result.inverse, result.inverseInput ?? {});
    expect((await relationship('harbor', lighthouse))?.endpointSpiffeId).toBe(before?.endpointSpiffeId);
  });

  it('are refreshed by the server, which says why when it cannot', async () => {
    const good = await act('federation.refresh', { connection: 'harbor', trust_domain: lighthouse });
    expect(good.items[0]?.outcome).toBe(ItemOutcome.DONE);
    const { items } = await act('federation.refresh', { connection: 'harbor', trust_domain: 'drydock.test' });
    expect(items[0]?.reason).toMatch(/connection refused.*Nothing listens there: check host and port/u);
  });

  it('are deleted, which leaves the bundle, and made again by undo', async () => {
    const { plan, result } = await act('federation.delete', {
      connection: 'harbor',
      trust_domain: lighthouse,
    });
    expect(plan.destructive).toBe(true);
    expect(plan.effects.join(' ')).toMatch(
      /copy and the entries that federate with lighthouse.example stay/u,
    );
    expect(await relationship('harbor', lighthouse)).toMatchObject({
      hasRelationship: false,
      hasBundle: true,
    });
    const { findings } = await domains().diagnoseFederation({ connection: 'harbor', peer: lighthouse });
    expect(findings.map(({ code }) => code)).toContain('no-relationship');
    // The other server knows no way to lighthouse but its own, so a person names the endpoint.
    await act(result.inverse, result.inverseInput ?? {});
    expect(await relationship('harbor', lighthouse)).toMatchObject({ hasRelationship: true });
  });

  it('are not made twice, and not with the server’s own trust domain', async () => {
    const url = { bundle_endpoint_url: 'https://x.test/', profile: 'https_web' };
    expect(
      await refusal('federation.create', { connection: 'harbor', trust_domain: lighthouse, ...url }),
    ).toMatch(/already_exists.*has a relationship with lighthouse.example already/u);
    expect(
      await refusal('federation.create', { connection: 'harbor', trust_domain: harbor, ...url }),
    ).toMatch(/trust_domain: harbor.example is the server’s own/u);
  });

  it.each([
    [{ bundle_endpoint_url: 'http://x.test/' }, /bundle_endpoint_url: It must use the https scheme/u],
    [{ bundle_endpoint_url: 'https://u:p@x.test/' }, /bundle_endpoint_url: It must not contain user info/u],
    [{ bundle_endpoint_url: 'https:///x' }, /bundle_endpoint_url: It must name a host/u],
    [{ bundle_endpoint_url: 'https://0x7f.1/' }, /bundle_endpoint_url: Its host is neither/u],
    [{ endpoint_spiffe_id: 'spiffe://x.test:80/a' }, /endpoint_spiffe_id: /u],
    [
      { profile: 'https_web', endpoint_spiffe_id: 'spiffe://x.test/a' },
      /endpoint_spiffe_id: https_web has none/u,
    ],
    [{ profile: 'http' }, /profile: /u],
    [{ trust_domain: 'x.test:8443' }, /trust_domain: /u],
    [{ trust_domain: 'spiffe://x.test/path' }, /trust_domain: /u],
    [{ bundle: '{' }, /bundle: /u],
    [{ nonsense: true }, /nonsense: there is no such field/u],
  ])('refuse %j, naming the field', async (change, words) => {
    const good = {
      connection: 'harbor',
      trust_domain: 'x.test',
      bundle_endpoint_url: 'https://x.test:8443/',
      profile: 'https_spiffe',
    };
    expect(await refusal('federation.create', { ...good, ...change })).toMatch(words);
    expect(await relationship('harbor', 'x.test')).toBeUndefined();
  });

  it('S-27: are not changed by a plan that somebody overtook', async () => {
    const input = { connection: 'harbor', trust_domain: 'drydock.test' };
    const plan = await harness.plan('federation.update', {
      ...input,
      set: { bundle_endpoint_url: 'https://a.drydock.test/' },
    });
    await act('federation.update', {
      ...input,
      set: { bundle_endpoint_url: 'https://b.drydock.test/' },
      refresh: false,
    });
    await expect(harness.apply(plan.digest)).rejects.toThrow(
      /changed since it was planned.*drydock\.test is another one/u,
    );
  });
});

describe('bundles', () => {
  beforeEach(async () => {
    await start();
    return stop;
  });

  it('are copied from the server of the peer, and put back exactly', async () => {
    const other = await bundle('lighthouse', lighthouse);
    const copy = await bundle('harbor', lighthouse);
    const gone = await act('federation.delete', {
      connection: 'harbor',
      trust_domain: lighthouse,
      bundle: 'dissociate',
    });
    expect(await bundle('harbor', lighthouse)).toBeUndefined();
    const set = await act('bundle.set', {
      connection: 'harbor',
      trust_domain: lighthouse,
      from: 'lighthouse',
    });
    expect(set.result.inverse).toBe('bundle.delete');
    expect((await bundle('harbor', lighthouse))?.jwtAuthorities[0]?.keyId).toBe(
      other?.jwtAuthorities[0]?.keyId,
    );
    await act('bundle.delete', set.result.inverseInput ?? {});
    await act('federation.create', gone.result.inverseInput ?? {});
    const now = await bundle('harbor', lighthouse);
    expect(now?.spiffeJson).toBe(copy?.spiffeJson);
  });

  it('with entries are not deleted under restrict; dissociate keeps the entries, delete deletes them', async () => {
    const entriesWith = async () => {
      const { entries } = await harness.entries.listEntries({
        federatesWith: lighthouse,
        page: { limit: 1000 },
      });
      return entries.filter(({ connection }) => connection === 'harbor');
    };
    const before = await until(entriesWith, (rows) => rows.length > 1);
    const where = { connection: 'harbor', trust_domain: lighthouse };
    expect(await refusal('bundle.delete', where)).toMatch(
      new RegExp(
        `mode: ${before.length} entries federate with lighthouse.example \\(spiffe://harbor.example/`,
        'u',
      ),
    );
    const plan = await harness.plan('bundle.delete', { ...where, mode: 'dissociate' });
    expect(plan.changes).toHaveLength(before.length + 1);
    const { items, result } = await harness.apply(plan.digest);
    expect(items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    expect(await entriesWith()).toEqual([]);
    expect(result.inverse).toBe('bundle.set');

    await act('bundle.set', result.inverseInput ?? {});
    const [first] = before;
    await act('entry.update', {
      connection: 'harbor',
      id: first?.id ?? '',
      set: { federates_with: [lighthouse] },
    });
    await expect(harness.plan('bundle.delete', { ...where, mode: 'all' })).rejects.toThrow(
      'mode: one of restrict, dissociate, delete is needed.',
    );
    const destroying = await harness.plan('bundle.delete', { ...where, mode: 'delete' });
    expect(destroying.warnings.map(({ code }) => code)).toContain('deletes-entries');
    const done = await harness.apply(destroying.digest);
    expect(done.result.inverse).toBe('');
    const { entries } = await harness.entries.listEntries({ search: first?.id ?? '' });
    expect(entries).toEqual([]);
  });

  it('S-13 S-24: are refused with a private key, of another trust domain, own, empty or unreadable', async () => {
    const own = await bundle('harbor', harbor);
    const theirs = await bundle('lighthouse', lighthouse);
    const where = { connection: 'harbor', trust_domain: 'new.test' };
    const keyed =
      '{"keys":[{"kty":"EC","crv":"P-256","use":"jwt-svid","kid":"a","x":"AA","y":"AA","d":"CANARY"}]}';
    const said = await refusal('bundle.set', { ...where, bundle: keyed });
    expect(said).toMatch(/bundle: Key 1 holds a private key: remove it/u);
    expect(said).not.toContain('CANARY');
    const pem = `${theirs?.pem}-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n`;
    expect(await refusal('bundle.set', { ...where, bundle: pem })).toMatch(/bundle: .*private key; remove/u);
    expect(await refusal('bundle.set', { ...where, bundle: theirs?.spiffeJson ?? '' })).toMatch(
      /bundle: .*of another trust domain than new\.test/u,
    );
    expect(
      await refusal('bundle.set', { ...where, trust_domain: lighthouse, bundle: own?.spiffeJson ?? '' }),
    ).toMatch(/bundle: .*another trust domain/u);
    expect(
      await refusal('bundle.set', { ...where, trust_domain: harbor, bundle: own?.spiffeJson ?? '' }),
    ).toMatch(/trust_domain: .*own trust domain/u);
    expect(await refusal('bundle.set', { ...where, bundle: '{"keys":[]}' })).toMatch(
      /bundle: it holds no authority/u,
    );
    expect(await refusal('bundle.set', { ...where, bundle: 'nonsense' })).toMatch(/bundle: /u);
    expect(await refusal('bundle.set', { ...where, bundle: '{"keys":[],"keys":[]}' })).toMatch(
      /bundle: A member occurs twice/u,
    );
    expect(await refusal('bundle.set', { ...where, from: 'lighthouse' })).toMatch(
      /from: lighthouse issues for/u,
    );
    expect(await refusal('bundle.set', where)).toMatch(/bundle: give the bundle/u);
    expect(await bundle('harbor', 'new.test')).toBeUndefined();
  });

  it('S-24: warns when an older one, or one with no key in common, would replace a copy', async () => {
    const copy = await bundle('harbor', 'drydock.test');
    const older = (copy?.spiffeJson ?? '').replace('"spiffe_sequence":7', '"spiffe_sequence":3');
    const plan = await harness.plan('bundle.set', {
      connection: 'harbor',
      trust_domain: 'drydock.test',
      bundle: older,
    });
    expect(plan.warnings.map(({ code }) => code)).toEqual(['rollback']);
  });

  it('S-27: are not deleted when their keys changed since the plan', async () => {
    const where = { connection: 'lighthouse', trust_domain: harbor };
    const plan = await harness.plan('bundle.delete', { ...where, mode: 'dissociate' });
    const copy = await bundle('lighthouse', harbor);
    const fewer = JSON.parse(copy?.spiffeJson ?? '{}') as { keys: { use: string }[] };
    const only = JSON.stringify({ keys: fewer.keys.filter(({ use }) => use === 'x509-svid') });
    await act('bundle.set', { ...where, bundle: only });
    await expect(harness.apply(plan.digest)).rejects.toThrow(
      /changed since it was planned: the copy of harbor.example/u,
    );
  });
});

describe('pairs', () => {
  beforeAll(start);
  afterAll(stop);

  it('are ended and made again on both servers, each in one plan', async () => {
    const both = await Promise.all([relationship('harbor', lighthouse), relationship('lighthouse', harbor)]);
    const [there, here] = both.map((one) => one?.bundleEndpointUrl ?? '');
    const ended = await act('federation.unpair', {
      left: { connection: 'harbor' },
      right: { connection: 'lighthouse' },
      bundles: 'dissociate',
    });
    expect(ended.plan.targetDescription).toBe('harbor and lighthouse');
    expect(ended.items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    expect(await bundle('harbor', lighthouse)).toBeUndefined();
    expect(await bundle('lighthouse', harbor)).toBeUndefined();

    const made = await act('federation.pair', {
      left: { connection: 'harbor', bundle_endpoint_url: here ?? '' },
      right: { connection: 'lighthouse', bundle_endpoint_url: there ?? '' },
    });
    expect(made.plan.changes.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      'create federated bundle on harbor',
      'create federated bundle on lighthouse',
      'create federation relationship on harbor',
      'create federation relationship on lighthouse',
      'update federated bundle on harbor',
      'update federated bundle on lighthouse',
    ]);
    expect(made.items.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array.from({ length: 6 }, () => [ItemOutcome.DONE, '']),
    );
    const { findings } = await domains().diagnoseFederation({ peer: lighthouse, probe: true });
    expect(findings.filter(({ severity }) => severity > 1)).toEqual([]);

    expect(made.result.inverse).toBe('federation.unpair');
    await act(made.result.inverse, made.result.inverseInput ?? {});
    expect(await bundle('lighthouse', harbor)).toBeUndefined();
    await act('federation.pair', {
      left: { connection: 'harbor', bundle_endpoint_url: here ?? '' },
      right: { connection: 'lighthouse', bundle_endpoint_url: there ?? '' },
    });
    expect(
      await refusal('federation.pair', {
        left: { connection: 'harbor', bundle_endpoint_url: here ?? '' },
        right: { connection: 'lighthouse', bundle_endpoint_url: there ?? '' },
      }),
    ).toMatch(/have these relationships and bundles already/u);
  });

  it('with another organisation take its bundle from a file, on our side only', async () => {
    const copy = await bundle('harbor', 'drydock.test');
    const made = await act('federation.pair', {
      left: { connection: 'lighthouse' },
      right: {
        trust_domain: 'drydock.test',
        bundle: copy?.spiffeJson ?? '',
        bundle_endpoint_url: 'https://bundle.drydock.test/spiffe',
        profile: 'https_web',
      },
      refresh: false,
    });
    expect(made.items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE, ItemOutcome.DONE]);
    expect(made.plan.effects.join(' ')).toContain('give them the trust domain');
    await act(made.result.inverse, made.result.inverseInput ?? {});
    expect(await bundle('lighthouse', 'drydock.test')).toBeUndefined();
  });

  it.each([
    [{ right: { bundle_endpoint_url: 'https://x.test/' } }, /right: name a `connection`/u],
    [{ right: { trust_domain: 'x.test', bundle_endpoint_url: 'https://x.test/' } }, /right\.bundle: /u],
    [
      { right: { connection: 'harbor', bundle_endpoint_url: 'https://x.test/' } },
      /right\.connection: both servers/u,
    ],
    [
      { right: { connection: 'nobody', bundle_endpoint_url: 'https://x.test/' } },
      /right\.connection: there is no SPIRE/u,
    ],
    [
      { right: { connection: 'lighthouse', bundle_endpoint_url: 'https://x.test/' } },
      /left\.bundle_endpoint_url: /u,
    ],
    [
      { right: { connection: 'lighthouse', trust_domain: 'x.test', bundle_endpoint_url: 'https://x.test/' } },
      /right\.trust_domain: /u,
    ],
  ])('refuse %j, naming the field', async (change, words) => {
    expect(await refusal('federation.pair', { left: { connection: 'harbor' }, ...change })).toMatch(words);
  });
});
