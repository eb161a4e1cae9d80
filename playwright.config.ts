import { defineConfig } from '@playwright/test';

const executablePath = process.env.MUSTER_CHROMIUM;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/journeys',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Two cores: a gateway with its practice network and a browser fill them.
  workers: 1,
  // Shared machines stall; what passes only at the second try is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'web', testDir: 'e2e/web' },
    { name: 'real', testDir: 'e2e/real', timeout: 180_000 },
  ],
});
