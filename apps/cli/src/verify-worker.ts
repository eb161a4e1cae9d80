import { parentPort } from 'node:worker_threads';
import { keepCompiled } from './compile-cache.ts';

keepCompiled();
const { judgeLines } = await import('./verify-line.ts');

// A batch of lines in, their answers out. What was sent before now has waited.
parentPort?.on('message', (lines: Uint8Array) => {
  void judgeLines(lines).then((answers) => parentPort?.postMessage(answers, []));
});
