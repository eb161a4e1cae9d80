import { makeReport } from '@muster/domain/report';
import type { Report, ReportOptions } from '@muster/domain/report-types';
import type { JudgedSet } from './verify-set.ts';

/** A report on what was judged; texts in it are safe for any terminal and page. */
export function reportOf({ judged, problems }: JudgedSet, options?: ReportOptions): Promise<Report> {
  return makeReport(
    judged.map(({ name, document, judgement, input, bundleFiles }) => ({
      name: name === '-' ? 'standard input' : name,
      document,
      judgement,
      at: input.at,
      trustDomain: input.trustDomain,
      audience: input.audience,
      bundles: input.bundles,
      bundleSources: bundleFiles,
      previous: input.previous,
      keyCompared: input.key !== undefined,
    })),
    { ...options, notJudged: problems },
  );
}

export const reportFormats = ['html', 'md', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Loads only the writer of the format that is asked for. */
export async function writtenReport(report: Report, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'html':
      return (await import('@muster/domain/report-html')).reportHtml(report);
    case 'md':
      return (await import('@muster/domain/report-markdown')).reportMarkdown(report);
    case 'json':
      return (await import('@muster/domain/report-json')).reportJson(report);
  }
}
