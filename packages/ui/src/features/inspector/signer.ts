import type { KnownBundle, NearKey, NearestSigner } from '@muster/domain';
import type { ChosenBundle } from './bundles.ts';

/** An older copy of a bundle, as the gateway keeps it. */
export interface OlderCopy {
  readonly trustDomain: string;
  readonly connection: string;
  readonly from: Date;
  /** When it was first seen replaced. */
  readonly until: Date;
  readonly bytes: Uint8Array;
}

/** Every bundle in which the signer is looked for: those chosen, the other copies that are held, and older ones. */
export function knownBundles(bundles: readonly ChosenBundle[], older: readonly OlderCopy[]): KnownBundle[] {
  return [
    ...bundles.flatMap(({ trustDomain, chosen, choices }) =>
      [chosen, ...choices.filter((choice) => choice !== chosen)].map((choice) => ({
        trustDomain,
        source: choice.source,
        bytes: choice.bytes,
        ...(choice === chosen && { chosen: true }),
      })),
    ),
    ...older.map(({ trustDomain, connection, from, until, bytes }) => ({
      trustDomain,
      source: connection,
      bytes,
      older: { from, until },
    })),
  ];
}

export interface SignerWords {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly title: string;
}

/** How the panel is headed: whether the key that signed is known, and whether that is enough. */
export function signerTitle({ keys }: NearestSigner): SignerWords {
  const [first] = keys;
  if (first?.relation !== 'signed')
    return {
      tone: 'bad',
      title: first ? 'No key known here signed it; the nearest' : 'No key known here signed it',
    };
  const [place] = first.places;
  const trusted = place?.own === true && !place.older && place.chosen && place.ignored === undefined;
  if (trusted) return { tone: 'ok', title: 'The signature holds.' };
  return {
    tone: place?.own === true && !place.older ? 'warn' : 'bad',
    title: 'The key that signed it, but not one that counts here',
  };
}

/** "org-a.test · spire-a · until 2026-11-20 00:00:00 UTC" */
export function placeWords(place: NearKey['places'][number]): string {
  const until = place.older
    ? place.older.until
      ? `until ${place.older.until.toISOString().slice(0, 19).replace('T', ' ')} UTC`
      : 'an older copy'
    : 'now';
  return [
    place.source,
    place.use || 'no use',
    until,
    ...(place.ignored === undefined ? [] : [`ignored: ${place.ignored}`]),
  ].join(' · ');
}
