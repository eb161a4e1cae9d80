import { parentPort } from 'node:worker_threads';
import { keepCompiled } from './compile-cache.ts';

keepCompiled();
const { judgeLine } = await import('./verify-line.ts');

// A batch of lines in, their answers out. What was sent before now has waited.
parentPort?.on('message', (lines: readonly string[]) => {
  void Promise.all(lines.map(judgeLine)).then((answers) => parentPort?.postMessage(answers, []));
});
