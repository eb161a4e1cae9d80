import { parentPort, workerData } from 'node:worker_threads';
import { readFile } from './read.ts';
import type { Format } from './types.ts';

// Parsers are synchronous, and YAML takes a second a megabyte: here they hold up nobody.
const { text, format, trustDomain } = workerData as {
  text: string;
  format: Format | undefined;
  trustDomain: string;
};
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(readFile(text, format, trustDomain));
