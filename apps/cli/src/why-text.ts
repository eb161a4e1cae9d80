import { type Candidate, ChainStepKind, type ExplainResponse, SelectorVerdict } from '@muster/api';
import { printable } from './io.ts';
import { table } from './table.ts';

const verdicts = new Map<SelectorVerdict, string>([
  [SelectorVerdict.MATCHES, 'matches'],
  [SelectorVerdict.MISSING, 'missing'],
  [SelectorVerdict.VALUE_DIFFERS, 'other value'],
  [SelectorVerdict.CASE_DIFFERS, 'other case'],
  [SelectorVerdict.UNKNOWN_KEY, 'no such key'],
  [SelectorVerdict.CANNOT_TELL, 'cannot tell'],
  [SelectorVerdict.NODE_ONLY, 'of nodes only'],
]);
const steps = new Map<ChainStepKind, string>([
  [ChainStepKind.AGENT, 'agent'],
  [ChainStepKind.ALIAS, 'alias'],
  [ChainStepKind.ENTRY, 'entry'],
  [ChainStepKind.NOTHING, 'nothing'],
]);
const mostShown = 5;

/** The answer for a terminal: the verdict, what to do, then the entries it rests on. */
export function whyLines(answer: ExplainResponse, notes: readonly string[]): string[] {
  const shown = answer.candidates.slice(0, mostShown);
  const more = answer.candidates.length - shown.length;
  return [
    printable(answer.verdict),
    ...notes.map((note) => `  note: ${printable(note)}`),
    ...answer.warnings.map(({ text }) => `! ${printable(text)}`),
    ...(answer.advice.length > 0 ? ['', 'What to do:'] : []),
    ...answer.advice.flatMap(({ title, text, snippet }, index) => [
      `${index + 1}. ${printable(title)}. ${printable(text)}`,
      ...(snippet === ''
        ? []
        : snippet
            .trimEnd()
            .split('\n')
            .map((line) => `     ${printable(line)}`)),
    ]),
    ...shown.flatMap((one) => ['', ...candidateLines(one)]),
    ...(more > 0 ? ['', `And ${more} more: --json has them.`] : []),
    ...(answer.bounded === '' ? [] : ['', printable(answer.bounded)]),
  ];
}

function candidateLines(one: Candidate): string[] {
  const state = one.issued
    ? 'issued'
    : one.matches
      ? 'matches, not issued'
      : one.mayMatch
        ? 'may match'
        : 'near miss';
  return [
    `${printable(one.entry?.spiffeId ?? '')}  [${state}]  ${printable(one.entry?.id ?? '')} on ${printable(one.entry?.connection ?? '')}`,
    ...table(
      ['  selector', 'workload', ''],
      one.selectors.map(({ wanted, verdict, text }) => [
        `  ${wanted?.type}:${wanted?.value}`,
        verdicts.get(verdict) ?? 'unknown',
        text,
      ]),
    ).split('\n'),
    ...one.chain.map(
      ({ id, kind, text, ok }) =>
        `  ${ok ? '✓' : '✗'} ${steps.get(kind) ?? ''} ${printable(id)}: ${printable(text)}`,
    ),
  ];
}
