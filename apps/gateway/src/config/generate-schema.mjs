// Writes the JSON Schema of muster.yaml from config/types.ts; run it after the types change.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../../..');

export function generateSchema() {
  const schema = createGenerator({
    path: join(here, 'types.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    type: 'MusterFile',
    skipTypeCheck: true,
    additionalProperties: false,
    sortProps: true,
  }).createSchema('MusterFile');
  return { ...schema, $id: 'muster.schema.json', title: 'muster.yaml' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = `${JSON.stringify(generateSchema(), null, 2)}\n`;
  // Published in docs, and beside the loader because docs do not ship with the program.
  for (const file of [join(root, 'docs/schema/muster.schema.json'), join(here, 'muster.schema.json')]) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
