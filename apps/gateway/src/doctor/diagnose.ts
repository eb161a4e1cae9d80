import type { Finding, PairFacts, Rule } from './facts.ts';
import { worstFirst } from './facts.ts';
import {
  emptyBundle,
  expiredBundle,
  foreignKeys,
  neverFetched,
  noBundle,
  noRelationship,
} from './rules/bundle.ts';
import { answered, settings } from './rules/endpoint.ts';
import { entriesHit, keysOfPeer, oneSided, peerNotRead } from './rules/peer.ts';

const rules: readonly Rule[] = [
  noBundle,
  noRelationship,
  emptyBundle,
  expiredBundle,
  neverFetched,
  foreignKeys,
  keysOfPeer,
  entriesHit,
  oneSided,
  settings,
  answered,
  peerNotRead,
];

/** What is wrong with one pair, worst first. Pure: everything it looks at is in the facts. */
export function diagnose(facts: PairFacts): Finding[] {
  return worstFirst(rules.flatMap((rule) => rule(facts)));
}
