import type { Client } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, item, lighthouse, refusal, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
let bundles: Client<typeof Bundle>;
let relationships: Client<typeof TrustDomain>;
const partner = 'drydock.test';

beforeEach(async () => {
  network = await startTestNetwork();
  bundles = network.server(Bundle);
  relationships = network.server(TrustDomain);
});
afterEach(() => network.stop());

describe('the own bundle', () => {
  it('has one key of each kind and no refresh hint', async () => {
    const bundle = await bundles.getBundle({});
    expect(bundle).toMatchObject({ trustDomain: harbor, refreshHint: 0n, witAuthorities: [] });
    expect(bundle.x509Authorities).toHaveLength(1);
    expect(bundle.jwtAuthorities).toHaveLength(1);
    expect(bundle.jwtAuthorities[0]?.expiresAt).toBeGreaterThan(0n);
  });

  it('is masked', async () => {
    const bundle = await bundles.getBundle({ outputMask: { sequenceNumber: true } });
    expect(bundle).toMatchObject({ trustDomain: harbor, x509Authorities: [], jwtAuthorities: [] });
    expect(bundle.sequenceNumber).toBeGreaterThan(0n);
  });

  it('takes authorities from elsewhere, each once', async () => {
    expect(await refusal(bundles.appendBundle({}))).toBe('3 no authorities to append');
    const { x509Authorities, jwtAuthorities } = await network.server(Bundle, lighthouse).getBundle({});
    const appended = await bundles.appendBundle({ x509Authorities, jwtAuthorities });
    expect(appended.x509Authorities).toHaveLength(2);
    expect(appended.jwtAuthorities).toHaveLength(2);
    expect((await bundles.appendBundle({ x509Authorities, jwtAuthorities })).sequenceNumber).toBe(
      appended.sequenceNumber,
    );
  });
});

describe('federated bundles', () => {
  it('are those of the peer and of a partner; counting includes the own', async () => {
    const { bundles: found } = await bundles.listFederatedBundles({});
    expect(found.map(({ trustDomain }) => trustDomain).sort()).toEqual([partner, lighthouse]);
    expect((await bundles.countBundles({})).count).toBe(3);
  });

  it('a fetched one has lost its sequence number and the expiry of its JWT keys', async () => {
    const fetched = await bundles.getFederatedBundle({ trustDomain: lighthouse });
    const original = await network.server(Bundle, lighthouse).getBundle({});
    expect(fetched.sequenceNumber).toBe(0n);
    expect(fetched.jwtAuthorities[0]).toMatchObject({
      keyId: original.jwtAuthorities[0]?.keyId,
      expiresAt: 0n,
    });
    expect(fetched.x509Authorities).toEqual(original.x509Authorities);
    expect((await bundles.getFederatedBundle({ trustDomain: partner })).sequenceNumber).toBe(7n);
  });

  it('follow the peer', async () => {
    await network.server(LocalAuthority, lighthouse).prepareX509Authority({});
    const fetched = await bundles.getFederatedBundle({ trustDomain: lighthouse });
    expect(fetched.x509Authorities).toHaveLength(2);
  });

  it('are created once, updated if there, set in any case', async () => {
    const bundle = { trustDomain: 'new.test' };
    expect((await bundles.batchUpdateFederatedBundle({ bundle: [bundle] })).results.map(item)).toEqual([
      '5 bundle not found',
    ]);
    const create = await bundles.batchCreateFederatedBundle({ bundle: [bundle, bundle] });
    expect(create.results.map(item)).toEqual(['0 OK', '6 bundle already exists']);
    const set = await bundles.batchSetFederatedBundle({
      bundle: [{ ...bundle, sequenceNumber: 4n }, { trustDomain: harbor }],
    });
    expect(set.results.map(item)).toEqual([
      '0 OK',
      "3 setting a federated bundle for the server's own trust domain is not allowed",
    ]);
    expect((await bundles.getFederatedBundle(bundle)).sequenceNumber).toBe(4n);
    expect(await refusal(bundles.getFederatedBundle({ trustDomain: 'none.test' }))).toBe(
      '5 bundle not found',
    );
  });

  const federated = async () =>
    (
      await network
        .server(Entry)
        .listEntries({ filter: { byFederatesWith: { trustDomains: [lighthouse], match: 3 } } })
    ).entries;

  it('deleting is refused while entries federate', async () => {
    const count = (await federated()).length;
    const { results } = await bundles.batchDeleteFederatedBundle({ trustDomains: [lighthouse, 'none.test'] });
    expect(item(results[0])).toMatch(
      new RegExp(`^9 .*cannot delete bundle; federated with ${count} registration entries$`),
    );
    expect(item(results[1])).toBe('5 bundle not found');
  });

  it('DISSOCIATE keeps the entries and their revision', async () => {
    const [entry] = await federated();
    await bundles.batchDeleteFederatedBundle({ trustDomains: [lighthouse], mode: 2 });
    expect(await federated()).toEqual([]);
    const kept = await network.server(Entry).getEntry({ id: entry?.id ?? '' });
    expect(kept.federatesWith).not.toContain(lighthouse);
    expect(kept.revisionNumber).toBe(entry?.revisionNumber);
  });

  it('DELETE deletes the entries too', async () => {
    const [entry] = await federated();
    await bundles.batchDeleteFederatedBundle({ trustDomains: [lighthouse], mode: 1 });
    expect(await refusal(network.server(Entry).getEntry({ id: entry?.id ?? '' }))).toBe('5 entry not found');
  });
});

