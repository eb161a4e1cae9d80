import type { ActionRecord } from '@muster/api';
import { proseText, type Tone } from '../../components/index.ts';

const STATES: Record<string, { tone: Tone; reason: string }> = {
  started: { tone: 'unknown', reason: 'It was sent; its result has not come yet.' },
  interrupted: {
    tone: 'warn',
    reason:
      'Muster ended while it was applied, before its result was written down. Look what is there; planned again, it does the rest.',
  },
  done: { tone: 'ok', reason: 'The server confirmed all of it.' },
  refused: { tone: 'bad', reason: 'The server refused it; nothing was changed.' },
  partial: { tone: 'warn', reason: 'Some of it was done and some refused.' },
  unknown: {
    tone: 'unknown',
    reason: 'The connection broke while it was under way: read the list again to know.',
  },
};

/** How a recorded change ended; what was undone since is no longer so. */
export function recordState({ state, undoneBy, undoProblem }: ActionRecord): {
  tone: Tone;
  word: string;
  reason: string;
} {
  if (undoneBy)
    return undoProblem
      ? { tone: 'info', word: 'undone', reason: 'It was done, and undone since.' }
      : { tone: 'warn', word: 'partly undone', reason: 'It was done, and undone in part since.' };
  // Of its own only: a state named `constructor` is not known.
  const known = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  return known
    ? { ...known, word: state }
    : { tone: 'unknown', word: proseText(state) || 'unknown', reason: 'The gateway did not say more.' };
}
