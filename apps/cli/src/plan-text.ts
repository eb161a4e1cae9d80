import { type Plan, type PlannedChange, Severity } from '@muster/api';
import { printable } from './io.ts';

/** A plan as a person reviews it: what, where, who is affected, what is risky, and how to apply it. */
export function planLines(plan: Plan): string[] {
  return [
    printable(plan.title) + (plan.destructive ? ' (destructive)' : ''),
    ...(plan.targetDescription === '' ? [] : [`On ${printable(plan.targetDescription)}`]),
    ...block('Changes', plan.changes.flatMap(changeLines)),
    ...block(
      'Warnings',
      plan.warnings.map(({ severity, text, code }) => `${mark(severity)} ${printable(`${text} (${code})`)}`),
    ),
    ...block('Effects', plan.effects.map(printable)),
    ...block(
      'Equivalent',
      plan.commands.flatMap(({ line, note }) => [
        ...(line === '' ? [] : [`$ ${printable(line)}`]),
        ...(note === '' ? [] : [`# ${printable(note)}`]),
      ]),
    ),
    '',
    `Digest: ${printable(plan.digest)}`,
    `Apply:  muster apply ${printable(plan.digest)}`,
  ];
}

const block = (head: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', `${head}:`, ...lines.map((line) => `  ${line}`)];

function changeLines({ verb, kind, target, connection, fields }: PlannedChange): string[] {
  const where = connection === '' ? '' : ` on ${connection}`;
  return [
    printable(`${verb} ${kind} ${target}${where}`),
    ...fields.map(({ field, before, after }) =>
      printable(
        before === ''
          ? `    ${field}: ${after === '' ? '(not set)' : after}`
          : `    ${field}: ${before} → ${after === '' ? '(not set)' : after}`,
      ),
    ),
  ];
}

const mark = (severity: Severity) =>
  severity === Severity.DANGER ? '!!' : severity === Severity.WARNING ? '!' : '-';
