import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './run.mjs';

const SOURCES = ['apps/web', 'packages/ui', 'packages/api/src', 'packages/domain/src', 'package-lock.json'];
const STAMP = join(root, 'apps/web/dist/.built');

/** Builds the page when a source of it is newer than the last build. */
export async function buildPage() {
  if (newest(SOURCES.map((path) => join(root, path))) < modified(STAMP)) return;
  console.log('Building the page …');
  await must('vite', ['build', '--config', 'apps/web/vite.config.ts', '--logLevel', 'warn']);
  writeFileSync(STAMP, '');
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) continue;
    if (!stat.isDirectory()) time = Math.max(time, stat.mtimeMs);
    else
      for (const name of readdirSync(path))
        if (name !== 'dist' && name !== 'node_modules') time = Math.max(time, newest([join(path, name)]));
  }
  return time;
}
