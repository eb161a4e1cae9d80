import { parentPort } from 'node:worker_threads';
import { judgeLine } from './verify-line.ts';

// A batch of lines in, their answers out.
parentPort?.on('message', (lines: readonly string[]) => {
  void Promise.all(lines.map(judgeLine)).then((answers) => parentPort?.postMessage(answers, []));
});
