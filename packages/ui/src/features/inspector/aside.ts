import {
  compare,
  type CompareInput,
  type Comparison,
  nearestSigner,
  type NearestInput,
  type NearestSigner,
} from '@muster/domain';

/** What a worker is asked besides judging. */
export type AsideQuestion =
  { readonly nearest: NearestInput } | { readonly compare: readonly [CompareInput, CompareInput] };

export interface AsideAnswer {
  readonly aside: NearestSigner | Comparison | undefined;
}

/** Answers a question here; in a worker, or in the page where there is none. */
export async function answerAside(question: AsideQuestion): Promise<AsideAnswer> {
  return {
    aside:
      'nearest' in question
        ? await nearestSigner(question.nearest)
        : await compare(question.compare[0], question.compare[1]),
  };
}
