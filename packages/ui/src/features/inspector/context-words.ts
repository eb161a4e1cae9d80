import { type ContextFinding, ContextTone, ContextTopic } from '@muster/api';
import type { Tone } from '../../components/index.ts';

interface ToneWords {
  readonly tone: Tone;
  readonly word: string;
  /** Why it has that word. */
  readonly reason: string;
}

const unknown: ToneWords = {
  tone: 'unknown',
  word: 'unknown',
  reason: 'It cannot be known from here; the text says why.',
};

const tones: Readonly<Record<ContextTone, ToneWords>> = {
  [ContextTone.UNSPECIFIED]: unknown,
  [ContextTone.GOOD]: { tone: 'ok', word: 'fits', reason: 'As it should be, as far as this console sees.' },
  [ContextTone.PLAIN]: { tone: 'info', word: 'fact', reason: 'A fact, neither good nor bad by itself.' },
  [ContextTone.WARNING]: { tone: 'warn', word: 'look', reason: 'Not what is usual: look at it.' },
  [ContextTone.DANGER]: {
    tone: 'bad',
    word: 'alarm',
    reason: 'It speaks against the document, or gives its holder much power.',
  },
  [ContextTone.UNKNOWN]: unknown,
};

export const toneWords = (tone: ContextTone): ToneWords => tones[tone] ?? unknown;

const topicNames: readonly (readonly [ContextTopic, string])[] = [
  [ContextTopic.ENTRY, 'Registration entry'],
  [ContextTopic.AGENT, 'Agent'],
  [ContextTopic.AUTHORITY, 'Signing authority'],
  [ContextTopic.LIFETIME, 'Lifetime and key'],
  [ContextTopic.USE, 'Who accepts it, and for what'],
];

/** Findings by topic, in the order of the topics; those of a topic stay in theirs. */
export function byTopic(findings: readonly ContextFinding[]): { name: string; findings: ContextFinding[] }[] {
  return topicNames.flatMap(([topic, name]) => {
    const own = findings.filter((one) => one.topic === topic);
    return own.length > 0 ? [{ name, findings: own }] : [];
  });
}

/** What a person should see without opening anything: at most three, the gravest first. */
export function gravest(findings: readonly ContextFinding[]): ContextFinding[] {
  const of = (tone: ContextTone) => findings.filter((one) => one.tone === tone);
  return [...of(ContextTone.DANGER), ...of(ContextTone.WARNING)].slice(0, 3);
}
