import { run } from './cli.ts';
import { exit } from './exit.ts';

// `muster … | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done);
  throw error;
});

process.exitCode = await run(process.argv.slice(2));
