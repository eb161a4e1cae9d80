import { fuzzing } from './fuzz.ts';
import { inventory } from './inventory/index.ts';
import { inventoryReal } from './inventory/real.ts';
import { oracle } from './oracle.ts';
import { signing } from './signing.ts';
import { ui } from './ui/index.ts';

// Each prints figures, against a baseline of the same run where there is one; none passes or fails.
const benches = { signing, oracle, fuzz: fuzzing, inventory, ui };
/** Needs the programs of the real stack. */
const whenAsked = { 'inventory-real': inventoryReal };

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches))
  if (asked.length === 0 || asked.includes(name)) await bench();
for (const [name, bench] of Object.entries(whenAsked)) if (asked.includes(name)) await bench();
