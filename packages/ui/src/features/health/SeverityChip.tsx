import { Severity } from '@muster/api';
import { Chip, type Tone } from '../../components/index.ts';

export const SEVERITY = new Map<Severity, { tone: Tone; word: string; reason: string }>([
  [Severity.DANGER, { tone: 'bad', word: 'broken', reason: 'It does not do what it is there for.' }],
  [
    Severity.WARNING,
    { tone: 'warn', word: 'look at it', reason: 'It works, or does harm, in a way that may not be meant.' },
  ],
  [Severity.INFO, { tone: 'info', word: 'to know', reason: 'Often meant; good to know.' }],
]);

/** How much a finding matters, in words. */
export function SeverityChip({ severity }: { severity: Severity }) {
  const { tone, word, reason } = SEVERITY.get(severity) ?? {
    tone: 'unknown' as const,
    word: 'unknown',
    reason: 'Not rated.',
  };
  return (
    <Chip tone={tone} reason={reason}>
      {word}
    </Chip>
  );
}
