import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStep, type Say } from './builder.ts';
import { onPath } from './command.ts';
import { withLock } from './lock.ts';
import { cacheDir } from './paths.ts';

const source = fileURLToPath(new URL('go/', import.meta.url));

/** Where the program with go-spiffe is, or goes: one folder for each state of its source. */
function goSpiffeProgram(): string {
  const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(source, name)));
  const state = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12);
  return join(cacheDir(), `go-spiffe-${state}`, 'go-spiffe');
}

/** Builds the program that judges with go-spiffe, unless the cache holds it, and answers where it is. */
export async function buildGoSpiffe(say: Say): Promise<string> {
  const program = goSpiffeProgram();
  if (existsSync(program)) return program;
  if (!onPath('go'))
    throw new Error('go-spiffe is built with go, which is not on PATH. Install it (https://go.dev/dl/).');
  const folder = join(program, '..');
  const unfinished = `${folder}.unfinished`;
  mkdirSync(cacheDir(), { recursive: true });
  await withLock(join(cacheDir(), 'build-go-spiffe'), say, async () => {
    if (existsSync(program)) return;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    await runStep(
      {
        title: 'the program with go-spiffe',
        program: 'go',
        args: ['build', '-trimpath', '-o', join(unfinished, 'go-spiffe'), '.'],
        cwd: source,
        env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
        log: join(cacheDir(), 'build-go-spiffe.log'),
      },
      say,
    );
    renameSync(unfinished, folder);
  });
  return program;
}
