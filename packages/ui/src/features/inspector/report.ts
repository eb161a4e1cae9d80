import type { Judgement } from '@muster/domain';
import { kindNames } from './documents.ts';
import { redactTokens } from './secrets.ts';
import { isIssuerSide, sortChecks, verdictOf, verdictWords } from './sheet.ts';

export interface ReportInput {
  readonly judgement: Judgement;
  readonly at: Date;
  readonly audience: string;
  /** "org-a.test, sequence 14, from spire-a"; undefined when judged without a bundle. */
  readonly bundle: string | undefined;
  /** SHA-256 of the document, lower-case hexadecimal: the report does not carry the document. */
  readonly digest: string;
}

/** The report as JSON, for machines. Tokens in it have no signature. */
export function reportJson({ judgement, at, audience, bundle, digest }: ReportInput): string {
  const { kind, verdict, reason, fails, warns, checks } = judgement;
  const report = {
    tool: 'muster',
    kind,
    verdict,
    reason,
    at: at.toISOString(),
    audience,
    bundle: bundle ?? null,
    sha256: digest,
    fails,
    warns,
    checks,
  };
  return redactTokens(JSON.stringify(report, null, 2));
}

/** The report as Markdown, for people. Texts of the document are code, so that they cannot format it. */
export function reportMarkdown({ judgement, at, audience, bundle, digest }: ReportInput): string {
  const words = verdictOf(judgement, audience);
  const rows = sortChecks(judgement.checks).map(
    (check) =>
      `| ${verdictWords[check.verdict].label}${check.verdict === 'fail' && isIssuerSide(check) ? ' (a verifier may accept)' : ''} | ${cell(check.text)} | ${code(check.evidence)} | ${check.id} · ${cell(check.spec)} ${cell(check.section)} · ${check.level} |`,
  );
  return redactTokens(
    [
      `# ${kindNames[judgement.kind]}: ${words.title.toLowerCase()}`,
      '',
      cell(words.sentence),
      '',
      `- Judged for ${at.toISOString()}`,
      `- Against ${bundle === undefined ? 'no bundle' : cell(bundle)}`,
      ...(audience === '' ? [] : [`- Audience ${code(audience)}`]),
      `- SHA-256 of the document \`${digest}\``,
      '',
      '| Verdict | Requirement | Evidence | Clause |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n'),
  );
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replace(/[\r\n]+/gu, ' ')
    .replaceAll('<', '&lt;');
}

function code(text: string): string {
  return `\`${text
    .replaceAll('`', 'ʼ')
    .replaceAll('|', '\\|')
    .replace(/[\r\n]+/gu, ' ')}\``;
}
