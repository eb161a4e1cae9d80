import type { Agent } from '@muster/api';
import { type Tone, toDate } from '../../components/index.ts';

/** Whether its server still accepts an agent. */
export function agentState(agent: Agent, now: number): { tone: Tone; word: string; reason: string } {
  if (agent.banned)
    return {
      tone: 'bad',
      word: 'banned',
      reason: 'Its server refuses it until it is unbanned and attests again.',
    };
  const expires = toDate(agent.expiresAt)?.getTime();
  if (expires === undefined)
    return {
      tone: 'unknown',
      word: 'unknown',
      reason: 'Its server did not say until when its SVID is valid.',
    };
  if (expires <= now)
    return {
      tone: 'bad',
      word: 'expired',
      reason: agent.canReattest
        ? 'Its SVID has expired: it did not renew in time. It attests again by itself once it runs.'
        : 'Its SVID has expired and its kind cannot attest again by itself: it needs a new join token.',
    };
  return { tone: 'ok', word: 'attested', reason: 'Its SVID has not expired.' };
}
