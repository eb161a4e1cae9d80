import type { InspectedDocument, Recognised } from './documents.ts';
import { isSvid } from './documents.ts';

/** When the document is judged. */
export type Moment = { readonly mode: 'now' } | { readonly mode: 'chosen'; readonly text: string };

/** What lies on the bench. It is held in memory, and forgotten. */
export interface Workbench {
  readonly documents: readonly InspectedDocument[];
  /** The document that is judged. */
  readonly subject: string | undefined;
  readonly refused: Extract<Recognised, { state: 'refused' }> | undefined;
  readonly audience: string;
  /** The verifier's own trust domain; empty: not said. */
  readonly trustDomain: string;
  readonly moment: Moment;
  /** Which of several known bundles is used, by trust domain. */
  readonly sources: Readonly<Record<string, string>>;
  /** Not forgotten while this page is open. */
  readonly keep: boolean;
  /** The last documents were forgotten by time. */
  readonly forgotten: boolean;
}

export const emptyBench: Workbench = {
  documents: [],
  subject: undefined,
  refused: undefined,
  audience: '',
  trustDomain: '',
  moment: { mode: 'now' },
  sources: {},
  keep: false,
  forgotten: false,
};

export type BenchAction =
  | {
      readonly do: 'take';
      readonly recognised: readonly Recognised[];
      readonly audience?: string;
      readonly replace?: boolean;
    }
  | { readonly do: 'judge'; readonly id: string }
  | { readonly do: 'drop'; readonly id: string }
  | { readonly do: 'assign'; readonly id: string; readonly trustDomain: string }
  | {
      readonly do: 'set';
      readonly values: Partial<Pick<Workbench, 'audience' | 'trustDomain' | 'moment' | 'keep'>>;
    }
  | { readonly do: 'source'; readonly trustDomain: string; readonly key: string }
  | { readonly do: 'clear' }
  | { readonly do: 'forget' };

export function reduceBench(bench: Workbench, action: BenchAction): Workbench {
  switch (action.do) {
    case 'take':
      return take(bench, action);
    case 'judge':
      return { ...bench, subject: action.id };
    case 'drop': {
      const documents = bench.documents.filter((document) => document.id !== action.id);
      return {
        ...bench,
        documents,
        subject: bench.subject === action.id ? subjectOf(documents) : bench.subject,
      };
    }
    case 'assign':
      return {
        ...bench,
        documents: bench.documents.map((document) =>
          document.id === action.id ? { ...document, bundleOf: action.trustDomain || undefined } : document,
        ),
      };
    case 'set':
      return { ...bench, ...action.values };
    case 'source':
      return { ...bench, sources: { ...bench.sources, [action.trustDomain]: action.key } };
    case 'clear':
      return {
        ...bench,
        documents: [],
        subject: undefined,
        refused: undefined,
        keep: false,
        forgotten: false,
      };
    case 'forget':
      return {
        ...bench,
        documents: [],
        subject: undefined,
        refused: undefined,
        keep: false,
        forgotten: true,
      };
  }
}

function take(
  bench: Workbench,
  { recognised, audience, replace }: Extract<BenchAction, { do: 'take' }>,
): Workbench {
  const taken = recognised.flatMap((one) => (one.state === 'document' ? [one.document] : []));
  const refused = recognised.find((one) => one.state === 'refused');
  // One SVID at a time: a new one takes the place of the old, while bundles stay beside it.
  const onlyBundles = taken.every((document) => document.authorities);
  const stay =
    replace === true
      ? []
      : bench.documents.filter((document) => document.authorities || (onlyBundles && isSvid(document)));
  const documents = taken.length === 0 ? bench.documents : [...stay, ...taken];
  return {
    ...bench,
    documents,
    subject: taken.length === 0 ? bench.subject : subjectOf(documents),
    refused,
    forgotten: false,
    keep: taken.length === 0 ? bench.keep : false,
    ...(audience !== undefined && { audience }),
  };
}

/** An SVID before a bundle; the newest of each. */
function subjectOf(documents: readonly InspectedDocument[]): string | undefined {
  return (documents.findLast((document) => !document.authorities) ?? documents.at(-1))?.id;
}

/** The chosen moment; undefined when its text is not one. The text is UTC, as `datetime-local` gives it. */
export function momentOf(moment: Moment, now: Date): Date | undefined {
  if (moment.mode === 'now') return now;
  const at = new Date(`${moment.text}Z`);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/u.test(moment.text) && !Number.isNaN(at.getTime())
    ? at
    : undefined;
}
