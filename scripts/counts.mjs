import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const FOLDER = join(root, 'test-results', 'counts');

/** Where the runner of a suite leaves its JSON report. */
export function reportFile(suite) {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${suite}.json`);
  rmSync(file, { force: true });
  return file;
}

export const forgetCounts = () => rmSync(FOLDER, { recursive: true, force: true });

/** Adds up every report there is, Vitest's and Playwright's, as the closing line "N passed, N failed, N skipped". */
export function printTotal() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of existsSync(FOLDER) ? readdirSync(FOLDER) : []) {
    const report = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    if (report.stats) {
      total.passed += report.stats.expected + report.stats.flaky;
      total.failed += report.stats.unexpected;
      total.skipped += report.stats.skipped;
    } else {
      total.passed += report.numPassedTests;
      total.failed += report.numFailedTests;
      total.skipped += report.numPendingTests + report.numTodoTests;
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}