describe('federation relationships', () => {
  const spiffe = (endpointSpiffeId: string) => ({
    case: 'httpsSpiffe' as const,
    value: { endpointSpiffeId },
  });
  const sent = (over: object = {}) => ({
    trustDomain: 'new.test',
    bundleEndpointUrl: 'https://new.test/bundle',
    bundleEndpointProfile: spiffe('spiffe://new.test/spire/server'),
    ...over,
  });
  const create = async (over: object = {}) =>
    item(
      (await relationships.batchCreateFederationRelationship({ federationRelationships: [sent(over)] }))
        .results[0],
    );

  it('are listed with their bundle', async () => {
    const { federationRelationships: found } = await relationships.listFederationRelationships({});
    expect(found.map(({ trustDomain }) => trustDomain).sort()).toEqual([partner, lighthouse]);
    expect(found.every(({ trustDomainBundle }) => trustDomainBundle !== undefined)).toBe(true);
  });

  it('are created once; a second time is an internal error', async () => {
    expect(await create()).toBe('0 OK');
    expect(await create()).toMatch(/^13 .*UNIQUE/);
    expect(await relationships.getFederationRelationship({ trustDomain: 'new.test' })).toMatchObject(sent());
  });

  const refused: [string, object, RegExp][] = [
    [
      'no URL',
      { bundleEndpointUrl: '' },
      /^3 failed to convert federation relationship: bundle endpoint URL must use the https scheme$/,
    ],
    ['another scheme', { bundleEndpointUrl: 'http://a.test' }, /must use the https scheme$/],
    ['no host', { bundleEndpointUrl: 'https:///x' }, /must specify the host$/],
    ['user info', { bundleEndpointUrl: 'https://u:p@a.test/' }, /must not contain user info$/],
    [
      'no profile',
      { bundleEndpointProfile: { case: undefined } },
      /unsupported bundle endpoint profile type: <nil>$/,
    ],
    [
      'no endpoint ID',
      { bundleEndpointProfile: spiffe('') },
      /failed to parse endpoint SPIFFE ID: cannot be empty$/,
    ],
    [
      'another bundle',
      { trustDomainBundle: { trustDomain: 'a.test' } },
      /trust domain bundle \("a.test"\) must match federated trust domain \("new.test"\)$/,
    ],
    [
      'the own trust domain',
      { trustDomain: harbor },
      /^3 unable to create federation relationship for server trust domain$/,
    ],
  ];
  for (const [name, over, expected] of refused)
    it(`are refused: ${name}`, async () => expect(await create(over)).toMatch(expected));

  it('are updated by mask, and checked whole', async () => {
    const update = async (over: object) =>
      item(
        (
          await relationships.batchUpdateFederationRelationship({
            federationRelationships: [sent({ trustDomain: partner, ...over })],
            inputMask: { bundleEndpointUrl: true },
          })
        ).results[0],
      );
    expect(await update({ bundleEndpointProfile: { case: undefined } })).toMatch(/^3 /);
    expect(await update({})).toBe('0 OK');
    const stored = await relationships.getFederationRelationship({ trustDomain: partner });
    expect(stored.bundleEndpointUrl).toBe('https://new.test/bundle');
    expect(stored.bundleEndpointProfile.case).toBe('httpsWeb');
    expect(await update({ trustDomain: 'none.test' })).toMatch(/^13 .*record not found$/);
  });

  it('deleting one leaves the bundle', async () => {
    const { results } = await relationships.batchDeleteFederationRelationship({
      trustDomains: [lighthouse, 'none.test'],
    });
    expect(results.map(({ status }) => status?.code)).toEqual([0, 5]);
    expect((await bundles.countBundles({})).count).toBe(3);
  });

  it('are refreshed on demand, with the reason when that fails', async () => {
    await relationships.refreshBundle({ trustDomain: lighthouse });
    const refresh = (trustDomain: string) => refusal(relationships.refreshBundle({ trustDomain }));
    expect(await refresh('none.test')).toBe('5 no relationship with trust domain "none.test"');
    expect(await refresh(partner)).toMatch(/^13 failed to refresh bundle: .*connection refused$/);
    await create();
    expect(await refresh('new.test')).toBe(
      "13 failed to refresh bundle: can't perform SPIFFE Authentication: local copy of bundle not found",
    );
    await relationships.batchUpdateFederationRelationship({
      federationRelationships: [
        sent({ trustDomain: lighthouse, bundleEndpointProfile: spiffe('spiffe://else.test/x') }),
      ],
      inputMask: { bundleEndpointProfile: true },
    });
    expect(await refresh(lighthouse)).toMatch(
      /unexpected ID "spiffe:\/\/lighthouse.example\/spire\/server"$/,
    );
  });
});
