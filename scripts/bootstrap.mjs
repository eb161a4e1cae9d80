// The one script that must run on any Node from 20: installs what is missing, then hands over to the pinned Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
const stamp = join(root, 'node_modules', '.muster-installed');

const [task = 'help', ...args] = process.argv.slice(2);
const major = Number(process.versions.node.split('.')[0]);
if (major < 20)
  fail(
    `Muster needs Node 20 or newer to start; this is ${process.version}. It brings its own Node for the rest.`,
  );
install();
hand(join(root, 'scripts', 'tasks.mjs'), [task, ...args]);

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && works()) return;
  console.log('Installing what is missing (once, about a minute) …');
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  // The `node` package fetches its binary in an install script, which some npm settings switch off.
  if (!works()) npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  if (!works())
    fail(
      'The pinned Node could not be installed: npm was told not to run install scripts. Run: npm rebuild node --ignore-scripts=false',
    );
  writeFileSync(stamp, lock);
}

function works() {
  return existsSync(node) && spawnSync(node, ['--version']).status === 0;
}

function npm(argv) {
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  const done = cli
    ? spawnSync(process.execPath, [cli, ...argv], options)
    : spawnSync(windows ? 'npm.cmd' : 'npm', argv, { ...options, shell: windows });
  if (done.status !== 0)
    fail(`"npm ${argv.join(' ')}" failed; npm's own words are above. Is its registry reachable from here?`);
}

function hand(script, argv) {
  const bin = [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin')];
  const PATH = [...bin, process.env.PATH].join(windows ? ';' : ':');
  // The pinned Node asks for no flag; Ctrl-C reaches it itself, so this process only waits.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  import('node:child_process').then(({ spawn }) => {
    const child = spawn(node, [script, ...argv], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH },
    });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
