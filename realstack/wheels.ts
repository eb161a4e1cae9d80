import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runStep, type Say } from './builder.ts';
import { cacheDir, wheelDir } from './paths.ts';
import { readVersions } from './versions.ts';

/**
 * Older releases of SLIM as programs would have to be compiled, each a quarter of an hour. Their Python packages hold the
 * very same node, which reads the very same configuration, ready to run.
 */
export async function fetchWheels(say: Say): Promise<void> {
  const { package: name, cores } = readVersions().wheels;
  for (const [core, version] of Object.entries(cores)) {
    const folder = wheelDir(core);
    if (existsSync(folder)) continue;
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    await runStep(
      {
        title: `SLIM ${core} for Python`,
        program: 'python3',
        args: [
          ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'],
          // Nothing is compiled, and what it has for its examples only is left out.
          ...['--only-binary', ':all:', '--no-deps', '--target', unfinished, `${name}==${version}`],
        ],
        log: join(cacheDir(), `build-slim-${core}.log`),
      },
      say,
    );
    renameSync(unfinished, folder);
  }
}

/** Whether every one of them is in the cache. */
export function haveWheels(): boolean {
  return Object.keys(readVersions().wheels.cores).every((core) => existsSync(wheelDir(core)));
}
