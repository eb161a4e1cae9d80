import { defineConfig } from '@playwright/test';

// Run by apps/desktop/run-test.mjs, which builds the shell, finds an Electron and starts a display.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/desktop',
  workers: 1,
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  // The JSON is for the closing count, and would fill the terminal where no file is named for it.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
});
