import { BundleSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { chooseBundles, heldBundles } from './bundles.ts';
import type { InspectedDocument } from './documents.ts';

const server = (connection: string, own: boolean, sequence: bigint) =>
  create(BundleSchema, {
    trustDomain: 'org-a.test',
    connection,
    own,
    sequenceNumber: sequence,
    spiffeJson: '{"keys":[]}',
  });
const held = heldBundles({
  bundles: [server('spire-b', false, 20n), server('spire-a', true, 14n)],
  pem: { 'spiffe://org-a.test': 'PEM', 'org-c.test': 'PEM' },
  pemReadAt: undefined,
  json: { 'org-c.test': '{"keys":[],"spiffe_sequence":12345678901234567890}' },
});
const document = (id: string, kind: InspectedDocument['kind'], authorities = false): InspectedDocument => ({
  id,
  name: id,
  kind,
  authorities,
  bytes: new TextEncoder().encode('{"keys":[]}'),
});
const bench = (documents: InspectedDocument[], subject: string, sources = {}) => ({
  documents,
  subject,
  sources,
});
const chosen = (bundles: ReturnType<typeof chooseBundles>, name: string) =>
  bundles.find((bundle) => bundle.trustDomain === name)?.chosen.key;

describe('chooseBundles', () => {
  it('prefers a server’s own bundle to a newer copy elsewhere', () => {
    const bundles = chooseBundles(held, bench([document('leaf', 'x509-svid')], 'leaf'), 'org-a.test');
    expect(bundles[0]).toMatchObject({
      trustDomain: 'org-a.test',
      chosen: { key: 'server:spire-a', sequence: '14' },
    });
    expect(bundles[0]?.choices.map((choice) => choice.key)).toEqual([
      'server:spire-a',
      'server:spire-b',
      'workload:x509',
    ]);
  });
  it('takes the Workload API’s authorities of the right kind', () => {
    const x509 = chooseBundles(held, bench([document('leaf', 'x509-svid')], 'leaf'), 'org-c.test');
    const jwt = chooseBundles(held, bench([document('token', 'jwt-svid')], 'token'), 'org-c.test');
    expect(chosen(x509, 'org-c.test')).toBe('workload:x509');
    expect(chosen(jwt, 'org-c.test')).toBe('workload:jwt');
    expect(jwt[0]?.chosen.sequence).toBe('12345678901234567890');
  });
  it('puts what was given here first, for the trust domain it is said to be of', () => {
    const given = document('ca', 'bundle', true);
    const documents = [document('leaf', 'x509-svid'), given];
    expect(chosen(chooseBundles(held, bench(documents, 'leaf'), 'org-a.test'), 'org-a.test')).toBe(
      'dropped:ca',
    );
    const elsewhere = [documents[0] as InspectedDocument, { ...given, bundleOf: 'org-z.test' }];
    const bundles = chooseBundles(held, bench(elsewhere, 'leaf'), 'org-a.test');
    expect(chosen(bundles, 'org-a.test')).toBe('server:spire-a');
    expect(chosen(bundles, 'org-z.test')).toBe('dropped:ca');
  });
  it('follows the person’s choice', () => {
    const sources = { 'org-a.test': 'server:spire-b' };
    expect(
      chosen(
        chooseBundles(held, bench([document('leaf', 'x509-svid')], 'leaf', sources), 'org-a.test'),
        'org-a.test',
      ),
    ).toBe('server:spire-b');
  });
});
