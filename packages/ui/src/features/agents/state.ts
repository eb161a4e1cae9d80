import { AgentState, JoinTokenState } from '@muster/api';
import type { Tone } from '../../components/index.ts';

interface Look {
  tone: Tone;
  word: string;
  reason: string;
}

/** The word and the tone of an agent's state; the reason comes with the agent. */
export const AGENT_STATE: Record<AgentState, Look> = {
  [AgentState.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway did not say.' },
  [AgentState.ATTESTED]: { tone: 'ok', word: 'attested', reason: 'Its SVID has not expired.' },
  [AgentState.OVERDUE]: {
    tone: 'warn',
    word: 'overdue',
    reason: 'Well past half of its SVID’s life and not renewed: a running agent would have.',
  },
  [AgentState.EXPIRED]: { tone: 'bad', word: 'expired', reason: 'Its SVID has expired.' },
  [AgentState.BANNED]: { tone: 'bad', word: 'banned', reason: 'Its server refuses it.' },
  [AgentState.UNKNOWN]: {
    tone: 'unknown',
    word: 'unknown',
    reason: 'Its SVID ran out after its server was read last.',
  },
};

export const TOKEN_STATE: Record<JoinTokenState, Look> = {
  [JoinTokenState.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway did not say.' },
  [JoinTokenState.OUTSTANDING]: { tone: 'warn', word: 'outstanding', reason: 'It can still be used.' },
  [JoinTokenState.USED]: { tone: 'ok', word: 'used', reason: 'An agent has attested with it.' },
  [JoinTokenState.EXPIRED]: {
    tone: 'unknown',
    word: 'expired',
    reason: 'It ran out unused, as far as was seen.',
  },
};
