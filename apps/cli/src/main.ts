import { keepCompiled } from './compile-cache.ts';
import { exit } from './exit.ts';

// `muster … | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done);
  throw error;
});

// Before anything else is loaded, or it would not be kept.
keepCompiled();
const { run } = await import('./cli.ts');
process.exitCode = await run(process.argv.slice(2));
