import { readFileSync } from 'node:fs';
import { errorText, loadBindings } from '@muster/practice/slim/bindings';
import { startMember } from '@muster/practice/slim/member';

// A program of its own on the real node: joins what it is invited to and answers what is said there.
const [endpoint = '', secretFile = '', name = ''] = process.argv.slice(2);
try {
  await startMember(await loadBindings(), {
    name,
    endpoint,
    sharedSecret: readFileSync(secretFile, 'utf8').trim(),
    pace: { minMs: 60_000, maxMs: 90_000 },
    isColleague: () => false,
  });
  process.stdout.write('ready\n');
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}
