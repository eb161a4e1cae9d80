import { vi } from 'vitest';
import { run } from '../cli.ts';
import type { Outcome } from './muster.ts';

/** Runs a command line in this process: the same code without the start of a Node for each case. */
export async function inProcess(args: readonly string[], home = '/nonexistent'): Promise<Outcome> {
  let [out, err] = ['', ''];
  vi.stubEnv('MUSTER_HOME', home);
  vi.stubEnv('CI', '1');
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text: string) => void (out += `${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text: string) => void (err += `${text}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    }),
  ];
  try {
    return { code: await run(args), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
