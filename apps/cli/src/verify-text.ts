import type { Check, Judgement, JudgeInput } from '@muster/domain';
import { printable } from './io.ts';

/** A judgement for a person: the verdict, then every broken requirement with its clause and evidence. */
export function judgementLines(input: JudgeInput, judgement: Judgement): string[] {
  const { verdict, kind, reason, checks } = judgement;
  const of = (wanted: Check['verdict']) => checks.filter((check) => check.verdict === wanted);
  const bundles = [...input.bundles.keys()];
  return [
    `${verdict.toUpperCase()}  ${kind}`,
    printable(reason),
    `Judged for ${input.at.toISOString()}, trust domain ${input.trustDomain ?? 'not given'}, bundles: ${bundles.length === 0 ? 'none' : bundles.map(printable).join(', ')}.`,
    ...block('Broken requirements', of('fail')),
    ...block('Warnings', of('warn')),
    ...block('Not checked', of('not-checked')),
    '',
    `${count(of('pass'), 'clause')} passed, ${of('fail').length} broken, ${count(of('warn'), 'warning')}, ${of('not-checked').length} not checked, ${of('not-applicable').length} not applicable.`,
  ];
}

const block = (head: string, checks: readonly Check[]): string[] =>
  checks.length === 0 ? [] : ['', `${head}:`, ...checks.flatMap(checkLines)];

const checkLines = ({ id, spec, section, level, text, evidence }: Check): string[] => [
  printable(`  ${id}  ${spec} ${section} (${level}): ${text}`),
  ...(evidence === '' ? [] : [printable(`        ${evidence}`)]),
];

const count = (items: readonly unknown[], word: string) =>
  `${items.length} ${word}${items.length === 1 ? '' : 's'}`;
