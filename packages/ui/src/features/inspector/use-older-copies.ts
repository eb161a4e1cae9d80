import type { Bundle } from '@muster/api';
import { useMemo } from 'react';
import { toDate } from '../../components/index.ts';
import { type CopyRef, useKeptBundles } from './queries.ts';
import type { OlderCopy } from './signer.ts';

/** Copies of one connection that are looked into: a rotation older than that has long run out. */
const most = 8;
const none: readonly Bundle[] = [];

/** What was in the bundle of a trust domain before; nothing is asked for while `trustDomain` is undefined. */
export function useOlderCopies(
  bundles: readonly Bundle[] = none,
  trustDomain: string | undefined,
): readonly OlderCopy[] {
  const refs = useMemo(() => refsOf(bundles, trustDomain), [bundles, trustDomain]);
  const kept = useKeptBundles(refs);
  return useMemo(() => olderCopies(kept, bundles), [kept, bundles]);
}

/** The newest of the moments is the copy of now. */
export function refsOf(bundles: readonly Bundle[], trustDomain: string | undefined): CopyRef[] {
  return bundles
    .filter((bundle) => bundle.trustDomain === trustDomain)
    .flatMap(({ connection, trustDomain: name, versions }) =>
      versions.slice(1, most + 1).map((at) => ({ connection, trustDomain: name, at })),
    );
}

/** With when each copy was first seen replaced: the moment of the next one. */
export function olderCopies(kept: readonly Bundle[], bundles: readonly Bundle[]): OlderCopy[] {
  return kept.flatMap((copy) => {
    const now = bundles.find(
      (bundle) => bundle.connection === copy.connection && bundle.trustDomain === copy.trustDomain,
    );
    const from = toDate(copy.readAt);
    const moments = (now?.versions ?? []).flatMap((at) => toDate(at) ?? []);
    const until = from && moments.findLast((at) => at > from);
    return from && until
      ? [
          {
            trustDomain: copy.trustDomain,
            connection: copy.connection,
            from,
            until,
            bytes: new TextEncoder().encode(copy.spiffeJson),
          },
        ]
      : [];
  });
}
