import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GeneratorKind, GeneratorService } from '@muster/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRealConsole, type RealConsole } from './console.ts';

const execute = promisify(execFile);
let real: RealConsole;
let folder: string;

beforeAll(async () => {
  real = await openRealConsole();
  folder = mkdtempSync(join(tmpdir(), 'muster-generated-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await real.close();
});

async function generate(kind: GeneratorKind, options: { [name: string]: string } = {}) {
  const { files } = await real.client(GeneratorService).generate({ kind, connection: 'org-a', options });
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  return files.map(({ name }) => name);
}

it('spire-server accepts the federation block inside of a server’s own configuration', async () => {
  await generate(GeneratorKind.SERVER_FEDERATION, { peer: 'org-b.test' });
  const block = readFileSync(join(folder, 'federation.conf'), 'utf8');
  const conf = `server {
    trust_domain = "org-a.test"
    data_dir = "${folder}"
    ${block}
}
plugins {
    DataStore "sql" { plugin_data { database_type = "sqlite3" connection_string = "${folder}/x.sqlite3" } }
    KeyManager "memory" { plugin_data {} }
    NodeAttestor "join_token" { plugin_data {} }
}
`;
  const file = join(folder, 'server.conf');
  writeFileSync(file, conf);
  const { stdout } = await execute(real.stack.binaries.spireServer, ['validate', '-config', file]);
  expect(stdout).toMatch(/valid/iu);
  // A positive answer means nothing where a broken block gets one too.
  writeFileSync(
    file,
    conf.replace('bundle_endpoint_profile "https_spiffe"', 'bundle_endpoint_profile "https_nothing"'),
  );
  await expect(execute(real.stack.binaries.spireServer, ['validate', '-config', file])).rejects.toThrow();
});

it('spire-agent accepts agent.conf with the bundle beside it', async () => {
  const files = await generate(GeneratorKind.AGENT_CONF, {
    data_dir: folder,
    conf_dir: folder,
    socket_path: join(folder, 'public', 'api.sock'),
  });
  expect(files).toEqual(['agent.conf', 'bootstrap.pem']);
  const file = join(folder, 'agent.conf');
  const { stdout } = await execute(real.stack.binaries.spireAgent, ['validate', '-config', file]);
  expect(stdout).toMatch(/valid/iu);
  writeFileSync(file, readFileSync(file, 'utf8').replace('server_port = "8081"', 'server_port = "port"'));
  await expect(execute(real.stack.binaries.spireAgent, ['validate', '-config', file])).rejects.toThrow();
});
