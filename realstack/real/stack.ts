import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startStack, stopStack } from '../start.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stackDir: string;
  }
}

/** Starts the real servers once for all specs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const base = mkdtempSync(join(tmpdir(), 'muster-real-'));
  const dir = join(base, 'r');
  await startStack({ dir });
  project.provide('stackDir', dir);
  return async () => {
    await stopStack(dir);
    rmSync(base, { recursive: true, force: true });
  };
}
