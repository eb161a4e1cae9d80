import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './upstream/testing/wait.ts';

/** Runs in a process that may write no file beyond 8 KiB, as on a disk that is full there. */
function writeOnFullDisk(file: string, content: string): string {
  const home = new URL('./home.ts', import.meta.url).href;
  const code = `
    const { writePrivate } = await import(${JSON.stringify(home)});
    try {
      writePrivate(${JSON.stringify(file)}, ${JSON.stringify(content)});
      console.log('written');
    } catch (error) {
      console.log(error.code);
    }`;
  const script = 'ulimit -f 16; exec "$0" --input-type=module -e "$1"';
  const { stdout } = spawnSync('/bin/sh', ['-c', script, process.execPath, code], { encoding: 'utf8' });
  return stdout.trim();
}

it.skipIf(platform() === 'win32')(
  'S-28: a file that does not fit on the disk takes the place of none, and leaves nothing behind',
  () => {
    const folder = temporaryDirectory();
    const file = join(folder, 'vault.json');
    writeFileSync(file, 'whole');
    // Positive control: what fits is written there too.
    expect(writeOnFullDisk(file, 'small')).toBe('written');
    expect(readFileSync(file, 'utf8')).toBe('small');
    expect(writeOnFullDisk(file, 'x'.repeat(100_000))).toBe('EFBIG');
    expect(readFileSync(file, 'utf8')).toBe('small');
    expect(readdirSync(folder)).toEqual(['vault.json']);
  },
);
