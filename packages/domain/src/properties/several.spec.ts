import { describe, expect, it } from 'vitest';
import { judge } from '../judge.ts';
import { OID } from '../oid.ts';
import {
  altNames,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  NOW,
  uriConstraints,
  uriName,
} from '../testing/certificates.ts';
import { type Random, randomNumbers } from '../testing/fuzz-random.ts';
import { chainInput, type ChainPlan, planChain, unknownExtension } from '../testing/properties/chain.ts';
import { edited, extended } from '../testing/properties/chain-edits.ts';
import { keyNamed } from '../testing/properties/keys.ts';
import { chance } from '../testing/properties/property.ts';
import {
  planToken,
  SECONDS,
  tokenInput,
  type TokenPlan,
  withClaims,
  withHeader,
} from '../testing/properties/token.ts';

interface Fault<Plan> {
  readonly ids: readonly string[];
  readonly edit: (plan: Plan) => Plan | Promise<Plan>;
}

/** Any two or more of the faults; none of them hides another. */
async function broken<Plan>(random: Random, plan: Plan, faults: readonly Fault<Plan>[]) {
  const chosen = faults.filter(() => chance(random, 3));
  const [first, second] = faults;
  const all = chosen.length >= 2 || !first || !second ? chosen : [first, second];
  let changed = plan;
  for (const fault of all) changed = await fault.edit(changed);
  return { plan: changed, ids: [...new Set(all.flatMap((fault) => fault.ids))].sort() };
}

const X509: readonly Fault<ChainPlan>[] = [
  { ids: ['X-05', 'X-27'], edit: (plan) => extended(plan, 0, basicConstraints(true)) },
  { ids: ['X-07', 'X-08', 'X-10', 'X-26'], edit: (plan) => extended(plan, 0, keyUsage([2, 6], false)) },
  { ids: ['X-11'], edit: (plan) => extended(plan, 0, extendedKeyUsage(OID.serverAuth)) },
  {
    ids: ['X-04', 'X-13'],
    edit: (plan) =>
      extended(
        edited(plan, 0, (leaf) => ({ ...leaf, subject: '' })),
        0,
        altNames([uriName(`spiffe://${plan.trustDomain}`)], false),
      ),
  },
  { ids: ['X-15'], edit: (plan) => edited(plan, 0, (leaf) => ({ ...leaf, breakSignature: true })) },
  {
    ids: ['X-16'],
    edit: (plan) =>
      edited(plan, 1, (one) => ({
        ...one,
        notBefore: new Date(0),
        notAfter: new Date(NOW.getTime() - 1000),
      })),
  },
  { ids: ['X-19'], edit: (plan) => extended(plan, -1, keyUsage([6])) },
  { ids: ['X-20'], edit: (plan) => extended(plan, 2, basicConstraints(true, 0)) },
  { ids: ['X-21'], edit: (plan) => extended(plan, 1, uriConstraints(['other.org'])) },
  { ids: ['X-22'], edit: (plan) => extended(plan, 2, unknownExtension(true)) },
  {
    ids: ['X-23', 'X-25'],
    edit: (plan) =>
      extended(
        plan,
        1,
        altNames([uriName(`spiffe://${plan.trustDomain}/ca`), uriName('https://example.org/')]),
      ),
  },
];

const JWT: readonly Fault<TokenPlan>[] = [
  { ids: ['J-02', 'J-06'], edit: (plan) => withHeader(plan, { crit: ['x'], x: 1 }) },
  { ids: ['J-04'], edit: (plan) => withHeader(plan, { typ: 'at+jwt' }) },
  { ids: ['J-07', 'ID-11'], edit: (plan) => withClaims(plan, { sub: `spiffe://${plan.trustDomain}//x` }) },
  { ids: ['J-09'], edit: (plan) => withClaims(plan, { aud: ['somebody'] }) },
  { ids: ['J-12'], edit: (plan) => withClaims(plan, { exp: SECONDS - 10 }) },
  { ids: ['J-13'], edit: (plan) => withClaims(plan, { nbf: SECONDS + 10 }) },
  { ids: ['J-14'], edit: async (plan) => ({ ...plan, key: await keyNamed(plan.key.algorithm, 'stranger') }) },
];

describe('several clauses broken at once are all told of, and no other', () => {
  it('in a chain', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomNumbers(seed);
      const { plan, ids } = await broken(random, await planChain(random, 3), X509);
      const judgement = await judge(await chainInput(plan));
      expect([...judgement.fails].sort(), `seed ${seed}`).toEqual(ids);
    }
  });

  it('in a token', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomNumbers(seed);
      const { plan, ids } = await broken(random, await planToken(random), JWT);
      const judgement = await judge(await tokenInput(plan));
      expect([...judgement.fails].sort(), `seed ${seed}`).toEqual(ids);
    }
  });
});
