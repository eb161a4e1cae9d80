import { escapeMarkup } from '@muster/domain/report-markup';
import type { Report, ReportCheck, ReportDocument, ReportMiss } from '@muster/domain/report-types';
import type { FailOn } from './verify-outcome.ts';

/**
 * JUnit XML: a suite a document, a case a clause. Broken clauses are failures, clauses that were not checked or do not
 * apply are skipped, what could not be read is an error. A warning passes and says so, unless warnings end the pipeline.
 */
export function junit(report: Report, failOn: FailOn): string {
  const suites = [
    ...report.documents.map((document) => documentSuite(document, failOn)),
    ...report.notJudged.map(problemSuite),
  ];
  const sum = (of: (suite: Suite) => number) => suites.reduce((total, suite) => total + of(suite), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', {
      name: `Muster ${report.tool.version}`,
      tests: sum(({ cases }) => cases.length),
      failures: sum(({ failures }) => failures),
      errors: sum(({ errors }) => errors),
    }),
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly name: string;
  /** ISO 8601 without offset, UTC, as the format wants it. */
  readonly timestamp?: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly string[];
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function documentSuite(document: ReportDocument, failOn: FailOn): Suite {
  const { name, kind, checks, verdict, reason } = document;
  const broken = (check: ReportCheck) =>
    check.verdict === 'fail' || (check.verdict === 'warn' && failOn === 'warn');
  const failures = checks.filter(broken);
  // Without a broken clause it could not even be taken apart, or Muster itself failed.
  const unknown = verdict !== 'valid' && failures.length === 0;
  const error = unknown ? [caseOf(name, 'can be judged', 'error', 'unreadable', reason)] : [];
  return {
    name,
    timestamp: document.evaluationTime.replace(/\.\d+Z$/u, ''),
    properties: [
      ['kind', kind],
      ['verdict', verdict],
      ['sha256', document.sha256],
      ...(document.spiffeId === undefined ? [] : [['spiffeId', document.spiffeId] as const]),
      ...(document.notAfter === undefined ? [] : [['notAfter', document.notAfter] as const]),
    ],
    cases: [...error, ...checks.map((check) => clauseCase(name, check, broken(check)))],
    failures: failures.length,
    errors: error.length,
    skipped: checks.filter(({ verdict: one }) => one === 'not-checked' || one === 'not-applicable').length,
  };
}

function problemSuite({ name, why }: ReportMiss): Suite {
  const cases = [caseOf(name, 'can be read', 'error', 'unreadable', `${name}: ${why}.`)];
  return { name, properties: [], cases, failures: 0, errors: 1, skipped: 0 };
}

function clauseCase(document: string, check: ReportCheck, broken: boolean): string {
  const title = `${check.id} ${check.spec} ${check.section} (${check.level}): ${check.text}`;
  if (broken) return caseOf(document, title, 'failure', check.level, check.evidence);
  if (check.verdict === 'not-checked' || check.verdict === 'not-applicable')
    return caseOf(document, title, 'skipped', check.verdict, check.evidence);
  const { open, close } = testcase(document, title);
  return check.verdict === 'warn'
    ? `${open}<system-out>${escapeMarkup(`Warning: ${check.evidence}`)}</system-out>${close}`
    : `${open}${close}`;
}

function caseOf(
  document: string,
  title: string,
  outcome: 'failure' | 'error' | 'skipped',
  type: string,
  message: string,
): string {
  const { open, close } = testcase(document, title);
  return `${open}${element(outcome, { type, message })}${outcome === 'skipped' ? '' : escapeMarkup(message)}</${outcome}>${close}`;
}

const testcase = (document: string, title: string) => ({
  open: element('testcase', { classname: document, name: title, time: '0' }),
  close: '</testcase>',
});

function suiteLines(suite: Suite): string[] {
  const { name, timestamp, properties, cases, failures, errors, skipped } = suite;
  return [
    element('testsuite', {
      name,
      tests: cases.length,
      failures,
      errors,
      skipped,
      time: '0',
      ...(timestamp !== undefined && timestamp !== '' && { timestamp }),
    }),
    ...(properties.length === 0
      ? []
      : [
          '<properties>',
          ...properties.map(([key, value]) => `${element('property', { name: key, value })}</property>`),
          '</properties>',
        ]),
    ...cases,
    '</testsuite>',
  ];
}

/** The start of an element; texts were made visible before (makeReport), so that escaping is all that is left. */
function element(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`,
  );
  return `<${name}${written.join('')}>`;
}
