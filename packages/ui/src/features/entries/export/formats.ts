import { ExportFormat } from '@muster/api';

export interface Format {
  value: string;
  label: string;
  hint: string;
  format: ExportFormat;
  extension: string;
  type: string;
}

/** What an export may be written as. */
export const FORMATS: readonly Format[] = [
  {
    value: 'csv',
    label: 'CSV',
    hint: 'One row an entry, for spreadsheets. Cells that a spreadsheet would run as a formula get an apostrophe.',
    format: ExportFormat.CSV,
    extension: 'csv',
    type: 'text/csv',
  },
  {
    value: 'json',
    label: 'JSON',
    hint: 'Every field, with state and connection: as “muster view entries --json” has them.',
    format: ExportFormat.JSON,
    extension: 'json',
    type: 'application/json',
  },
  {
    value: 'yaml',
    label: 'YAML',
    hint: 'What an import takes: edit it, and import shows the difference before it changes anything.',
    format: ExportFormat.YAML,
    extension: 'yaml',
    type: 'application/yaml',
  },
  {
    value: 'spire-data',
    label: 'spire-server data',
    hint: 'For “spire-server entry create -data FILE”: makes the same entries on a server.',
    format: ExportFormat.SPIRE_DATA,
    extension: 'json',
    type: 'application/json',
  },
];
