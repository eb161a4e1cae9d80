import { ExportFormat } from '@muster/api';
import { csvFormat, type FileFormat, jsonFormat } from '../../../components/index.ts';

/** What an export of entries may be written as. */
export const FORMATS: readonly [FileFormat, ...FileFormat[]] = [
  csvFormat('entry'),
  jsonFormat('entries'),
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
