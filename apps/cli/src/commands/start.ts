import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import memory from '../../../../scripts/gateway-environment.json' with { type: 'json' };
import { exit, type ExitCode } from '../exit.ts';

export const help = `Usage: muster start [--no-open] [--port N] [--config F]

Starts the gateway, prints a sign-in link and opens a browser where there is one. Ctrl-C stops it.

  --no-open    do not open a browser
  --port N     listen there; 0 takes any free port
  --config F   the connections; without it muster.yaml of MUSTER_HOME, else the practice network`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  // Read here for the sake of `muster start --prot`; the gateway judges the values.
  parseArgs({
    args: [...args],
    options: { 'no-open': { type: 'boolean' }, port: { type: 'string' }, config: { type: 'string' } },
  });
  const entry = fileURLToPath(new URL('../../../gateway/src/main.ts', import.meta.url));
  // What was compiled is kept beside the sources: a gateway that need not compile holds no compiler, 30 MB.
  const compiled = fileURLToPath(new URL('../../../../node_modules/.cache/muster-gateway', import.meta.url));
  const env = { NODE_COMPILE_CACHE: compiled, ...memory, ...process.env };
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'inherit', env });
  // The gateway stops in its own time; leaving before it would leave it behind.
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? (signal === null ? 1 : 0)));
  });
  return code === 0 ? exit.done : exit.refused;
}
