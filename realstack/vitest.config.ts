import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['realstack/real/**/*.spec.ts'],
    globalSetup: ['realstack/real/stack.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    retry: process.env.CI ? 1 : 0,
    // One set of servers for all.
    fileParallelism: false,
    sequence: { shuffle: false },
  },
});
