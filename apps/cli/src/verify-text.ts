import type { Check, Judgement, JudgeInput } from '@muster/domain';
import { spiffeIdOf, validityOf } from '@muster/domain/report-facts';
import { printable } from './io.ts';
import { type FailOn, passes } from './verify-outcome.ts';
import type { Judged, JudgedSet } from './verify-set.ts';

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
    `${count(of('pass').length, 'clause')} passed, ${of('fail').length} broken, ${count(of('warn').length, 'warning')}, ${of('not-checked').length} not checked, ${of('not-applicable').length} not applicable.`,
  ];
}

/** What one file holds beside its document; nothing for most. */
export const beside = ({ others }: JudgedSet): string[] =>
  others.length === 0 ? [] : ['', ...named('Not judged', others).slice(0, -1)];

/** Several judgements: one head line a document, below it what it was judged with and what is wrong with it. */
export function setLines(set: JudgedSet): string[] {
  const { judged, problems, others } = set;
  return [
    ...judged.flatMap((one) => [...judgedLines(one), '']),
    ...named('Could not be judged', problems),
    ...named('Not judged, because it is nothing to judge', others),
    ...(asksAudience(set) ? ['A token is judged for an audience: say which with --audience.'] : []),
    summary(set),
  ];
}

/** Only what is wrong, a line each; nothing when nothing is. */
export function quietLines({ judged, problems }: JudgedSet, failOn: FailOn): string[] {
  return [
    ...judged
      .filter((one) => !passes(one, failOn))
      .map(({ name, judgement }) => {
        const { verdict, fails, warns, reason } = judgement;
        const ids = verdict === 'valid' ? warns : fails;
        const word = verdict === 'valid' ? 'WARNING' : verdict.toUpperCase();
        return printable(
          `${name}: ${word} ${ids.join(', ')}: ${verdict === 'valid' ? 'valid, with warnings.' : reason}`,
        );
      }),
    ...problems.map(({ name, why }) => printable(`${name}: UNREADABLE: ${why}.`)),
  ];
}

/** One document of several. */
export function judgedLines(one: Judged): string[] {
  const { name, judgement } = one;
  const { kind, verdict, checks, decoded, reason } = judgement;
  const of = (wanted: Check['verdict']) => checks.filter((check) => check.verdict === wanted);
  const id = spiffeIdOf(decoded);
  const { notAfter } = validityOf(decoded);
  const wrong = [...of('fail'), ...of('warn')];
  return [
    printable(`${verdict.toUpperCase().padEnd(10)}  ${name}  (${kind})`),
    ...(id === undefined
      ? []
      : [printable(`    ${id}${notAfter === undefined ? '' : `, until ${notAfter}`}`)]),
    ...withLines(one),
    ...(wrong.length === 0 && verdict !== 'valid' ? [printable(`    ${reason}`)] : []),
    ...wrong.flatMap(labelled),
  ];
}

/** Valid documents may have warnings, too: each line says which it is. */
function labelled({ id, spec, section, level, text, evidence, verdict }: Check): string[] {
  const word = verdict === 'fail' ? 'broken ' : 'warning';
  return [
    printable(`    ${word}  ${id}  ${spec} ${section} (${level}): ${text}`),
    ...(evidence === '' ? [] : [printable(`             ${evidence}`)]),
  ];
}

function withLines({ bundleFiles, keyFile, input, trustDomain }: Judged): string[] {
  // Those of other trust domains only serve to say whose key it was; its own decides.
  const own = trustDomain === undefined ? undefined : bundleFiles.get(trustDomain);
  const parts = [
    ...(own === undefined ? [] : [`bundle from ${own}`]),
    ...(keyFile === undefined ? [] : [`private key from ${keyFile}`]),
    ...(input.audience === undefined || !/^(?:jwt|wit)/u.test(input.kind)
      ? []
      : [`audience ${input.audience}`]),
  ];
  return parts.length === 0 ? [] : [printable(`    with ${parts.join('; ')}`)];
}

function named(head: string, list: JudgedSet['problems']): string[] {
  return list.length === 0
    ? []
    : [`${head}:`, ...list.map(({ name, why }) => printable(`    ${name}: ${why}.`)), ''];
}

/** No verifier accepts a token for an audience that nobody named (JWT-SVID 3.2). */
const asksAudience = ({ judged }: JudgedSet): boolean =>
  judged.some(({ input, judgement }) => input.audience === undefined && judgement.fails.includes('J-09'));

function summary({ judged, problems, others }: JudgedSet): string {
  const of = (verdict: Judgement['verdict']) =>
    judged.filter(({ judgement }) => judgement.verdict === verdict).length;
  const at = judged[0]?.input.at.toISOString();
  const parts = [
    `${of('valid')} valid`,
    `${of('invalid')} invalid`,
    ...(of('unreadable') + of('skip') > 0 ? [`${of('unreadable') + of('skip')} unreadable`] : []),
  ];
  const rest = [
    ...(problems.length > 0 ? [`${count(problems.length, 'file')} could not be judged.`] : []),
    ...(others.length > 0 ? [`${count(others.length, 'other file')}.`] : []),
  ];
  return `${count(judged.length, 'document')}${at === undefined ? '' : ` for ${at}`}: ${[`${parts.join(', ')}.`, ...rest].join(' ')}`;
}

const block = (head: string, checks: readonly Check[]): string[] =>
  checks.length === 0 ? [] : ['', `${head}:`, ...checks.flatMap(checkLines)];

const checkLines = ({ id, spec, section, level, text, evidence }: Check): string[] => [
  printable(`  ${id}  ${spec} ${section} (${level}): ${text}`),
  ...(evidence === '' ? [] : [printable(`        ${evidence}`)]),
];

const count = (items: number, word: string) => `${items} ${word}${items === 1 ? '' : 's'}`;
