import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { must, root } from './run.mjs';

const OUTPUTS = ['packages/api/src/gen', 'packages/wire/src/gen', 'docs/schema'];

/** Makes all generated files anew. */
export async function generate() {
  await must('buf', ['generate'], { cwd: join(root, 'packages/api') });
  await must('node', ['packages/wire/generate.mjs']);
  await must('node', ['apps/gateway/src/config/generate-schema.mjs']);
  await must('node', ['packages/domain/generate-report-schema.mjs']);
}

/** Fails when what is committed differs from what the generators make. */
export async function checkGenerated() {
  const kept = mkdtempSync(join(tmpdir(), 'muster-generated-'));
  for (const output of OUTPUTS) cpSync(join(root, output), join(kept, output), { recursive: true });
  await generate();
  const differing = OUTPUTS.flatMap((output) => compare(join(kept, output), join(root, output)));
  rmSync(kept, { recursive: true });
  if (differing.length === 0) return;
  console.error(
    `Generated files differ from what is here; run "npm run generate" and commit:\n  ${differing.join('\n  ')}`,
  );
  process.exit(1);
}

function compare(before, after) {
  const names = new Set([...files(before), ...files(after)]);
  return [...names].filter((name) => content(join(before, name)) !== content(join(after, name)));
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function content(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
