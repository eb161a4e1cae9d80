import { EntryState } from '@muster/api';
import type { Tone } from '../../components/index.ts';

/** The word and the tone of an entry's state; the reason comes with the entry. */
export const ENTRY_STATE: Record<EntryState, { tone: Tone; word: string; reason: string }> = {
  [EntryState.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway did not say.' },
  [EntryState.SERVED]: {
    tone: 'ok',
    word: 'served',
    reason: 'Its parent reaches an agent whose SVID has not expired.',
  },
  [EntryState.NO_AGENT]: {
    tone: 'warn',
    word: 'no agent',
    reason: 'No agent is at or under its parent, so nobody can serve it.',
  },
  [EntryState.AGENT_EXPIRED]: {
    tone: 'bad',
    word: 'agent expired',
    reason: 'The SVID of its agent has expired.',
  },
  [EntryState.AGENT_BANNED]: { tone: 'bad', word: 'agent banned', reason: 'Its agent is banned.' },
  [EntryState.EXPIRED]: {
    tone: 'bad',
    word: 'expired',
    reason: 'Past its expiry and not pruned yet: SPIRE still issues for it.',
  },
  [EntryState.NODE_ALIAS]: {
    tone: 'info',
    word: 'node alias',
    reason: 'Its parent is the server: it names a group of nodes.',
  },
  [EntryState.UNKNOWN]: { tone: 'unknown', word: 'unknown', reason: 'The agents have not been read.' },
};
