import { type Bytes, concatBytes, utf8Encode } from '../../bytes.ts';
import type { JudgeInput } from '../../judge-types.ts';
import { NOW, pem, pemOf, pkcs8 } from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { chainInput, makeChain, planChain } from './chain.ts';
import { field, keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';

/** X509SVID of the Workload API; fields 1 to 5 in order. */
interface Fields {
  readonly spiffeId: string;
  readonly svid: Bytes;
  readonly key: Bytes;
  readonly bundle: Bytes;
  readonly hint: string;
}

async function anySvid(random: Random): Promise<Fields> {
  const plan = await planChain(random);
  const ders = await makeChain(plan);
  const [leaf] = plan.certificates;
  if (!leaf) throw new Error('There is no leaf.');
  return {
    spiffeId: plan.id,
    svid: concatBytes(...ders.slice(0, -1)),
    key: await pkcs8(leaf.key),
    bundle: ders.at(-1) ?? new Uint8Array(),
    hint: '',
  };
}

function message(svids: readonly Fields[], rest: Uint8Array = new Uint8Array()): JudgeInput {
  const written = svids.map(({ spiffeId, svid, key, bundle, hint }) =>
    field(
      1,
      concatBytes(
        ...[utf8Encode(spiffeId), svid, key, bundle, utf8Encode(hint)].map((bytes, i) => field(i + 1, bytes)),
      ),
    ),
  );
  return {
    kind: 'workload-x509-response',
    input: concatBytes(...written, rest),
    bundles: new Map(),
    at: NOW,
  };
}

function property(
  id: string,
  change: string,
  edit: (svids: readonly Fields[], random: Random) => readonly Fields[] | Promise<readonly Fields[]>,
  more: { readonly also?: readonly string[]; readonly row?: CheckProperty['row'] } = {},
): CheckProperty {
  return {
    id,
    change: `${change} (Workload API)`,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const svids = await Promise.all(Array.from({ length: 1 + random(2) }, () => anySvid(random)));
      const hinted = pick(random, [svids, svids.map((svid, i) => ({ ...svid, hint: `h${i}` }))]);
      // Fields that a later version may add, and CRLs, are passed over.
      const rest = pick(random, [new Uint8Array(), field(2, Uint8Array.of(1)), field(99, Uint8Array.of(1))]);
      return { good: message(hinted, rest), bad: message(await edit(hinted, random), rest) };
    },
  };
}

const first = (svids: readonly Fields[], change: Partial<Fields>) =>
  svids.map((svid, i) => (i === 0 ? { ...svid, ...change } : svid));

/** W-05, W-07, W-10, and that only DER counts. */
export const workloadProperties: readonly CheckProperty[] = [
  property('W-10', 'no SVID', () => []),
  property('W-07', 'a hint twice', (svids) =>
    [...svids, ...svids].slice(0, Math.max(2, svids.length)).map((svid) => ({ ...svid, hint: 'same' })),
  ),
  property('W-07', 'a hint of more than 1024 bytes', (svids) => first(svids, { hint: 'é'.repeat(600) }), {
    row: 'warns',
  }),
  property('X-29', 'another ID in the field', (svids, random) =>
    first(svids, { spiffeId: `${svids[0]?.spiffeId}${pick(random, ['x', '/', ' '])}` }),
  ),
  property('X-29', 'no ID in the field', (svids) => first(svids, { spiffeId: '' }), { also: ['W-05'] }),
  property('X-28', 'another key', async (svids) =>
    first(svids, { key: await pkcs8(await keyNamed('P-256', 'another')) }),
  ),
  property('X-28', 'a key in PEM', (svids) =>
    first(svids, { key: pemOf('PRIVATE KEY', svids[0]?.key ?? new Uint8Array()) }),
  ),
  property('X-28', 'no key', (svids) => first(svids, { key: new Uint8Array() }), { also: ['W-05'] }),
  property('X-14', 'no bundle', (svids) => first(svids, { bundle: new Uint8Array() }), { also: ['W-05'] }),
  property('X-14', 'a bundle in PEM', (svids) =>
    first(svids, { bundle: pem(svids[0]?.bundle ?? new Uint8Array()) }),
  ),
  property('X-14', 'a bundle in JSON', (svids) => first(svids, { bundle: utf8Encode('{"keys":[]}') })),
  property('X-01', 'no SVID in the field', (svids) => first(svids, { svid: new Uint8Array() }), {
    also: ['W-05'],
  }),
  property('X-01', 'an SVID in PEM', (svids) =>
    first(svids, { svid: pem(svids[0]?.svid ?? new Uint8Array()) }),
  ),
  property('X-01', 'a byte after the SVID', (svids) =>
    first(svids, { svid: concatBytes(svids[0]?.svid ?? new Uint8Array(), Uint8Array.of(0)) }),
  ),
  {
    id: 'X-01',
    change: 'no protobuf message (Workload API)',
    row: 'fails',
    also: [],
    make: async (random) => {
      const good = message([await anySvid(random)]);
      const bad = pick<Uint8Array>(random, [
        good.input.subarray(0, -1),
        Uint8Array.of(255),
        concatBytes(good.input, Uint8Array.of(11)),
        utf8Encode('{"svids":'),
        utf8Encode('{"svids":3}'),
        Uint8Array.of(8, 1),
      ]);
      return { good, bad: { ...good, input: bad } };
    },
  },
];

/** W-05 never stands alone: the row of what is missing fails too, so it is told here of all four fields. */
export async function withoutField(
  random: Random,
  name: 'spiffeId' | 'svid' | 'key' | 'bundle',
): Promise<JudgeInput> {
  const svid = await anySvid(random);
  return message([{ ...svid, [name]: name === 'spiffeId' ? '' : new Uint8Array() }]);
}

/** The chain of a response is judged as any other: handed over as a document it gives the same rows. */
export async function sameChain(random: Random): Promise<readonly [JudgeInput, JudgeInput]> {
  const plan = {
    ...(await planChain(random)),
    encoding: 'der' as const,
    sendRoot: false,
    bundleForm: 'der' as const,
  };
  const document = await chainInput(plan);
  const [leaf] = plan.certificates;
  if (!leaf) throw new Error('There is no leaf.');
  const bundle = document.bundles.get(plan.trustDomain) ?? new Uint8Array();
  return [
    document,
    message([
      {
        spiffeId: plan.id,
        svid: new Uint8Array(document.input),
        key: await pkcs8(leaf.key),
        bundle: new Uint8Array(bundle),
        hint: '',
      },
    ]),
  ];
}
