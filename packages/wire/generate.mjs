// Generates src/gen from proto/, one folder a family. Needs no network.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const families = [
  'spire',
  'workload',
  'health',
  'slim/a',
  'slim/b',
  'slim/e',
  'slim/h',
  'slim/node',
  'channelmanager/cm2',
  'channelmanager/cm3',
];

/** Every node_modules/.bin from here upwards, so that buf and its plugin are found however this is started. */
function binFolders() {
  const found = [];
  for (let folder = here; ; folder = dirname(folder)) {
    const bin = join(folder, 'node_modules', '.bin');
    if (existsSync(bin)) found.push(bin);
    if (dirname(folder) === folder) return found;
  }
}

const env = {
  ...process.env,
  PATH: [...binFolders(), dirname(process.execPath), process.env.PATH].join(delimiter),
};
const generated = join(here, 'src', 'gen');
rmSync(generated, { recursive: true, force: true });

for (const family of families) {
  const { status, error } = spawnSync(
    'buf',
    ['generate', join('proto', family), '--template', 'buf.gen.yaml', '-o', join(generated, family)],
    { cwd: here, env, stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
