import { Buffer } from 'node:buffer';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JudgeInput } from '../packages/domain/src/judge-types.ts';
import { fuzz } from '../packages/domain/src/testing/fuzz.ts';
import { makeSeeds } from '../packages/domain/src/testing/fuzz-seeds.ts';
import { Coverage } from './fuzz/coverage.ts';

const MIB = 1024 * 1024;

/**
 * The rule sheet under mutated documents: every one is to be answered, none above a second of processor time. Guided
 * by what code they reach. `--minutes M` (else 100,000 mutants), `--seed N`, `--strict` to exit with 1 on a defect.
 */
export async function fuzzing(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, strict: { type: 'boolean' } },
    strict: false,
  });
  const minutes = Number(values.minutes ?? Number.NaN);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const began = performance.now();
  const coverage = new Coverage('/packages/domain/src/');
  const memory = new Memory();
  const report = await fuzz({
    iterations: Number.isNaN(minutes) ? 100_000 : Number.POSITIVE_INFINITY,
    seed,
    seeds: await makeSeeds(),
    clock: processorTime,
    until: () => performance.now() - began > minutes * 60_000,
    guide: (remember) => coverage.anythingNew(remember),
    onCase: ({ iteration }) => memory.look(iteration),
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const verdicts = [...report.verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const kinds = [...report.perKind].map(([kind, count]) => `${kind} ${count}`).join(', ');
  console.log(
    `fuzz      seed ${seed}: ${report.iterations} mutants in ${seconds} s (${(processorTime() / 1000).toFixed(0)} s of processor time), ${verdicts}, slowest ${report.slowest.toFixed(0)} ms of it, ${report.defects.length} defects
          by kind: ${kinds}
          ${report.kept} mutants kept for reaching something new, ${report.outcomes} different outcomes, ${coverage.reached} functions and blocks
          memory: ${memory.summary()}`,
  );
  for (const defect of report.defects) console.log(`          ${defect}`);
  if (report.culprits.length > 0) console.log(`          the documents: ${save(report.culprits)}`);
  if (values.strict === true && report.defects.length > 0) process.exitCode = 1;
}

/** Milliseconds that the processors worked for this process, whatever else the machine does. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Heap in use, looked at now and then; what grows without end shows between the first half and the second. */
class Memory {
  readonly #seen: number[] = [];

  look(iteration: number): void {
    if (iteration % 2000 === 0) this.#seen.push(process.memoryUsage().heapUsed);
  }

  summary(): string {
    const half = Math.ceil(this.#seen.length / 2);
    const most = (values: readonly number[]) => Math.round(Math.max(0, ...values) / MIB);
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    return `heap at most ${most(this.#seen.slice(0, half))} MiB in the first half, ${most(this.#seen.slice(half))} MiB in the second; process at most ${peak} MiB`;
  }
}

/** Documents that made defects, as requests of `muster verify --jsonl`. */
function save(culprits: readonly JudgeInput[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'muster-fuzz-')), 'defects.jsonl');
  const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('base64');
  const lines = culprits.map(({ kind, input, key, previous, bundles, trustDomain, audience, at }, index) =>
    JSON.stringify({
      id: String(index),
      kind,
      input_b64: text(input),
      key_b64: text(key),
      previous_b64: text(previous),
      bundles: Object.fromEntries([...bundles].map(([name, bytes]) => [name, text(bytes)])),
      trust_domain: trustDomain,
      audience,
      evaluation_time: at.toISOString(),
    }),
  );
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
