import { comparedAs, type ComparedField, type Comparison, type Kind } from '@muster/domain';
import { compareBeside } from './beside.ts';
import type { HeldBundle } from './bundles.ts';
import { type InspectedDocument, kindNames } from './documents.ts';

/** Something that the document can be compared with. */
export interface CompareChoice {
  readonly key: string;
  readonly label: string;
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** A file of CA certificates is a bundle, whatever its form. */
function asKind({ kind, authorities }: Pick<InspectedDocument, 'kind' | 'authorities'>): Kind {
  return authorities ? 'bundle' : kind;
}

/**
 * What lies on the bench or was there before, and for bundles those that are known; of the same kind as the subject, the most
 * likely first: what was judged just before.
 */
export function compareChoices(
  subject: InspectedDocument,
  bench: readonly InspectedDocument[],
  before: readonly InspectedDocument[],
  held: readonly HeldBundle[],
  trustDomain: string | undefined,
): CompareChoice[] {
  const kind = asKind(subject);
  const family = comparedAs(kind);
  const given = (document: InspectedDocument, note: string): CompareChoice[] =>
    // What was judged once and not kept has no bytes here.
    document.bytes === subject.bytes || document.once || comparedAs(asKind(document)) !== family
      ? []
      : [
          {
            key: `${note} ${document.id}`,
            label: `${document.name} (${kindNames[document.kind]}, ${note})`,
            kind: asKind(document),
            bytes: document.bytes,
          },
        ];
  const known =
    family === 'bundles'
      ? held
          // What was given lies on the bench already.
          .filter((one) => !one.key.startsWith('dropped:'))
          .toSorted((a, b) => Number(b.trustDomain === trustDomain) - Number(a.trustDomain === trustDomain))
          .map((one) => ({
            key: `${one.key} ${one.trustDomain}`,
            label: `${one.trustDomain}, ${one.source}${one.sequence === undefined ? '' : `, sequence ${one.sequence}`}`,
            kind: 'bundle' as const,
            bytes: one.bytes,
          }))
      : [];
  return [
    ...before
      .toReversed()
      .flatMap((document, index) => given(document, index === 0 ? 'the one before' : `${index + 1} before`)),
    ...bench.toReversed().flatMap((document) => given(document, 'given here')),
    ...known,
  ];
}

export interface CompareSides {
  readonly left: { readonly kind: Kind; readonly bytes: Uint8Array };
  readonly right: { readonly kind: Kind; readonly bytes: Uint8Array };
}

export function compareSides({ left, right }: CompareSides): Promise<Comparison> {
  return compareBeside({ kind: left.kind, input: left.bytes }, { kind: right.kind, input: right.bytes });
}

export interface CompareGroup {
  readonly group: string;
  readonly fields: readonly ComparedField[];
}

/** What differs, and what is worth a word although it does not; or everything. In groups, in the order of the document. */
export function shownFields(fields: readonly ComparedField[], all: boolean): CompareGroup[] {
  const shown = all
    ? fields
    : fields.filter(({ state, meaning }) => state !== 'equal' || meaning !== undefined);
  return [...Map.groupBy(shown, ({ group }) => group)].map(([group, rows]) => ({ group, fields: rows }));
}

export { asKind as comparedKind };
