// Each prints figures, against a baseline of the same run where there is one; none passes or fails. Loaded when asked
// for, so that none measures what another brought along.
const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  signing: async () => (await import('./signing.ts')).signing(),
  oracle: async () => (await import('./oracle.ts')).oracle(),
  fuzz: async () => (await import('./fuzz.ts')).fuzzing(),
  inventory: async () => (await import('./inventory/index.ts')).inventory(),
  network: async () => (await import('./network/index.ts')).network(),
  drop: async () => (await import('./verify/drop.ts')).drop(),
  ui: async () => (await import('./ui/index.ts')).ui(),
  map: async () => (await import('./ui/map.ts')).map(),
};
/** Needs the programs of the real stack, or Go. */
const whenAsked: typeof benches = {
  verify: async () => (await import('./verify/index.ts')).verify(),
  invite: async () => (await import('./invite/index.ts')).invite(),
  messages: async () => (await import('./messages/index.ts')).messages(),
  'inventory-real': async () => (await import('./inventory/real.ts')).inventoryReal(),
};

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches))
  if (asked.length === 0 || asked.includes(name)) await bench();
for (const [name, bench] of Object.entries(whenAsked)) if (asked.includes(name)) await bench();
