import { factGroups } from './report-facts.ts';
import type { Report, ReportBundle, ReportCheck, ReportDocument } from './report-types.ts';
import {
  checkGroups,
  checksOf,
  countWords,
  judgedWords,
  kindWords,
  leftOut,
  plural,
  summaryWords,
  verdictWords,
} from './report-words.ts';

/**
 * A report as Markdown (GitHub's, for its tables). Whatever comes from a document stands in code spans: there it can
 * neither format, nor link, nor mention somebody.
 */
export function reportMarkdown(report: Report): string {
  const [only] = report.documents;
  const many = report.documents.length !== 1 || !only;
  const lines = [
    many
      ? '# Report on SPIFFE documents'
      : `# ${kindWords[only.kind]}: ${verdictWords[only.verdict].toLowerCase()}`,
    '',
    ...(many ? [summaryWords(report), '', ...overview(report)] : []),
    ...(report.notJudged.length === 0
      ? []
      : [
          '## Could not be judged',
          '',
          ...report.notJudged.map(({ name, why }) => `- ${code(name)}: ${code(why)}`),
          '',
        ]),
    ...report.documents.flatMap((document) => documentLines(document, many)),
    ...bundleLines(report.bundles),
    `By ${report.tool.name} ${report.tool.version}, whose rule sheet has ${report.tool.clauses} clauses${report.madeAt === undefined ? '' : `, on ${report.madeAt}`}. ${leftOut}`,
    '',
  ];
  return lines.join('\n');
}

function overview({ documents }: Report): string[] {
  if (documents.length === 0) return [];
  return [
    ...head('Verdict', 'Document', 'Kind', 'SPIFFE ID', 'Valid until', 'Broken', 'Warnings'),
    ...documents.map((document) =>
      row(
        verdictWords[document.verdict],
        cell(document.name),
        kindWords[document.kind],
        cell(document.spiffeId ?? ''),
        cell(document.notAfter ?? ''),
        document.fails.join(', '),
        document.warns.join(', '),
      ),
    ),
    '',
  ];
}

function documentLines(document: ReportDocument, many: boolean): string[] {
  const level = many ? '###' : '##';
  return [
    ...(many
      ? [`## ${verdictWords[document.verdict]}: ${code(document.name)}`, '']
      : [`Document ${code(document.name)}`, '']),
    `${code(document.reason)}`,
    '',
    ...judgedWords(document).map(([term, value]) => `- ${term}: ${code(value)}`),
    `- Clauses: ${countWords(document)}`,
    '',
    ...checkGroups.flatMap(({ verdict, title }) => {
      const checks = checksOf(document, verdict);
      return checks.length === 0 ? [] : [`${level} ${title}`, '', ...checkTable(checks), ''];
    }),
    ...factGroups(document.facts).flatMap(({ title, facts }) => [
      // A group of a bundle map has the trust domain of the document in its title.
      `${level} ${code(title)}`,
      '',
      ...facts.map(([term, value]) => `- ${code(term)}: ${code(value)}`),
      '',
    ]),
  ];
}

function checkTable(checks: readonly ReportCheck[]): string[] {
  return [
    ...head('Clause', 'Level', 'Requirement', 'Evidence'),
    ...checks.map((check) =>
      row(
        `${check.id}, ${check.spec} ${check.section}`,
        check.level,
        ours(check.text) + (check.note === undefined ? '' : `<br>*Readers differ:* ${ours(check.note)}`),
        cell(check.evidence),
      ),
    ),
  ];
}

function bundleLines(bundles: readonly ReportBundle[]): string[] {
  return bundles.flatMap((bundle) => [
    `## Bundle of ${code(bundle.trustDomain)}`,
    '',
    `- SHA-256: ${code(bundle.sha256)}`,
    `- Sequence: ${code(bundle.sequence ?? 'not set')}`,
    ...(bundle.problem === undefined ? [] : [`- Cannot be read: ${code(bundle.problem)}`]),
    '',
    ...(bundle.keys.length === 0
      ? []
      : [
          ...head('Use', 'Key id', 'Key', 'SHA-256', 'Valid until', 'Note'),
          ...bundle.keys.map((key) =>
            row(
              cell(key.use),
              cell(key.keyId ?? ''),
              cell(key.keyType),
              cell(key.fingerprint ?? ''),
              cell(key.certificate?.notAfter ?? ''),
              cell(key.note ?? ''),
            ),
          ),
          '',
        ]),
    ...(bundle.keyCount > bundle.keys.length
      ? [`${plural(bundle.keyCount - bundle.keys.length, 'more key')} not listed.`, '']
      : []),
  ]);
}

function head(...names: readonly string[]): string[] {
  return [row(...names), row(...names.map(() => '---'))];
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A text of ours, which may use backticks itself. */
const ours = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** A code span with a longer fence than any in it (CommonMark 6.1): backslashes and markup mean nothing there. */
function code(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = /^`|`$|^ .* $/u.test(text) ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/**
 * A code span in a table. Cells are cut at pipes before code spans are seen, and readers differ on what a backslash
 * before one means, so that a document's own pipe is written as its number.
 */
const cell = (text: string): string => code(text.replaceAll('|', '\\u{7c}'));
