import type { Channel } from '@muster/api';
import type { Tone } from '../../components/index.ts';

export interface SessionWords {
  readonly tone: Tone;
  readonly label: string;
  readonly reason: string;
}

/** Our session in a channel as a chip says it; undefined where we have none. */
export function sessionWords(
  channel: Pick<Channel, 'session' | 'sessionReason' | 'moderatedByUs'>,
): SessionWords | undefined {
  const part = channel.moderatedByUs
    ? 'Muster moderates it.'
    : 'Somebody else moderates it; Muster takes part.';
  switch (channel.session) {
    case 'open':
      return { tone: 'ok', label: 'session open', reason: `${part} Messages are sent and received here.` };
    case 'closed':
      return {
        tone: 'warn',
        label: 'session closed',
        reason: `${part} The members see it as Offline, and nothing is received until it is rejoined.`,
      };
    case 'restoring':
      return {
        tone: 'info',
        label: 'session restored',
        reason: `${part} It is back after a restart; who is online is known once they are heard of, within 30 s.`,
      };
    case 'waiting':
      return {
        tone: 'info',
        label: 'waiting for an invitation',
        reason: 'Whoever moderates the channel has to invite Muster; any other invitation is declined.',
      };
    case 'lost':
      return {
        tone: 'bad',
        label: 'session lost',
        reason: `${channel.sessionReason || 'It ended unexpectedly'}. Nothing is received here.`,
      };
    default:
      return undefined;
  }
}

/** "5 retries, 5 s apart"; empty where it is not known. */
export function patienceWords({
  maxRetries,
  intervalMs,
}: Pick<Channel, 'maxRetries' | 'intervalMs'>): string {
  if (maxRetries === 0) return '';
  const apart = intervalMs % 1000 === 0 ? `${intervalMs / 1000} s` : `${intervalMs} ms`;
  return `${maxRetries} ${maxRetries === 1 ? 'retry' : 'retries'}, ${apart} apart`;
}

export type SessionTask =
  | { readonly action: 'session.close'; readonly leave: boolean }
  | { readonly action: 'session.rejoin' }
  | { readonly action: 'session.open' };

export interface SessionOffer {
  readonly label: string;
  readonly task: SessionTask;
}

/** What can be done with our session, the likeliest first. */
export function sessionOffers({
  session,
  moderatedByUs,
}: Pick<Channel, 'session' | 'moderatedByUs'>): SessionOffer[] {
  const leave = (label: string): SessionOffer => ({ label, task: { action: 'session.close', leave: true } });
  const close = { label: 'Close session…', task: { action: 'session.close', leave: false } } as const;
  switch (session) {
    case 'open':
    case 'restoring':
      return moderatedByUs ? [close] : [close, leave('Leave…')];
    case 'closed':
      return [
        { label: 'Rejoin…', task: { action: 'session.rejoin' } },
        ...(moderatedByUs ? [] : [leave('Leave…')]),
      ];
    case 'waiting':
      return [leave('Stop waiting…')];
    case 'lost':
      return [{ label: 'Open again…', task: { action: 'session.open' } }, leave('Forget…')];
    default:
      return [];
  }
}
