import type { CheckVerdict, JudgementVerdict, Kind } from './judge-types.ts';
import type { Report, ReportCheck, ReportDocument } from './report-types.ts';

/** Names of kinds for people. */
export const kindWords: Readonly<Record<Kind, string>> = {
  'spiffe-id': 'SPIFFE ID',
  'x509-svid': 'X.509-SVID',
  'x509-svid-keypair': 'X.509-SVID with its key',
  'jwt-svid': 'JWT-SVID',
  'wit-svid': 'WIT-SVID',
  bundle: 'Trust bundle',
  'bundle-update': 'Trust bundle update',
  'bundle-map': 'Bundle map',
  'bundle-endpoint-url': 'Bundle endpoint URL',
  'workload-endpoint-uri': 'Workload API address',
  'workload-x509-response': 'Workload API response',
};

export const verdictWords: Readonly<Record<JudgementVerdict, string>> = {
  valid: 'Valid',
  invalid: 'Not valid',
  unreadable: 'Cannot be read',
  skip: 'Not judged',
};

/** Groups of the rule sheet, what needs a person first. */
export const checkGroups: readonly { readonly verdict: CheckVerdict; readonly title: string }[] = [
  { verdict: 'fail', title: 'Broken requirements' },
  { verdict: 'warn', title: 'Warnings' },
  { verdict: 'not-checked', title: 'Not checked' },
  { verdict: 'pass', title: 'Requirements that hold' },
  { verdict: 'not-applicable', title: 'Requirements that do not apply' },
];

export function checksOf(document: ReportDocument, verdict: CheckVerdict): readonly ReportCheck[] {
  return document.checks.filter((check) => check.verdict === verdict);
}

/** "2 broken, 1 warning, 24 hold, 1 not checked, 2 do not apply". */
export function countWords(document: ReportDocument): string {
  const count = (verdict: CheckVerdict) => checksOf(document, verdict).length;
  return `${count('fail')} broken, ${plural(count('warn'), 'warning')}, ${count('pass')} hold, ${count('not-checked')} not checked, ${count('not-applicable')} do not apply`;
}

/** "3 documents: 2 valid, 1 not valid, 1 with warnings." */
export function summaryWords({ summary, notJudged }: Report): string {
  const parts = [
    `${summary.valid} valid`,
    ...(summary.invalid > 0 ? [`${summary.invalid} not valid`] : []),
    ...(summary.unreadable > 0 ? [`${summary.unreadable} that cannot be read`] : []),
    ...(summary.skip > 0 ? [`${summary.skip} not judged`] : []),
    ...(summary.withWarnings > 0 ? [`${summary.withWarnings} with warnings`] : []),
    ...(notJudged.length > 0 ? [`${plural(notJudged.length, 'file')} that could not be judged`] : []),
  ];
  return `${plural(summary.documents, 'document')}: ${parts.join(', ')}.`;
}

/** Kinds that are verified by a bundle. */
export const signed: ReadonlySet<Kind> = new Set([
  'x509-svid',
  'x509-svid-keypair',
  'jwt-svid',
  'wit-svid',
  'workload-x509-response',
]);

/** What was judged and how, in terms and values; every text format shows the same. */
export function judgedWords(document: ReportDocument): readonly (readonly [string, string])[] {
  const bundles = document.judgedWith.map(
    ({ trustDomain, source, sha256 }) =>
      `${trustDomain}${source === undefined ? '' : ` (${source})`}, SHA-256 ${sha256}`,
  );
  const optional = (term: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[term, value]];
  return [
    ['Kind', kindWords[document.kind]],
    ...optional('SPIFFE ID', document.spiffeId),
    ['SHA-256', document.sha256],
    ...optional('Size', document.bytes === undefined ? undefined : plural(document.bytes, 'byte')),
    ...optional('Valid from', document.notBefore),
    ...optional('Valid until', document.notAfter),
    ['Judged for', document.evaluationTime],
    ['Verifier’s trust domain', document.trustDomain ?? 'not given'],
    ...optional('Verifier’s audience', document.audience),
    ...(bundles.length === 0
      ? optional('Judged with', signed.has(document.kind) ? 'no bundle' : undefined)
      : bundles.map((text) => ['Judged with', text] as const)),
    ...optional('Bundle held before, SHA-256', document.previousSha256),
    ...(document.keyCompared
      ? [['Private key', 'compared with the certificate; not kept, not in this report'] as const]
      : []),
  ];
}

/** What a report leaves out; said in every report. */
export const leftOut =
  'The documents themselves, signatures of tokens and private keys are not in this report.';

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
