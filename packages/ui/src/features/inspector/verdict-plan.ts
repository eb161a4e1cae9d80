import { chooseBundles, type HeldBundle } from './bundles.ts';
import { contentId } from './content-id.ts';
import type { InspectedDocument } from './documents.ts';
import type { BatchTask } from './judging-batch.ts';
import { listed, type Workbench } from './workbench.ts';

/** What is judged by what. */
export interface Plan {
  readonly items: readonly {
    readonly document: InspectedDocument;
    readonly key: string;
    readonly task: BatchTask;
  }[];
  readonly bundles: readonly ReadonlyMap<string, Uint8Array>[];
}

/** What to judge by what. Documents that are judged by the same bundles share them. */
export function planOf(
  bench: Pick<Workbench, 'documents' | 'sources' | 'audience' | 'trustDomain'>,
  held: readonly HeldBundle[],
): Plan {
  const { documents, audience, trustDomain } = bench;
  const bundles: ReadonlyMap<string, Uint8Array>[] = [];
  const places = new Map<string, number>();
  const shared = new Map<string, { readonly place: number; readonly key: string }>();
  const givenBundles = documents.filter(({ authorities }) => authorities);
  const setFor = (document: InspectedDocument) => {
    // What is alike for the choice gets the same one.
    const alike = JSON.stringify([
      document.kind,
      document.trustDomain,
      document.prefers,
      document.authorities && document.id,
    ]);
    const known = shared.get(alike);
    if (known) return known;
    const choice = chooseBundles(
      held,
      {
        documents: [document, ...givenBundles.filter(({ id }) => id !== document.id)],
        subject: document.id,
        sources: bench.sources,
      },
      document.trustDomain,
    );
    const key = choice.map((one) => `${one.trustDomain}=${contentId(one.chosen.bytes)}`).join(' ');
    let place = places.get(key);
    if (place === undefined) {
      place = bundles.push(new Map(choice.map((one) => [one.trustDomain, one.chosen.bytes]))) - 1;
      places.set(key, place);
    }
    const made = { place, key };
    shared.set(alike, made);
    return made;
  };
  const items = listed(documents).map((document) => {
    const { place, key } = setFor(document);
    return {
      document,
      key: [contentId(document.bytes), document.keyCheck?.check.verdict, audience, trustDomain, key].join(
        '|',
      ),
      task: {
        id: document.id,
        input: {
          kind: document.kind,
          input: document.bytes,
          ...(audience !== '' && { audience }),
          ...(trustDomain !== '' && { trustDomain }),
        },
        bundles: place,
        keyCheck: document.keyCheck,
      },
    };
  });
  return { items, bundles };
}
