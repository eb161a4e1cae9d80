import type { MemberIdentity } from '@muster/api';
import { proseText, type Tone } from '../../components/index.ts';

export interface IdentityWords {
  tone: Tone;
  label: string;
  reason: string;
}

/** States of the identity behind a member, the worst first; as a filter names them, too. */
export const IDENTITY_STATES = [
  { value: 'entry-gone', label: 'entry gone', tone: 'bad', reason: 'Its registration entry is gone.' },
  { value: 'agent-banned', label: 'agent banned', tone: 'bad', reason: 'The agent of its entry is banned.' },
  { value: 'agent-gone', label: 'agent gone', tone: 'bad', reason: 'No agent serves its entry.' },
  { value: 'expired', label: 'expired', tone: 'bad', reason: 'What it has has expired.' },
  {
    value: 'unmapped',
    label: 'unmapped',
    tone: 'warn',
    reason: 'No rule fits its name: who stands behind it is not known.',
  },
  { value: 'unknown', label: 'not known', tone: 'unknown', reason: 'It could not be looked up.' },
  { value: 'no-rule', label: 'no rule', tone: 'unknown', reason: 'No rule is configured.' },
  { value: 'mapped', label: 'mapped', tone: 'ok', reason: 'Its entry is there, and an agent serves it.' },
] as const satisfies readonly (IdentityWords & { value: string })[];

/** The identity behind a member as a chip says it. */
export function identityWords(identity: MemberIdentity | undefined): IdentityWords {
  const known = IDENTITY_STATES.find(({ value }) => value === identity?.state);
  if (!identity || !known)
    return { tone: 'unknown', label: 'not known', reason: 'The gateway does not say who stands behind it.' };
  const { tone, label, reason } = known;
  return {
    tone,
    label,
    reason: [proseText(identity.reason) || reason, identity.spiffeId].filter(Boolean).join(' '),
  };
}
