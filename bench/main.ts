import { fuzzing } from './fuzz.ts';
import { oracle } from './oracle.ts';
import { signing } from './signing.ts';

// Each prints figures, against a baseline of the same run where there is one; none passes or fails.
const benches = { signing, oracle, fuzz: fuzzing };

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches))
  if (asked.length === 0 || asked.includes(name)) await bench();
