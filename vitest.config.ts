import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', 'e2e/**', 'realstack/real/**'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Specs over real sockets and native code, on machines that stall: reported when it was needed.
    retry: process.env.CI ? 1 : 0,
    // Integration specs start servers; two at a time is what two cores carry.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['**/*.spec.ts'],
          exclude: [...exclude, 'packages/ui/**'],
        },
      },
      {
        extends: true,
        test: { name: 'ui', environment: 'jsdom', include: ['packages/ui/**/*.spec.{ts,tsx}'], exclude },
      },
    ],
  },
});
