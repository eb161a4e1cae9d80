import { type Approval, ApprovalState, type MemberIdentity } from '@muster/api';
import { formatMoment, proseText, type Tone, toDate } from '../../components/index.ts';

export interface Words {
  tone: Tone;
  word: string;
  reason: string;
}

/** As the URL and the filter name them. */
export const STATES: ReadonlyMap<string, ApprovalState> = new Map([
  ['approved', ApprovalState.APPROVED],
  ['denied', ApprovalState.DENIED],
  ['unanswered', ApprovalState.EXPIRED],
]);

export function stateWords({ state, reason, decidedBy }: Approval): Words {
  const by = decidedBy ? ` by ${decidedBy}` : '';
  switch (state) {
    case ApprovalState.WAITING:
      return { tone: 'warn', word: 'waiting', reason: 'The channel manager waits for an answer.' };
    case ApprovalState.APPROVED:
      return {
        tone: 'ok',
        word: 'approved',
        reason: `A grant was signed and sent${by}.${reason ? ` ${reason}` : ''}`,
      };
    case ApprovalState.DENIED:
      return { tone: 'bad', word: 'denied', reason: `Denied${by}: ${reason}` };
    case ApprovalState.EXPIRED:
      return { tone: 'unknown', word: 'unanswered', reason: `Denied by itself. ${reason}` };
    default:
      return {
        tone: 'unknown',
        word: 'unknown',
        reason: 'The gateway says a state this page does not know.',
      };
  }
}

/** "Add" or "Remove", as a heading begins. */
export const verbOf = ({ change }: Approval): string => (change === 'delete' ? 'Remove' : 'Add');
/** Between the invitee and the channel. */
export const toOrFrom = ({ change }: Approval): string => (change === 'delete' ? 'from' : 'to');

const TONES: ReadonlyMap<string, Tone> = new Map([
  ['mapped', 'ok'],
  ['entry-gone', 'bad'],
  ['agent-gone', 'bad'],
  ['agent-banned', 'bad'],
  ['expired', 'bad'],
  ['unmapped', 'warn'],
]);
const NAMES: ReadonlyMap<string, string> = new Map([
  ['no-rule', 'no rule configured'],
  ['entry-gone', 'entry gone'],
  ['agent-gone', 'agent gone'],
  ['agent-banned', 'agent banned'],
]);

export function identityWords({ state, reason }: MemberIdentity): Words {
  return {
    tone: TONES.get(state) ?? 'unknown',
    word: NAMES.get(state) ?? proseText(state),
    reason: reason || 'Its registration entry and agent are there.',
  };
}

/** Words of a person looking at the list later. */
export function decidedWords({ decidedAt, decidedBy }: Approval): string {
  const at = toDate(decidedAt);
  return `${at ? formatMoment(at) : 'at an unknown time'}${decidedBy ? ` by ${decidedBy}` : ' by the gateway itself'}`;
}
