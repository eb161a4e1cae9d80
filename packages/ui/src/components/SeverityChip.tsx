import { Severity } from '@muster/api';
import { Chip, type Tone } from './Chip.tsx';

/** How much a thing matters: the same words and tones on every page. */
export const SEVERITY: Record<Severity, { tone: Tone; word: string; reason: string }> = {
  [Severity.UNSPECIFIED]: { tone: 'ok', word: 'in order', reason: 'Nothing is found wrong.' },
  [Severity.INFO]: { tone: 'info', word: 'note', reason: 'Good to know; nothing is broken.' },
  [Severity.WARNING]: { tone: 'warn', word: 'look', reason: 'It works, and should be looked at.' },
  [Severity.DANGER]: { tone: 'bad', word: 'broken', reason: 'Something is broken or will be soon.' },
};

const UNKNOWN: (typeof SEVERITY)[Severity] = {
  tone: 'unknown',
  word: 'unknown',
  reason: 'The gateway says no severity that this page knows.',
};

/** @param reason why it is rated so; without one, what the rating means */
export function SeverityChip({ severity, reason }: { severity: Severity; reason?: string }) {
  // A newer gateway may know more of them.
  const known = SEVERITY[severity] ?? UNKNOWN;
  return (
    <Chip tone={known.tone} reason={reason || known.reason}>
      {known.word}
    </Chip>
  );
}
