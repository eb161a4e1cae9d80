import { Worker } from 'node:worker_threads';
import { Code, ConnectError } from '@connectrpc/connect';
import { badInput } from '../actions/action.ts';
import { maxBytes } from './types.ts';
import type { Format, ReadFile } from './types.ts';

const timeLimitMs = 30_000;
const most = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Reads a file of entries in a thread of its own, within a time and a memory (S-18). */
export async function readInThread(
  text: string,
  format: Format | undefined,
  trustDomain: string,
): Promise<ReadFile> {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    throw badInput(
      'text',
      `the file has ${(bytes / 1_048_576).toFixed(1)} MiB, and one plan takes ${maxBytes / 1_048_576}. Split it; CSV and JSON are split for you on the import page and by "muster import".`,
    );
  if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await read(text, format, trustDomain);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function read(text: string, format: Format | undefined, trustDomain: string): Promise<ReadFile> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { text, format, trustDomain },
      resourceLimits: { maxOldGenerationSizeMb: 768 },
    });
    const fail = (message: string): void => {
      clearTimeout(timer);
      void worker.terminate();
      reject(new ConnectError(`text: ${message}`, Code.InvalidArgument));
    };
    const timer = setTimeout(
      () => fail('reading the file takes too long. Split it, or write it as CSV.'),
      timeLimitMs,
    );
    worker.once('message', (file: ReadFile) => {
      clearTimeout(timer);
      resolve(file);
      void worker.terminate();
    });
    worker.once('error', () =>
      fail('the file cannot be read: it needs more memory than is given to it. Split it.'),
    );
    worker.once('exit', () => fail('the file could not be read.'));
  });
}
