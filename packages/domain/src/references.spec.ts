import { describe, expect, it } from 'vitest';
import { choiceIds, choiceOf } from './choices.ts';
import { clause, clauses } from './clauses.ts';
import { referencesOf } from './references.ts';

const addresses = (id: string) =>
  referencesOf(clause(id)).map(({ label, address }) => [label, address.replace(/^.*\/(?=[^/]+$)/u, '')]);

describe('the public text of a clause', () => {
  it.each([
    [
      'X-02',
      [
        ['X509-SVID 2', 'X509-SVID.md#2-spiffe-id'],
        ['X509-SVID 5.2', 'X509-SVID.md#52-leaf-validation'],
      ],
    ],
    ['X-13', [['X509-SVID 3.1', 'X509-SVID.md#31-leaf-certificates']]],
    [
      'X-15',
      [
        ['X509-SVID 5.1', 'X509-SVID.md#51-path-validation'],
        ['RFC 5280 6.1.3(a)(1)', 'rfc5280#section-6.1.3'],
      ],
    ],
    [
      'X-20',
      [
        ['X509-SVID 4.1', 'X509-SVID.md#41-basic-constraints'],
        ['RFC 5280 6.1.4(l,m)', 'rfc5280#section-6.1.4'],
      ],
    ],
    [
      'X-22',
      [
        ['RFC 5280 6.1.4(o)', 'rfc5280#section-6.1.4'],
        ['RFC 5280 6.1.5(f)', 'rfc5280#section-6.1.5'],
      ],
    ],
    ['X-26', [['X509-SVID App. A', 'X509-SVID.md#appendix-a-x509-field-reference']]],
    [
      'X-14',
      [
        ['Workload API 4.6', 'SPIFFE_Workload_API.md#46-federated-bundles'],
        ['Federation 7.3', 'SPIFFE_Federation.md#73-preserving-the-trust-domain-bundle-binding'],
        ['TD&Bundle 3', 'SPIFFE_Trust_Domain_and_Bundle.md#3-spiffe-bundles'],
      ],
    ],
    ['J-06', [['RFC 7515 4.1.11', 'rfc7515#section-4.1.11']]],
    [
      'J-15',
      [
        ['RFC 7515 3', 'rfc7515#section-3'],
        ['RFC 7518', 'rfc7518'],
      ],
    ],
    [
      'T-11',
      [
        ['WIT-SVID 4', 'WIT-SVID.md'],
        ['WIT-SVID 5', 'WIT-SVID.md'],
        ['WIT-SVID 7.1', 'WIT-SVID.md'],
      ],
    ],
    ['X-30', []],
  ])('of %s', (id, expected) => {
    expect(addresses(id)).toEqual(expected);
  });
  it('is on two hosts only, and there for every clause that is not our own advice', () => {
    for (const one of clauses) {
      const found = referencesOf(one);
      expect([one.id, found.length > 0]).toEqual([one.id, one.spec !== '-']);
      for (const { address } of found)
        expect(address).toMatch(
          /^https:\/\/(?:github\.com\/spiffe\/spiffe\/blob\/main\/standards|www\.rfc-editor\.org\/rfc)\/[\w.-]+(?:#[\w.-]+)?$/u,
        );
    }
  });
});

describe('choices', () => {
  it('are of clauses that exist, in sentences', () => {
    for (const id of choiceIds) {
      expect(clause(id).id).toBe(id);
      expect(choiceOf(id)).toMatch(/^[A-Z“].*\.$/u);
    }
    expect(choiceOf('X-02')).toBeUndefined();
    expect(choiceOf('constructor')).toBeUndefined();
  });
});
