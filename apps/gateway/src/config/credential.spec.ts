import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CredentialError, readReference } from './credential.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-credential-'));
  writeFileSync(join(folder, 'good'), 'a secret');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('S-17: a credential', () => {
  it('is read from a regular file, through a link too: mounted secrets are links', async () => {
    symlinkSync(join(folder, 'good'), join(folder, 'link'));
    await expect(readReference(join(folder, 'good'))).resolves.toBe('a secret');
    await expect(readReference(join(folder, 'link'))).resolves.toBe('a secret');
  });

  it('is not read from a folder, a pipe, a device or a file without end, and the error names no path', async () => {
    mkdirSync(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'large'), Buffer.alloc(256 * 1024 + 1));
    for (const name of ['folder', 'pipe', 'large', 'missing', '/dev/zero', '/proc/self/mem']) {
      const path = name.startsWith('/') ? name : join(folder, name);
      const error: unknown = await readReference(path).catch((cause: unknown) => cause);
      expect([name, error instanceof CredentialError]).toEqual([name, true]);
      expect(String(error)).not.toContain(folder);
    }
  });

  it('is never anything but the file that was looked at, however often another takes its place', async () => {
    const path = join(folder, 'swapped');
    const stop = new AbortController();
    const swap = (async () => {
      for (let i = 0; !stop.signal.aborted; i++) {
        const next = join(folder, 'next');
        if (i % 2 === 0) symlinkSync('/dev/zero', next);
        else writeFileSync(next, 'a secret');
        renameSync(next, path);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const seen = new Set<string>();
    for (let i = 0; i < 2_000; i++)
      seen.add(
        await readReference(path).catch((error: unknown) =>
          error instanceof CredentialError ? 'refused' : 'broken',
        ),
      );
    stop.abort();
    await swap;
    expect([...seen].toSorted()).toEqual(['a secret', 'refused']);
  });
});
