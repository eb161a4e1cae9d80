// Writes the JSON Schema of reports from src/report-types.ts; run it after the types change.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

export function generateReportSchema() {
  const schema = createGenerator({
    path: join(here, 'src/report-types.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    type: 'Report',
    skipTypeCheck: true,
    additionalProperties: false,
    sortProps: true,
  }).createSchema('Report');
  return { ...schema, $id: 'report.schema.json', title: 'Report of muster verify and of the inspector' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, 'docs/schema/report.schema.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(generateReportSchema(), null, 2)}\n`);
}
