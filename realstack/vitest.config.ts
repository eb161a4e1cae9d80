import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** By name, everywhere: of its own accord Vitest orders by what a machine remembers of the time each file took. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: ['realstack/real/**/*.spec.ts'],
    globalSetup: ['realstack/real/stack.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    retry: process.env.CI ? 1 : 0,
    // One set of servers for all.
    fileParallelism: false,
    sequence: { shuffle: false, sequencer: ByName },
  },
});
