import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep, type Say } from './builder.ts';
import { cacheDir, wheelDir } from './paths.ts';
import { readVersions } from './versions.ts';

/**
 * Older releases of SLIM as programs would have to be compiled, each a quarter of an hour. Their Python packages hold the
 * very same node, which reads the very same configuration, ready to run.
 */
export async function fetchWheels(say: Say): Promise<void> {
  for (const core of Object.keys(readVersions().wheels.cores)) {
    const folder = wheelDir(core);
    if (existsSync(folder)) continue;
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(cacheDir(), { recursive: true });
    const requirements = `${folder}.requirements.txt`;
    writeFileSync(requirements, requirement(core));
    await runStep(
      {
        title: `SLIM ${core} for Python`,
        program: 'python3',
        args: [
          ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'],
          // Nothing is compiled, and what it has for its examples only is left out.
          ...['--only-binary', ':all:', '--no-deps', '--target', unfinished],
          // What the index answers with is run here: another file of the same version is refused.
          ...['--require-hashes', '--requirement', requirements],
        ],
        log: join(cacheDir(), `build-slim-${core}.log`),
      },
      say,
    );
    renameSync(unfinished, folder);
    rmSync(requirements, { force: true });
  }
}

/** The package for this version of SLIM as pip reads it, bound to the very files that were tried. */
export function requirement(core: string): string {
  const { package: name, cores, sha256 } = readVersions().wheels;
  const version = cores[core];
  const hashes = version === undefined ? undefined : sha256[version];
  if (version === undefined || hashes === undefined || hashes.length === 0)
    throw new Error(`versions.json names no file of ${name} for SLIM ${core}.`);
  return `${[`${name}==${version}`, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' ')}\n`;
}

/** Whether every one of them is in the cache. */
export function haveWheels(): boolean {
  return Object.keys(readVersions().wheels.cores).every((core) => existsSync(wheelDir(core)));
}
