import { concatBytes, utf8Encode } from '../../bytes.ts';
import { OID } from '../../oid.ts';
import {
  altNames,
  basicConstraints,
  dnsName,
  extendedKeyUsage,
  keyUsage,
  pemOf,
  uriName,
} from '../certificates.ts';
import { sequence } from '../der-writer.ts';
import { makeChain } from './chain.ts';
import { chainProperty, edited, extended, inputProperty } from './chain-edits.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';

const LEAF = 0;
const BAD_IDS = [
  'http://TD/web',
  'spiffe:TD/web',
  'spiffe:///web',
  'spiffe://TD/web?x',
  'spiffe://TD/web#',
  'spiffe://u@TD/web',
  'spiffe://TD:/web',
  'spiffe://XTD/web',
  'spiffe://%61TD/web',
  'spiffe://TD/a%2fb',
  'spiffe://TD/a//b',
  'spiffe://TD/a/../b',
  'spiffe://TD/web/',
  'spiffe://TD/w b',
  'spiffe://TD/wéb',
];
const ID_ROWS = Array.from({ length: 19 }, (_, i) => `ID-${String(i + 1).padStart(2, '0')}`);

/** what is to be seen on the leaf and on the document as a whole. */
export const leafProperties: readonly CheckProperty[] = [
  inputProperty('X-01', 'a byte after the end', (input, plan) => ({
    ...input,
    input:
      plan.encoding === 'der'
        ? concatBytes(input.input, Uint8Array.of(0))
        : concatBytes(input.input, utf8Encode('\n'), pemOf('CERTIFICATE', sequence())),
  })),
  inputProperty('X-01', 'cut off', (input) => ({
    ...input,
    input: input.input.subarray(0, Math.floor(input.input.length / 2)),
  })),
  inputProperty(
    'X-01',
    'a second leaf',
    async (input, plan) => {
      const key = await keyNamed('P-256', 'second leaf');
      const [second = new Uint8Array()] = await makeChain(edited(plan, LEAF, (leaf) => ({ ...leaf, key })));
      return { ...input, input: concatBytes(input.input, second) };
    },
    { prepare: (plan) => ({ ...plan, encoding: 'der' }) },
  ),
  inputProperty(
    'X-01',
    'a PEM block that is no certificate',
    (input) => ({
      ...input,
      input: concatBytes(input.input, pemOf('X509 CRL', sequence())),
    }),
    { prepare: (plan) => ({ ...plan, encoding: 'pem' }) },
  ),
  inputProperty('X-01', 'nothing at all', (input) => ({ ...input, input: new Uint8Array() })),
  chainProperty(
    'X-01',
    'an extension that is not DER',
    (plan) => extended(plan, LEAF, { oid: OID.subjectKeyId, value: Uint8Array.of(4, 0x81, 1, 0) }),
    { also: ['X-22'] },
  ),
  chainProperty('X-02', 'no URI name', (plan) =>
    extended(plan, LEAF, altNames([dnsName('web.example.org')], true)),
  ),
  chainProperty('X-02', 'no SAN', (plan) =>
    extended(
      edited(plan, LEAF, (leaf) => ({ ...leaf, subject: 'web' })),
      LEAF,
      OID.subjectAltName,
    ),
  ),
  chainProperty('X-02', 'two URI names', (plan, random) =>
    extended(
      plan,
      LEAF,
      altNames(
        [uriName(plan.id), uriName(pick(random, [plan.id, 'https://example.org/', 'spiffe://other.org/x']))],
        true,
      ),
    ),
  ),
  chainProperty(
    'X-02',
    'a URI name in a second SAN extension',
    (plan) =>
      edited(plan, LEAF, (leaf) => ({
        ...leaf,
        extensions: [...leaf.extensions, altNames([uriName(plan.id)], true)],
      })),
    { also: ['X-22'] },
  ),
  chainProperty(
    'X-03',
    'a URI name that is no SPIFFE ID',
    (plan, random) =>
      extended(plan, LEAF, altNames([uriName(pick(random, BAD_IDS).replace('TD', plan.trustDomain))], true)),
    { also: [...ID_ROWS, 'X-14'] },
  ),
  chainProperty('X-04', 'an ID without a path', (plan) =>
    extended(plan, LEAF, altNames([uriName(`spiffe://${plan.trustDomain}`)], true)),
  ),
  chainProperty('X-05', 'cA true', (plan) => extended(plan, LEAF, basicConstraints(true)), {
    also: ['X-27'],
  }),
  chainProperty('X-06', 'no key usage', (plan) => extended(plan, LEAF, OID.keyUsage)),
  chainProperty('X-07', 'key usage not critical', (plan) => extended(plan, LEAF, keyUsage([0], false))),
  chainProperty('X-08', 'no digitalSignature', (plan, random) =>
    extended(plan, LEAF, keyUsage(pick(random, [[2], [4], [1]]))),
  ),
  chainProperty('X-09', 'keyCertSign', (plan) => extended(plan, LEAF, keyUsage([0, 5])), {
    also: ['X-26', 'X-27'],
  }),
  chainProperty('X-10', 'cRLSign', (plan) => extended(plan, LEAF, keyUsage([0, 6])), { also: ['X-26'] }),
  chainProperty('X-11', 'one of the two purposes, or another', (plan, random) =>
    extended(plan, LEAF, extendedKeyUsage(pick(random, [OID.serverAuth, OID.clientAuth, '2.5.29.37.0']))),
  ),
  chainProperty('X-12', 'no extended key usage', (plan) => extended(plan, LEAF, OID.extendedKeyUsage), {
    row: 'warns',
  }),
  chainProperty('X-13', 'an empty subject and a SAN that is not critical', (plan) =>
    extended(
      edited(plan, LEAF, (leaf) => ({ ...leaf, subject: '' })),
      LEAF,
      altNames([uriName(plan.id)], false),
    ),
  ),
  chainProperty(
    'X-27',
    'an authority presented as an identity',
    (plan) => ({ ...plan, certificates: plan.certificates.slice(1), sendRoot: true }),
    {
      also: ['X-01', 'X-04', 'X-05', 'X-08', 'X-09', 'X-10', 'X-11', 'X-12', 'X-13', 'X-16', 'X-20', 'X-26'],
      signers: 2,
    },
  ),
];
