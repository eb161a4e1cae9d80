import type { ReportOptions, ReportSubject } from '@muster/domain/report-types';
import type { HeldBundle } from './bundles.ts';
import { isToken } from './documents.ts';
import { judgeDocument, type Judged } from './use-judgement.ts';
import { listed, type Workbench } from './workbench.ts';

export const reportFormats = ['html', 'markdown', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const reportFiles: Readonly<
  Record<ReportFormat, { readonly label: string; readonly extension: string; readonly type: string }>
> = {
  html: { label: 'HTML', extension: 'html', type: 'text/html;charset=utf-8' },
  markdown: { label: 'Markdown', extension: 'md', type: 'text/markdown;charset=utf-8' },
  json: { label: 'JSON', extension: 'json', type: 'application/json' },
};

/** What a report says of a judgement. The document itself is only hashed. */
export function subjectOf({ document, judgement, at, digest, bundles, verifier }: Judged): ReportSubject {
  return {
    name: document.name,
    // What holds private keys was judged when it was given, and is not here any more.
    document: document.once ? { sha256: digest } : document.bytes,
    judgement,
    at,
    trustDomain: verifier?.trustDomain,
    audience: verifier?.audience,
    bundles: new Map(bundles.map(({ trustDomain, chosen }) => [trustDomain, chosen.bytes])),
    bundleSources: new Map(bundles.map(({ trustDomain, chosen }) => [trustDomain, chosen.source])),
    keyCompared: document.keyCheck !== undefined,
  };
}

/** Everything on the bench, judged anew for one moment: the table keeps only a line of each. */
export async function subjectsOnBench(
  bench: Workbench,
  held: readonly HeldBundle[],
  at: Date,
): Promise<readonly ReportSubject[]> {
  const authorities = bench.documents.filter((document) => document.authorities);
  const subjects: ReportSubject[] = [];
  for (const document of listed(bench.documents)) {
    const documents = [document, ...authorities.filter(({ id }) => id !== document.id)];
    subjects.push(
      subjectOf(await judgeDocument(document, { ...bench, documents, subject: document.id }, held, at)),
    );
  }
  return subjects;
}

/** Makes a report and writes it; the writers are loaded when one is asked for. */
export async function writeReport(
  subjects: readonly ReportSubject[],
  format: ReportFormat,
  options: ReportOptions,
): Promise<string> {
  const { makeReport } = await import('@muster/domain/report');
  const report = await makeReport(subjects, options);
  switch (format) {
    case 'html':
      return (await import('@muster/domain/report-html')).reportHtml(report);
    case 'markdown':
      return (await import('@muster/domain/report-markdown')).reportMarkdown(report);
    case 'json':
      return (await import('@muster/domain/report-json')).reportJson(report);
  }
}

/** `muster-report-svid.0.pem`: of one document its name, of many that they are many. */
export function reportName(subjects: readonly ReportSubject[]): string {
  const [only] = subjects;
  return subjects.length === 1 && only ? `muster-report-${only.name.slice(0, 60)}` : 'muster-report';
}

export const hasTokens = (subjects: readonly ReportSubject[]): boolean =>
  subjects.some(({ judgement }) => isToken(judgement.kind));
