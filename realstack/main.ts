import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { defaultRunDir } from './paths.ts';
import { startStack } from './start.ts';
import { statusLines, summaryLines } from './status.ts';
import { stopStack } from './stop.ts';

const USAGE = `usage: realstack build                the programs, into the cache (long, once a version)
       realstack start [--dir D]      the stack; builds first what is missing
       realstack stop [--dir D]       what start started, and its directory
       realstack status [--dir D]     what runs
Without --dir: ${defaultRunDir()}`;

const say = (line: string): void => console.log(line);

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { dir: { type: 'string', default: defaultRunDir() }, help: { type: 'boolean', short: 'h' } },
  });
  const [command, ...rest] = positionals;
  if (values.help || rest.length > 0) {
    say(USAGE);
    return values.help ? 0 : 2;
  }
  switch (command) {
    case 'build':
      await build(say);
      return 0;
    case 'start': {
      await build(say);
      const began = performance.now();
      const interrupt = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.once(name, () =>
          interrupt.abort(new Error(`interrupted by ${name}; what was started has been ended`)),
        );
      }
      const state = await startStack({ dir: values.dir, say, signal: interrupt.signal });
      for (const line of summaryLines(state)) say(line);
      say(`up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      return 0;
    }
    case 'stop':
      say((await stopStack(values.dir)) ? 'stopped' : `nothing was started in ${values.dir}`);
      return 0;
    case 'status':
      for (const line of statusLines(values.dir)) say(line);
      return 0;
    default:
      say(USAGE);
      return 2;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`realstack: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
