import { fuzz } from '../packages/domain/src/testing/fuzz.ts';
import { makeSeeds } from '../packages/domain/src/testing/fuzz-seeds.ts';

/** The rule sheet under 100,000 mutated documents: every one is to be answered, none above a second. */
export async function fuzzing(): Promise<void> {
  const seed = Date.now() % 1_000_000;
  const began = performance.now();
  const report = await fuzz({ iterations: 100_000, seed, seeds: await makeSeeds() });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const verdicts = [...report.verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  console.log(
    `fuzz      seed ${seed}: ${report.iterations} mutants in ${seconds} s, ${verdicts}, slowest ${report.slowest.toFixed(0)} ms, ${report.defects.length} defects`,
  );
  for (const defect of report.defects) console.log(`          ${defect}`);
}
