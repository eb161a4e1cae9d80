import { type ReachResponse, ReachState, type ReachStep } from '@muster/api';
import { printable } from './io.ts';

const signs = new Map<ReachState, string>([
  [ReachState.GOOD, '✓'],
  [ReachState.WRONG, '✗'],
  [ReachState.UNKNOWN, '?'],
  [ReachState.NOT_ASKED, '-'],
]);

/** The answer for a terminal: the verdict, the way, then each thing that was looked at, in order. */
export function reachLines(answer: ReachResponse): string[] {
  const { summary, path, warnings, steps, firstWrong } = answer;
  const first = firstWrong === undefined ? undefined : steps[firstWrong];
  return [
    printable(summary),
    ...(path.length > 1 ? [`  way: ${path.map(printable).join(' → ')}`] : []),
    ...warnings.map(({ text }) => `! ${printable(text)}`),
    ...(first && first.remedies.length > 0 ? ['', 'What to do:', ...remedyLines(first)] : []),
    '',
    ...steps.flatMap((step) => [
      `${signs.get(step.state) ?? '?'} ${printable(step.title)}`,
      `    ${printable(step.detail)}`,
    ]),
  ];
}

function remedyLines({ remedies }: ReachStep): string[] {
  return remedies.flatMap(({ title, action, input }, index) => [
    `${index + 1}. ${printable(title)}`,
    ...(action === '' ? [] : [`     action ${printable(action)}, input ${printable(input)}`]),
  ]);
}
