import { parseSelector } from '@muster/domain';
import type { Draft } from './draft.ts';

/** What a link to the form may bring along. */
export interface Prefill {
  parent?: string | undefined;
  spiffeId?: string | undefined;
  /** A line each; lines that are no selectors are left out. */
  selectors?: string | undefined;
}

/** A draft with what a link brought along; the rest stays. */
export function prefilled(draft: Draft, { parent, spiffeId, selectors }: Prefill): Draft {
  const read = (selectors ?? '').split('\n').flatMap((line) => {
    const found = parseSelector(line.trim());
    return found.ok ? [{ type: found.value.type, value: found.value.value }] : [];
  });
  return {
    ...draft,
    parentId: parent ?? draft.parentId,
    spiffeId: spiffeId ?? draft.spiffeId,
    selectors: read.length > 0 ? read : draft.selectors,
  };
}
