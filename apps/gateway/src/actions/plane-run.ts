import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { classify } from '../upstream/errors.ts';
import { failed } from './results.ts';

/** What its words mean; nothing but the words tells (every refusal of these generations is UNKNOWN). */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /failed to find moderator node|no node found for moderator/u,
    'No node announces the moderator: it must run, be connected to a node of this control plane, and be named with the number of its instance.',
  ],
  [/invalid moderator name/u, 'Moderators are named organization/namespace/app/id.'],
  [/already exists/u, 'It is in the channel already.'],
];

/** As `failed`, with what the words of a control plane up to 1.4 mean. */
export function planeFailed(target: string, error: unknown): ItemResult {
  const item = failed(target, error);
  if (item.outcome !== ItemOutcome.REFUSED) return item;
  const { words } = classify(error);
  const meaning = meanings.find(([pattern]) => pattern.test(words))?.[1];
  return meaning === undefined
    ? item
    : { ...item, reason: `${item.reason.replace(/\.?$/u, '.')} ${meaning}` };
}
