/** A child for the spec of what ends before it does: writes a file a while after it is told to. */
import { writeFileSync } from 'node:fs';
import { serveCalls } from '../ipc.ts';

let writing: Promise<void> = Promise.resolve();

const note = serveCalls<string>(
  {
    write({ file, afterMs }: { file: string; afterMs: number }) {
      writing = new Promise<void>((resolve) => setTimeout(resolve, afterMs)).then(() =>
        writeFileSync(file, 'whole'),
      );
    },
  },
  () => writing,
);
note('hello');
