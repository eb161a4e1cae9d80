import { utf8Encode } from '../../bytes.ts';
import { OID } from '../../oid.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  dnsName,
  keyUsage,
  makeCertificate,
  NOW,
  type TestExtension,
  uriConstraints,
  uriName,
} from '../certificates.ts';
import { der, octets, sequence } from '../der-writer.ts';
import { bundleFor, type ChainPlan, unknownExtension } from './chain.ts';
import { anyCertificate, anySigner, chainProperty, edited, extended, inputProperty } from './chain-edits.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';

const SECOND = 1000;
const later = new Date(NOW.getTime() + SECOND);
const earlier = new Date(NOW.getTime() - SECOND);
const constraints = (tag: number, ...bases: readonly Uint8Array[]): TestExtension => ({
  oid: OID.nameConstraints,
  critical: true,
  value: sequence(der(tag, ...bases.map((base) => sequence(base)))),
});
const [PERMITTED, EXCLUDED] = [0xa0, 0xa1];

/** A leaf with a DNS name beside its ID. */
const withDns = (plan: ChainPlan) =>
  extended(plan, 0, altNames([uriName(plan.id), dnsName('web.example.org')], true));

/** what is to be seen on the path. */
export const pathProperties: readonly CheckProperty[] = [
  inputProperty('X-14', 'no bundle', (input) => ({ ...input, bundles: new Map() })),
  inputProperty(
    'X-14',
    'only the bundle of another trust domain, with the very authority',
    (input, plan) => ({
      ...input,
      bundles: new Map([['other.example', input.bundles.get(plan.trustDomain) ?? new Uint8Array()]]),
    }),
  ),
  inputProperty('X-14', 'a bundle that cannot be read', (input, plan, random) => ({
    ...input,
    bundles: new Map([
      [plan.trustDomain, utf8Encode(pick(random, ['{}', '{"keys":1}', 'x', '-----BEGIN x']))],
    ]),
  })),
  inputProperty(
    'X-15',
    'the bundle has another authority of the same name',
    async (input, plan) => {
      const key = await keyNamed('P-256', 'twin');
      const root = plan.certificates.at(-1);
      const twin = await makeCertificate({
        subject: root?.subject ?? '',
        issuer: root?.subject ?? '',
        key,
        signer: key,
        extensions: root?.extensions ?? [],
      });
      return { ...input, bundles: new Map([[plan.trustDomain, await bundleFor('json', key, twin)]]) };
    },
    { prepare: (plan) => ({ ...plan, sendRoot: false }) },
  ),
  chainProperty('X-15', 'a spoilt signature', (plan, random) =>
    edited(plan, random(plan.certificates.length - 1), (one) => ({ ...one, breakSignature: true })),
  ),
  chainProperty('X-15', 'a signature by a stranger', async (plan, random) => {
    const signer = await keyNamed('P-256', 'stranger');
    return edited(plan, random(plan.certificates.length - 1), (one) => ({ ...one, signer }));
  }),
  chainProperty('X-16', 'expired a second ago', (plan, random) =>
    edited(plan, anyCertificate(plan, random), (one) => ({
      ...one,
      notBefore: new Date(0),
      notAfter: earlier,
    })),
  ),
  chainProperty('X-16', 'valid in a second', (plan, random) =>
    edited(plan, anyCertificate(plan, random), (one) => ({
      ...one,
      notBefore: later,
      notAfter: new Date(NOW.getTime() + 9e9),
    })),
  ),
  chainProperty('X-16', 'ends before it begins', (plan, random) =>
    edited(plan, anyCertificate(plan, random), (one) => ({ ...one, notBefore: later, notAfter: earlier })),
  ),
  chainProperty('X-17', 'another issuer name', (plan, random) =>
    edited(plan, random(plan.certificates.length - 1), (one) => ({
      ...one,
      issuer: pick(random, ['somebody', 'Root of example', '']),
    })),
  ),
  chainProperty('X-18', 'a signing certificate that is no CA', (plan, random) =>
    extended(plan, anySigner(plan, random), pick(random, [basicConstraints(false), OID.basicConstraints])),
  ),
  chainProperty('X-19', 'a signing certificate without keyCertSign', (plan, random) =>
    extended(plan, anySigner(plan, random), keyUsage(pick(random, [[6], [1]]))),
  ),
  chainProperty(
    'X-19',
    'a signing certificate without key usage, and no SVID',
    (plan, random) => extended(plan, anySigner(plan, random), OID.keyUsage, OID.subjectAltName),
    { also: ['X-24'] },
  ),
  chainProperty(
    'X-06',
    'a signing certificate that is an SVID without key usage',
    (plan, random) => extended(plan, anySigner(plan, random), OID.keyUsage),
    { also: ['X-19'] },
  ),
  chainProperty('X-07', 'a signing certificate with key usage that is not critical', (plan, random) =>
    extended(plan, anySigner(plan, random), keyUsage([5, 6], false)),
  ),
  chainProperty(
    'X-20',
    'a path length that is too short by one',
    (plan, random) => {
      const index = 2 + random(plan.certificates.length - 2);
      return extended(plan, index, basicConstraints(true, index - 2));
    },
    { signers: 2 },
  ),
  chainProperty('X-21', 'permitted: another host, or only those below', (plan, random) =>
    extended(
      plan,
      anySigner(plan, random),
      uriConstraints([pick(random, ['other.org', `.${plan.trustDomain}`, `x${plan.trustDomain}`])]),
    ),
  ),
  chainProperty('X-21', 'excluded', (plan, random) =>
    extended(
      plan,
      anySigner(plan, random),
      uriConstraints([], [pick(random, [plan.trustDomain, plan.trustDomain.toUpperCase()])]),
    ),
  ),
  chainProperty(
    'X-21',
    'a DNS name outside',
    (plan, random) =>
      extended(
        plan,
        anySigner(plan, random),
        constraints(pick(random, [PERMITTED]), der(0x82, utf8Encode('other.org'))),
      ),
    { prepare: withDns },
  ),
  chainProperty(
    'X-21',
    'a DNS name excluded',
    (plan, random) =>
      extended(plan, anySigner(plan, random), constraints(EXCLUDED, der(0x82, utf8Encode('example.org')))),
    { prepare: withDns },
  ),
  chainProperty('X-21', 'a constraint that is not understood', (plan, random) =>
    extended(
      plan,
      anySigner(plan, random),
      constraints(
        pick(random, [PERMITTED, EXCLUDED]),
        pick(random, [
          der(0x88, Uint8Array.of(42)),
          uriName('spiffe://example.org'),
          der(0x87, Uint8Array.of(1, 2)),
        ]),
      ),
    ),
  ),
  chainProperty('X-22', 'a critical extension that nobody knows', (plan, random) =>
    extended(plan, anyCertificate(plan, random), unknownExtension(true)),
  ),
  chainProperty('X-22', 'an extension twice', (plan, random) =>
    edited(plan, anyCertificate(plan, random), (one) => ({
      ...one,
      extensions: [
        ...one.extensions,
        { oid: '1.2.3.4', value: octets() },
        { oid: '1.2.3.4', value: octets() },
      ],
    })),
  ),
  chainProperty(
    'X-22',
    'a policy required and none there',
    (plan, random) =>
      extended(plan, 1 + random(plan.certificates.length - 2), {
        oid: OID.policyConstraints,
        critical: true,
        value: sequence(der(0x80, Uint8Array.of(0))),
      }),
    { signers: 2 },
  ),
  chainProperty('X-23', 'a signing certificate whose ID has a path', (plan, random) =>
    extended(
      plan,
      anySigner(plan, random),
      altNames([uriName(`spiffe://${plan.trustDomain}/${pick(random, ['ca', '', 'a/b'])}`)]),
    ),
  ),
  chainProperty(
    'X-24',
    'a signing certificate without an ID, or of another trust domain',
    (plan, random) =>
      extended(
        plan,
        anySigner(plan, random),
        pick(random, [OID.subjectAltName, altNames([uriName('spiffe://other.org')])]),
      ),
    { row: 'warns' },
  ),
  chainProperty('X-25', 'a signing certificate with two URI names', (plan, random) =>
    extended(
      plan,
      anySigner(plan, random),
      altNames([
        uriName(`spiffe://${plan.trustDomain}`),
        uriName(pick(random, ['https://example.org/', `spiffe://${plan.trustDomain}`])),
      ]),
    ),
  ),
  chainProperty(
    'X-26',
    'a signing certificate with a usage of leaves',
    (plan, random) =>
      extended(
        plan,
        anySigner(plan, random),
        keyUsage(
          pick(random, [
            [0, 5],
            [2, 5],
            [4, 5],
          ]),
        ),
      ),
    { row: 'warns' },
  ),
  chainProperty(
    'X-30',
    'a short RSA key',
    async (plan) => {
      const key = await keyNamed('RSA-1024', 'short');
      return edited(plan, 0, (leaf) => ({ ...leaf, key }));
    },
    { row: 'warns' },
  ),
  chainProperty(
    'X-30',
    'a signature with SHA-1',
    async (plan) => {
      const key = await keyNamed('RSA-SHA1', 'old');
      return edited(plan, 1, (signer) => ({ ...signer, key }));
    },
    { row: 'warns' },
  ),
  inputProperty(
    'B-17',
    'a bundle without keys',
    (input, plan, random) => ({
      ...input,
      bundles: new Map([[plan.trustDomain, bundleOf(pick(random, [[], [{ kty: 'X', use: 'x509-svid' }]]))]]),
    }),
    { also: ['X-15'] },
  ),
];
