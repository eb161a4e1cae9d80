import { KeySide, TrustDomainService } from '@muster/api';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const harbor = 'harbor.example';
const lighthouse = 'lighthouse.example';
let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
beforeAll(async () => {
  spire = await startSpire({ entries: 60 });
  harness = await startHarness([
    ...spire.connections.filter(({ kind }) => kind === 'spire-server'),
    { name: 'gone', kind: 'spire-server', address: 'unix:///nowhere/gone.sock', trustDomain: 'gone.test' },
  ]);
  await harness.console.ready;
});
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});
const domains = () => harness.client(TrustDomainService);
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one));

describe('bundles', () => {
  it('come key by key, with fingerprints, and say which server is not in the list', async () => {
    const { bundles, unread } = await domains().listBundles({});
    expect(
      bundles.map(({ connection, trustDomain, own }) => `${connection} ${trustDomain} ${own}`).toSorted(),
    ).toEqual([
      'harbor drydock.test false',
      `harbor ${harbor} true`,
      `harbor ${lighthouse} false`,
      `lighthouse ${harbor} false`,
      `lighthouse ${lighthouse} true`,
    ]);
    expect(unread).toMatchObject([{ connection: 'gone', reason: expect.stringMatching(/./u) }]);
    const [first] = bundles;
    expect(first?.x509Authorities[0]).toMatchObject({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/u),
      keyType: 'EC P-256',
      problem: '',
    });
    expect(first?.pem).toMatch(/^-----BEGIN CERTIFICATE-----/u);
    expect(text(bundles)).not.toMatch(/PRIVATE|"d":/u);
  });

  it('are shown one by one, against the copies of other servers', async () => {
    const found = await domains().getBundle({ connection: 'harbor', trustDomain: `spiffe://${lighthouse}` });
    expect(found.copies).toMatchObject([{ connection: 'lighthouse', own: true, same: true, difference: '' }]);
    expect(found.command?.line).toMatch(
      /^spire-server bundle list .*-id spiffe:\/\/lighthouse\.example -format spiffe$/u,
    );
    await expect(domains().getBundle({ connection: 'harbor', trustDomain: 'x.test' })).rejects.toThrow(
      /trust_domain: harbor has no bundle of this trust domain; it has harbor\.example/u,
    );
    await expect(domains().getBundle({ connection: 'x', trustDomain: harbor })).rejects.toThrow(
      /connection: there is no/u,
    );
  });

  it('are compared with another copy, and with an earlier moment of the same', async () => {
    const left = { connection: 'harbor', trustDomain: 'drydock.test' };
    const other = await domains().compareBundles({
      left,
      right: { connection: 'harbor', trustDomain: harbor },
    });
    expect(other.keys.map(({ side }) => side)).toEqual([
      KeySide.LEFT_ONLY,
      KeySide.LEFT_ONLY,
      KeySide.RIGHT_ONLY,
      KeySide.RIGHT_ONLY,
    ]);
    expect(other.summary).toBe(
      '1 X.509 authority and 1 JWT key on the left only; 1 X.509 authority and 1 JWT key on the right only.',
    );
    const read = async () => (await domains().getBundle(left)).bundle;
    const before = await until(read, (bundle) => (bundle?.versions.length ?? 0) > 0);
    const moment = before?.versions[0];
    const plan = await harness.plan('bundle.set', {
      connection: 'harbor',
      trust_domain: 'drydock.test',
      bundle: JSON.stringify({
        keys: (JSON.parse(before?.spiffeJson ?? '{}') as { keys: { use: string }[] }).keys.filter(
          ({ use }) => use === 'x509-svid',
        ),
      }),
    });
    await harness.apply(plan.digest);
    const then = await domains().compareBundles({
      left: { ...left, ...(moment && { at: moment }) },
      right: left,
    });
    expect(then.summary).toBe('1 JWT key on the left only.');
    expect(timestampDate(then.leftAt ?? ({ seconds: 0n, nanos: 0 } as never))).toEqual(
      timestampDate(moment ?? ({ seconds: 0n, nanos: 0 } as never)),
    );
    await expect(
      domains().compareBundles({ left: { ...left, at: { seconds: 5n, nanos: 0 } }, right: left }),
    ).rejects.toThrow(/left\.at: no copy of that moment is kept/u);
    await expect(domains().compareBundles({ left })).rejects.toThrow(/right: this field is needed/u);
    // The kept copy itself, with the keys that have gone since.
    const kept = await domains().getBundle({ ...left, ...(moment && { at: moment }) });
    expect(kept.bundle?.jwtAuthorities).toHaveLength(1);
    expect(kept.bundle?.spiffeJson).toContain('"use":"jwt-svid"');
    expect((await read())?.spiffeJson).not.toContain('"use":"jwt-svid"');
    await expect(domains().getBundle({ ...left, at: { seconds: 5n, nanos: 0 } })).rejects.toThrow(
      /^\[not_found\] at: no copy of that moment is kept/u,
    );
  });
});

describe('federation', () => {
  it('has a node for each trust domain and an edge for each direction', async () => {
    const { nodes, edges, relationships, unread } = await until(
      () => domains().listFederation({}),
      (answer) => answer.relationships.some(({ entries }) => entries > 0n),
    );
    expect(
      nodes.map(({ trustDomain, connection, problem }) => [trustDomain, connection, problem !== '']),
    ).toEqual([
      [harbor, 'harbor', false],
      [lighthouse, 'lighthouse', false],
      ['gone.test', 'gone', true],
      ['drydock.test', '', false],
    ]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      `${harbor} drydock.test`,
      `${harbor} ${lighthouse}`,
      `${lighthouse} ${harbor}`,
    ]);
    expect(relationships[1]).toMatchObject({
      peerConnection: 'lighthouse',
      hasBundle: true,
      hasRelationship: true,
    });
    expect(unread.map(({ connection }) => connection)).toEqual(['gone']);
    const one = await domains().listFederation({ trustDomains: [lighthouse] });
    expect(one.relationships.map(({ connection }) => connection)).toEqual(['lighthouse']);
  });

  it('is diagnosed: the partner nobody reaches, each remedy an input that can be planned', async () => {
    const { findings, lookedAt } = await domains().diagnoseFederation({
      connection: 'harbor',
      peer: 'drydock.test',
    });
    expect(lookedAt).toHaveLength(1);
    expect(findings.map(({ code }) => code)).toContain('bundle-stale');
    for (const { action, inputJson, link } of findings.flatMap(({ remedies }) => remedies)) {
      expect(action === '' ? link : inputJson).not.toBe('');
      if (action !== '')
        expect((await harness.plan(action, JSON.parse(inputJson) as never)).digest).not.toBe('');
    }
    await expect(domains().diagnoseFederation({ connection: 'x' })).rejects.toThrow(
      /connection: there is no/u,
    );
    // Nothing found of nobody would read as all is well.
    await expect(domains().diagnoseFederation({ connection: 'harbor', peer: 'nope.test' })).rejects.toThrow(
      /peer: no server that was asked .*“nope\.test”; there are .*drydock\.test/u,
    );
  });

  it('S-15: does not ask loopback endpoints unless the configuration allows it', async () => {
    const { findings, probes } = await domains().diagnoseFederation({ peer: lighthouse, probe: true });
    expect(findings.map(({ code }) => code)).toContain('endpoint-not-asked');
    expect(probes[0]?.problem).toMatch(/loopback address.*probe\.allow/u);
  });
});
