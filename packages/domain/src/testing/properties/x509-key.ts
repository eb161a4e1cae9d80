import { type Bytes, concatBytes } from '../../bytes.ts';
import { pemOf, pkcs8 } from '../certificates.ts';
import { integer, octets, oid, sequence } from '../der-writer.ts';
import { chainInput, planChain } from './chain.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, chance } from './property.ts';

type Change = (secret: Bytes, another: Bytes) => Uint8Array;

const encrypted = (secret: Bytes) =>
  sequence(sequence(oid('1.2.840.113549.1.5.13'), sequence()), octets(secret));

const CHANGES: readonly (readonly [string, Change])[] = [
  ['another key of the same kind', (_secret, another) => another],
  ['a byte after the key', (secret) => concatBytes(secret, Uint8Array.of(0))],
  ['an encrypted key', encrypted],
  ['an encrypted key in PEM', (secret) => pemOf('ENCRYPTED PRIVATE KEY', encrypted(secret))],
  ['a key in the form of SEC 1', (secret) => pemOf('EC PRIVATE KEY', secret)],
  ['a key in the form of PKCS#1', () => sequence(integer(0), integer(5), integer(3))],
  ['two keys', (secret) => pemOf('PRIVATE KEY', secret, secret)],
  ['an empty file', () => new Uint8Array()],
];

/** the private key beside an X509-SVID. */
export const keyProperties: readonly CheckProperty[] = CHANGES.map(([change, make]) => ({
  id: 'X-28',
  change,
  row: 'fails',
  also: [],
  make: async (random) => {
    const plan = await planChain(random);
    const [leaf] = plan.certificates;
    if (!leaf) throw new Error('There is no leaf.');
    const input = { ...(await chainInput(plan)), kind: 'x509-svid-keypair' as const };
    const secret = await pkcs8(leaf.key);
    const another = await pkcs8(await keyNamed(leaf.key.algorithm, 'another'));
    return {
      good: { ...input, key: chance(random, 2) ? secret : pemOf('PRIVATE KEY', secret) },
      bad: { ...input, key: make(secret, another) },
    };
  },
}));
