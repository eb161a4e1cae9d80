import type { FileProblem } from './verify-files.ts';
import type { Judged, JudgedSet } from './verify-set.ts';

/** A judgement as `--json` prints it: everything that is known, without the signature of a token. */
export function judgedJson({ input, judgement }: Pick<Judged, 'input' | 'judgement'>) {
  const { kind, verdict, reason, fails, warns, checks, decoded } = judgement;
  return { kind, verdict, reason, evaluationTime: input.at.toISOString(), fails, warns, checks, decoded };
}

/** One of several: with its file, and the files that it was judged with. */
export function judgedOfSet(one: Judged) {
  return {
    file: one.file,
    name: one.name,
    ...judgedJson(one),
    bundles: [...one.bundleFiles].map(([trustDomain, file]) => ({ trustDomain, file })),
    ...(one.keyFile !== undefined && { key: one.keyFile }),
  };
}

/** A file that should have been judged and could not be. */
export const problemJson = ({ name, why }: FileProblem) => ({
  file: name,
  name,
  verdict: 'unreadable' as const,
  reason: why,
});

/** The whole set as a list: documents first, then what could not be read. */
export const setJson = ({ judged, problems }: JudgedSet) => [
  ...judged.map(judgedOfSet),
  ...problems.map(problemJson),
];
