import type { JudgeInput } from '../../judge-types.ts';
import type { TestExtension } from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { type CertificatePlan, chainInput, type ChainPlan, planChain } from './chain.ts';
import type { CheckProperty, Pair } from './property.ts';

type Edit = (plan: ChainPlan, random: Random) => ChainPlan | Promise<ChainPlan>;

/** A property of chains: the plan is changed before the certificates are made. */
export function chainProperty(
  id: string,
  change: string,
  edit: Edit,
  more: {
    readonly also?: readonly string[];
    readonly row?: CheckProperty['row'];
    readonly signers?: number;
    /** Brings the plan into a shape in which the change means something; still a good one. */
    readonly prepare?: Edit;
    readonly input?: Partial<JudgeInput>;
  } = {},
): CheckProperty {
  return {
    id,
    change,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const first = await planChain(random, more.signers);
      const plan = more.prepare ? await more.prepare(first, random) : first;
      return pair(plan, await edit(plan, random));
    },
  };
}

async function pair(good: ChainPlan, bad: ChainPlan): Promise<Pair> {
  return { good: await chainInput(good), bad: await chainInput(bad) };
}

/** A property of what is handed over: the judged input is changed after the certificates were made. */
export function inputProperty(
  id: string,
  change: string,
  edit: (input: JudgeInput, plan: ChainPlan, random: Random) => JudgeInput | Promise<JudgeInput>,
  more: { readonly also?: readonly string[]; readonly prepare?: Edit } = {},
): CheckProperty {
  return {
    id,
    change,
    row: 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const first = await planChain(random);
      const plan = more.prepare ? await more.prepare(first, random) : first;
      const good = await chainInput(plan);
      return { good, bad: await edit(good, plan, random) };
    },
  };
}

export function edited(
  plan: ChainPlan,
  index: number,
  change: (certificate: CertificatePlan) => CertificatePlan,
): ChainPlan {
  const at = index < 0 ? plan.certificates.length + index : index;
  return { ...plan, certificates: plan.certificates.map((item, i) => (i === at ? change(item) : item)) };
}

/** Replaces extensions by their OID; a bare OID takes one away. */
export function extended(
  plan: ChainPlan,
  index: number,
  ...changes: readonly (TestExtension | string)[]
): ChainPlan {
  const oids = changes.map((change) => (typeof change === 'string' ? change : change.oid));
  return edited(plan, index, (certificate) => ({
    ...certificate,
    extensions: [
      ...certificate.extensions.filter(({ oid }) => !oids.includes(oid)),
      ...changes.filter((change) => typeof change !== 'string'),
    ],
  }));
}

/** Index of any signing certificate. */
export function anySigner(plan: ChainPlan, random: Random): number {
  return 1 + random(plan.certificates.length - 1);
}

/** Index of any certificate. */
export function anyCertificate(plan: ChainPlan, random: Random): number {
  return random(plan.certificates.length);
}
