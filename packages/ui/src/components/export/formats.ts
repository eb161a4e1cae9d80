import { ExportFormat } from '@muster/api';

/** What a list may be saved as. */
export interface FileFormat {
  value: string;
  label: string;
  hint: string;
  format: ExportFormat;
  extension: string;
  type: string;
}

/** CSV of things that are called `one`: "entry", "agent". */
export const csvFormat = (one: string): FileFormat => ({
  value: 'csv',
  label: 'CSV',
  hint: `One row for each ${one}, for spreadsheets. Cells that a spreadsheet would run as a formula get an apostrophe.`,
  format: ExportFormat.CSV,
  extension: 'csv',
  type: 'text/csv',
});

/** JSON as the view of that name has it. */
export const jsonFormat = (view: string): FileFormat => ({
  value: 'json',
  label: 'JSON',
  hint: `Every field, with state and connection: as “muster view ${view} --json” has them.`,
  format: ExportFormat.JSON,
  extension: 'json',
  type: 'application/json',
});
