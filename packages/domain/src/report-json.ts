import type { Report } from './report-types.ts';

/** A report as JSON, of the shape in docs/schema/report.schema.json, ended by a line end. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
