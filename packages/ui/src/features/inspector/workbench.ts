import type { DocumentUpdate, IntakeAnswer } from './intake.ts';
import type { InspectedDocument, Refused } from './documents.ts';

/** When the document is judged. */
export type Moment = { readonly mode: 'now' } | { readonly mode: 'chosen'; readonly text: string };

/** What lies on the bench. It is held in memory, and forgotten. */
export interface Workbench {
  readonly documents: readonly InspectedDocument[];
  /** The document that is judged. */
  readonly subject: string | undefined;
  /** The table of all documents is shown, rather than the sheet of one. */
  readonly overview: boolean;
  /** What was given last and is not on the bench. */
  readonly refused: readonly Refused[];
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
  overview: false,
  refused: [],
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
      readonly answer: Pick<IntakeAnswer, 'documents' | 'updates' | 'refused'>;
      readonly audience?: string;
      /** Files on disk were read again: a new document takes the place, and the id, of the one from the same file. */
      readonly reread?: boolean;
    }
  | { readonly do: 'judge'; readonly id: string }
  | { readonly do: 'overview' }
  | { readonly do: 'drop'; readonly id: string }
  | { readonly do: 'assign'; readonly id: string; readonly trustDomain: string }
  | {
      readonly do: 'set';
      readonly values: Partial<Pick<Workbench, 'audience' | 'trustDomain' | 'moment' | 'keep'>>;
    }
  | { readonly do: 'source'; readonly trustDomain: string; readonly key: string }
  | { readonly do: 'watch'; readonly files: ReadonlySet<string> }
  | { readonly do: 'clear' }
  | { readonly do: 'forget' };

const nothing = { documents: [], subject: undefined, overview: false, refused: [], keep: false } as const;

export function reduceBench(bench: Workbench, action: BenchAction): Workbench {
  switch (action.do) {
    case 'take':
      return action.reread ? reread(bench, action.answer) : take(bench, action);
    case 'judge':
      return { ...bench, subject: action.id, overview: false };
    case 'overview':
      return { ...bench, overview: true };
    case 'drop': {
      const documents = bench.documents.filter((document) => document.id !== action.id);
      return {
        ...bench,
        documents,
        subject: bench.subject === action.id ? subjectOf(documents) : bench.subject,
        overview: bench.overview && listed(documents).length > 1,
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
    case 'watch':
      return {
        ...bench,
        keep: bench.keep || action.files.size > 0,
        documents: bench.documents.map((document) => {
          const watched = document.file !== undefined && action.files.has(document.file);
          return watched === (document.watched ?? false) ? document : { ...document, watched };
        }),
      };
    case 'clear':
      return { ...bench, ...nothing, forgotten: false };
    case 'forget':
      return { ...bench, ...nothing, forgotten: true };
  }
}

function take(bench: Workbench, { answer, audience }: Extract<BenchAction, { do: 'take' }>): Workbench {
  const { documents: taken, updates, refused } = answer;
  const before = withUpdates(bench.documents, updates);
  if (taken.length === 0) return { ...bench, documents: before, refused, forgotten: false };
  // What is given twice is there once, the newer.
  const fresh = before.filter((old) => !taken.some((one) => sameContent(one, old)));
  const documents = [...fresh, ...taken];
  const newSvids = taken.filter((document) => !isVouching(document));
  const several =
    newSvids.length > 1 || (newSvids.length === 0 && taken.filter((one) => !one.piece).length > 1);
  const onlyBundles = newSvids.length === 0;
  const stays = onlyBundles && documents.some((one) => one.id === bench.subject && !isVouching(one));
  return {
    ...bench,
    documents,
    subject: stays ? bench.subject : (subjectOf(taken) ?? subjectOf(documents)),
    overview: several && !stays ? true : stays && bench.overview,
    refused,
    forgotten: false,
    keep: bench.keep && documents.some(({ watched }) => watched),
    ...(audience !== undefined && { audience }),
  };
}

function withUpdates(
  documents: readonly InspectedDocument[],
  updates: readonly DocumentUpdate[],
): readonly InspectedDocument[] {
  if (updates.length === 0) return documents;
  const byId = new Map(updates.map((update) => [update.id, update]));
  return documents.map((document) => {
    const update = byId.get(document.id);
    if (!update) return document;
    const { keyCheck, prefers, notes, bundleOf } = update;
    // A key that was compared before is not compared again without it.
    return {
      ...document,
      prefers,
      ...(document.keyCheck ? {} : { notes }),
      ...(keyCheck && { keyCheck, notes }),
      ...(bundleOf !== undefined && { bundleOf }),
    };
  });
}

function sameContent(a: InspectedDocument, b: InspectedDocument): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.bytes.length === b.bytes.length &&
    a.bytes.length > 0 &&
    a.bytes.every((byte, index) => byte === b.bytes[index])
  );
}

function reread(
  bench: Workbench,
  { documents: taken, updates, refused }: Pick<IntakeAnswer, 'documents' | 'updates' | 'refused'>,
): Workbench {
  // A map and its pieces stand in one file.
  const keyOf = ({ name, kind, piece }: InspectedDocument) => JSON.stringify([name, kind, piece ?? false]);
  const old = new Map(
    bench.documents.filter(({ file }) => file !== undefined).map((one) => [keyOf(one), one]),
  );
  const files = new Set(taken.flatMap(({ file }) => file ?? []));
  const ids = new Map(taken.map((one) => [one.id, old.get(keyOf(one))?.id ?? one.id]));
  const renamed = taken.map((one): InspectedDocument => ({
    ...one,
    id: ids.get(one.id) ?? one.id,
    watched: true,
    // Whose a bundle is may have been said by hand.
    ...(one.bundleOf === '' && { bundleOf: old.get(keyOf(one))?.bundleOf ?? '' }),
    prefers: one.prefers?.map((id) => ids.get(id) ?? id),
  }));
  const byId = new Map(renamed.map((one) => [one.id, one]));
  const stay = withUpdates(bench.documents, updates)
    .filter(({ id, file }) => byId.has(id) || file === undefined || !files.has(file))
    .map(
      (document) =>
        byId.get(document.id) ?? { ...document, prefers: document.prefers?.map((id) => ids.get(id) ?? id) },
    );
  const there = new Set(stay.map(({ id }) => id));
  const documents = [...stay, ...renamed.filter(({ id }) => !there.has(id))];
  const gone = bench.subject !== undefined && !documents.some(({ id }) => id === bench.subject);
  return { ...bench, documents, refused, subject: gone ? subjectOf(documents) : bench.subject };
}

/** Given to judge by: bundles, and the map of them that a Workload API hands out. */
function isVouching({ authorities, kind }: InspectedDocument): boolean {
  return authorities || kind === 'bundle-map';
}

/** An SVID before a bundle; the newest of each. */
function subjectOf(documents: readonly InspectedDocument[]): string | undefined {
  const whole = documents.filter(({ piece }) => !piece);
  return (whole.findLast((document) => !isVouching(document)) ?? whole.at(-1) ?? documents.at(-1))?.id;
}

/** The documents that stand in the table: all but pieces that are only there to judge by. */
export function listed(documents: readonly InspectedDocument[]): readonly InspectedDocument[] {
  return documents.filter(({ piece }) => !piece);
}

/** The chosen moment; undefined when its text is not one. The text is UTC, as `datetime-local` gives it. */
export function momentOf(moment: Moment, now: Date): Date | undefined {
  if (moment.mode === 'now') return now;
  const at = new Date(`${moment.text}Z`);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/u.test(moment.text) && !Number.isNaN(at.getTime())
    ? at
    : undefined;
}
