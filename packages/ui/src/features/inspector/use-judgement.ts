import type { Judgement } from '@muster/domain';
import { useEffect, useState } from 'react';
import { type ChosenBundle, chooseBundles, type HeldBundle } from './bundles.ts';
import type { InspectedDocument } from './documents.ts';
import { digestOf, domainOf } from './facts.ts';
import { completed } from './judging-batch.ts';
import { judgeBeside } from './judging.ts';
import type { Workbench } from './workbench.ts';

/** A judgement with what it was made from. */
export interface Judged {
  readonly document: InspectedDocument;
  readonly judgement: Judgement;
  readonly at: Date;
  /** SHA-256 of the document. */
  readonly digest: string;
  /** The trust domain whose bundle the document needs. */
  readonly trustDomain: string | undefined;
  readonly bundles: readonly ChosenBundle[];
  /** As whom it was judged; empty: not said. */
  readonly verifier?: Pick<Workbench, 'audience' | 'trustDomain'>;
}

/** Judges the subject of the bench, here in this window. The last judgement of the same document stays until the next is there. */
export function useJudgement(
  bench: Workbench,
  held: readonly HeldBundle[],
  at: Date | undefined,
): Judged | undefined {
  const [judged, setJudged] = useState<Judged>();
  const document = bench.documents.find((one) => one.id === bench.subject);
  const { documents, subject, sources, audience, trustDomain } = bench;
  const time = at?.getTime();
  useEffect(() => {
    let current = true;
    const set = { documents, subject, sources, audience, trustDomain };
    // Without a document the last judgement goes, too: it holds what was forgotten.
    const judging =
      document && time !== undefined
        ? judgeDocument(document, set, held, new Date(time))
        : Promise.resolve(undefined);
    void judging.then((next) => {
      if (current) setJudged(next);
    });
    return () => {
      current = false;
    };
  }, [document, documents, subject, sources, audience, trustDomain, held, time]);
  return judged && judged.document.id === document?.id ? judged : undefined;
}

export async function judgeDocument(
  document: InspectedDocument,
  bench: Pick<Workbench, 'documents' | 'subject' | 'sources' | 'audience' | 'trustDomain'>,
  held: readonly HeldBundle[],
  at: Date,
): Promise<Judged> {
  const { once, keyCheck } = document;
  if (once) return { document, ...once, trustDomain: domainOf(once.judgement.decoded), bundles: [] };
  const base = {
    kind: document.kind,
    input: document.bytes,
    at,
    ...(bench.audience !== '' && { audience: bench.audience }),
    ...(bench.trustDomain !== '' && { trustDomain: bench.trustDomain }),
  };
  // Which bundle it needs is known from the pairing, or once it is taken apart.
  const trustDomain =
    document.trustDomain ?? domainOf((await judgeBeside({ ...base, bundles: new Map() })).decoded);
  const bundles = chooseBundles(held, bench, trustDomain);
  const judgement = completed(
    await judgeBeside({
      ...base,
      bundles: new Map(bundles.map((one) => [one.trustDomain, one.chosen.bytes])),
    }),
    keyCheck,
  );
  const verifier = { audience: bench.audience, trustDomain: bench.trustDomain };
  return { document, judgement, at, digest: await digestOf(document.bytes), trustDomain, bundles, verifier };
}
