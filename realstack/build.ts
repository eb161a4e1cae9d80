import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endStepsOnInterrupt, runStep, type Say } from './builder.ts';
import { onPath, run } from './command.ts';
import { withLock } from './lock.ts';
import { binaries, cacheDir, slimDir, spireDir } from './paths.ts';
import { readVersions } from './versions.ts';
import { fetchWheels, haveWheels } from './wheels.ts';

/** Builds what the cache does not hold yet. Safe to interrupt, to repeat, and to run twice at once. */
export async function build(say: Say): Promise<void> {
  if (isBuilt() && haveWheels()) {
    say(`all programs are in ${cacheDir()}`);
    return;
  }
  mkdirSync(cacheDir(), { recursive: true });
  const ignoreInterrupts = endStepsOnInterrupt();
  try {
    await withLock(join(cacheDir(), 'build'), say, () => buildMissing(say));
  } finally {
    ignoreInterrupts();
  }
  say(`all programs are in ${cacheDir()}`);
}

async function buildMissing(say: Say): Promise<void> {
  if (!haveWheels()) needs('python3', 'Running older nodes of SLIM', 'https://www.python.org/downloads/');
  if (!isBuilt()) await buildPrograms(say);
  await fetchWheels(say);
}

async function buildPrograms(say: Say): Promise<void> {
  if (!existsSync(spireDir())) needs('go', 'Building SPIRE', 'https://go.dev/dl/');
  if (!existsSync(slimDir())) needs('cargo', 'Building SLIM', 'https://rustup.rs');
  await installPackages(say);
  await buildSpire(say);
  await buildSlim(say);
}

/** Whether every program is in the cache. */
export function isBuilt(): boolean {
  return Object.values(binaries()).every((file) => existsSync(file));
}

function needs(program: string, what: string, where: string): void {
  if (!onPath(program))
    throw new Error(
      `${what} needs ${program}, which is not on PATH. Install it (${where}) and run this again.`,
    );
}

async function installPackages(say: Say): Promise<void> {
  const wanted = readVersions().debian;
  if (!onPath('dpkg-query')) {
    say(`this is not Debian: the builds need what its packages ${wanted.join(', ')} hold`);
    return;
  }
  const missing: string[] = [];
  for (const name of wanted) {
    const { code, stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
    if (code !== 0 || stdout.trim() !== 'installed') missing.push(name);
  }
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) {
    throw new Error(
      `The builds need Debian packages that are not installed. As root: apt-get update && apt-get ${install.join(' ')}`,
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const log = join(cacheDir(), 'build-packages.log');
  await runStep({ title: 'package lists', program: 'apt-get', args: ['update'], env, log }, say);
  await runStep(
    { title: `packages ${missing.join(', ')}`, program: 'apt-get', args: install, env, log },
    say,
  );
}

async function buildSpire(say: Say): Promise<void> {
  if (existsSync(spireDir())) return;
  const { version, module, binaries: names } = readVersions().spire;
  const folder = fileURLToPath(new URL('spire/', import.meta.url));
  const required = readFileSync(join(folder, 'go.mod'), 'utf8').split(/\s*\/\/.*\n|\n/);
  if (!required.some((line) => line.trim() === `${module} v${version}`)) {
    throw new Error(
      `versions.json says SPIRE ${version}, spire/go.mod another. In realstack/spire: go get ${module}@v${version} && go mod tidy`,
    );
  }
  const unfinished = `${spireDir()}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const gittag = `-X ${module}/pkg/common/version.gittag=${version}`;
  await runStep(
    {
      title: `SPIRE ${version}`,
      program: 'go',
      // The trailing slash makes go write one file a program into that folder.
      args: [
        'build',
        '-v',
        '-trimpath',
        '-ldflags',
        `-s -w ${gittag}`,
        '-o',
        `${unfinished}/`,
        ...names.map((name) => `${module}/cmd/${name}`),
      ],
      cwd: folder,
      // The sqlite driver is C.
      env: { CGO_ENABLED: '1', GOFLAGS: '-mod=readonly' },
      log: join(cacheDir(), 'build-spire.log'),
    },
    say,
  );
  renameSync(unfinished, spireDir());
}

async function buildSlim(say: Say): Promise<void> {
  if (existsSync(slimDir())) return;
  const { version, crates } = readVersions().slim;
  const unfinished = `${slimDir()}.unfinished`;
  // One target folder for all four, so what they share is compiled once; kept when the build fails, to go on from there.
  const target = join(cacheDir(), 'cargo-target');
  rmSync(unfinished, { recursive: true, force: true });
  await runStep(
    {
      title: `SLIM ${version} (about 15 minutes on two cores)`,
      program: 'cargo',
      args: [
        'install',
        '--locked',
        '--debug',
        '--no-track',
        '--root',
        unfinished,
        ...Object.keys(crates).map((name) => `${name}@${version}`),
      ],
      env: {
        CARGO_TARGET_DIR: target,
        CARGO_PROFILE_DEV_DEBUG: '0',
        CARGO_INCREMENTAL: '0',
        CARGO_TERM_COLOR: 'never',
      },
      log: join(cacheDir(), 'build-slim.log'),
    },
    say,
  );
  renameSync(join(unfinished, 'bin'), slimDir());
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(target, { recursive: true, force: true });
}
