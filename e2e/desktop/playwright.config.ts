import { defineConfig } from '@playwright/test';

// Run by apps/desktop/run-test.mjs, which builds the shell, finds an Electron and starts a display.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/desktop',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [['list']],
});
