import {
  type Authority,
  AuthorityKind,
  type AuthoritySet,
  AuthoritySlot,
  GateVerdict,
  Severity,
} from '@muster/api';
import type { AxisTone, Tone } from '../../components/index.ts';

export const kindWord = (kind: AuthorityKind): string => (kind === AuthorityKind.JWT ? 'JWT' : 'X.509');
const kindKey = (kind: AuthorityKind): string => (kind === AuthorityKind.JWT ? 'jwt' : 'x509');
const svidWord = (kind: AuthorityKind): string => (kind === AuthorityKind.JWT ? 'JWT-SVID' : 'X.509-SVID');

/** `<connection>/<x509|jwt>`, as the URL names a set. */
export const setKey = (set: AuthoritySet): string => `${set.connection}/${kindKey(set.kind)}`;

export interface State {
  tone: Tone;
  word: string;
}

export function slotState(authority: Authority, now: number): State {
  const expired = authority.expiresAt !== undefined && Number(authority.expiresAt.seconds) * 1000 <= now;
  switch (authority.slot) {
    case AuthoritySlot.ACTIVE:
      if (expired) return { tone: 'bad', word: 'active, expired' };
      return authority.inBundle
        ? { tone: 'ok', word: 'active' }
        : { tone: 'bad', word: 'active, not trusted' };
    case AuthoritySlot.PREPARED:
      return { tone: 'info', word: 'prepared' };
    case AuthoritySlot.OLD:
      if (!authority.inBundle) return { tone: 'unknown', word: expired ? 'expired' : 'revoked' };
      return authority.tainted
        ? { tone: 'warn', word: 'old, tainted' }
        : { tone: 'info', word: 'old, trusted' };
    case AuthoritySlot.UPSTREAM:
      return authority.tainted
        ? { tone: 'warn', word: 'upstream, tainted' }
        : { tone: 'info', word: 'upstream' };
    default:
      if (expired) return { tone: 'unknown', word: 'in no slot, expired' };
      return { tone: 'warn', word: authority.tainted ? 'in no slot, tainted' : 'in no slot' };
  }
}

export function axisTone(authority: Authority, now: number): AxisTone {
  const { tone } = slotState(authority, now);
  if (tone === 'bad') return 'bad';
  if (authority.tainted) return 'warn';
  switch (authority.slot) {
    case AuthoritySlot.ACTIVE:
      return 'ok';
    case AuthoritySlot.PREPARED:
      return 'next';
    case AuthoritySlot.OLD:
      return authority.inBundle ? 'old' : 'faint';
    default:
      return 'faint';
  }
}

/** How much a person should care where a rotation stands. */
export function setState(set: AuthoritySet): State {
  if (set.problem) return { tone: 'unknown', word: 'cannot be read' };
  switch (set.severity) {
    case Severity.DANGER:
      return { tone: 'bad', word: 'broken' };
    case Severity.WARNING:
      return { tone: 'warn', word: 'look' };
    case Severity.INFO:
      return { tone: 'info', word: 'under way' };
    default:
      return { tone: 'ok', word: 'steady' };
  }
}

export const VERDICT: Record<GateVerdict, State> = {
  [GateVerdict.UNSPECIFIED]: { tone: 'unknown', word: 'not known' },
  [GateVerdict.HOLDS]: { tone: 'ok', word: 'holds' },
  [GateVerdict.CAUTION]: { tone: 'warn', word: 'look' },
  [GateVerdict.CLOSED]: { tone: 'info', word: 'not now' },
  [GateVerdict.UNKNOWN]: { tone: 'unknown', word: 'not known' },
};

export interface StepWords {
  title: string;
  button: string;
  /** What it does, in one sentence. */
  what: string;
}

/** @param action e.g. `authority.taintUpstream` */
export function stepWords(action: string, kind: AuthorityKind): StepWords {
  const svid = svidWord(kind);
  switch (action) {
    case 'authority.prepare':
      return {
        title: 'Prepare',
        button: 'Prepare the next…',
        what: 'The server makes a new key and publishes it, so that everyone trusts it before it signs.',
      };
    case 'authority.activate':
      return {
        title: 'Activate',
        button: 'Activate it…',
        what: `New ${svid}s are signed by the prepared one from then on; those issued before stay valid.`,
      };
    case 'authority.taint':
    case 'authority.taintUpstream':
      return {
        title: action.endsWith('Upstream') ? 'Taint the upstream authority' : 'Taint',
        button: 'Taint the old one…',
        what:
          kind === AuthorityKind.JWT
            ? 'Agents drop the tokens of the old key that they keep. It is still trusted.'
            : 'Everything the old one signed is issued anew within seconds. It is still trusted.',
      };
    default:
      return {
        title: action.endsWith('Upstream') ? 'Revoke the upstream authority' : 'Revoke',
        button: 'Revoke the old one…',
        what: 'The old one leaves the bundle: what it signed is refused everywhere.',
      };
  }
}
