import { execFile } from 'node:child_process';
import { verify as verifySignature } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCryptography } from '../../apps/cli/src/node-cryptography.ts';
import { judge, useCryptography } from '../../packages/domain/src/index.ts';
import { buildGoSpiffe } from '../../realstack/go-spiffe.ts';
import { median } from '../stats.ts';
import { type Cases, makeCases, requestOf } from './cases.ts';

const DOCUMENTS = 300;
const ROUNDS = 7;
/** Of each contender in each round. */
const SECONDS = 0.7;

/**
 * Verdicts a second on one core, beside go-spiffe and beside the signature checks alone, in turn so that a slow moment
 * of the machine hits all. What is measured is processor time of the whole process, collector and compiler included.
 */
export async function verify(): Promise<void> {
  const program = await buildGoSpiffe((line) => console.log(`verify    ${line}`));
  useCryptography(nodeCryptography);
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-verify-'));
  try {
    for (const cases of await makeCases(DOCUMENTS)) await compare(cases, program, folder);
    await bothCores(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Contender {
  readonly name: string;
  /** Microseconds of processor time for one document. */
  readonly run: () => Promise<number>;
}

async function compare(cases: Cases, program: string, folder: string): Promise<void> {
  const { title, inputs, signatures } = cases;
  const lines = inputs.map(requestOf);
  const file = join(folder, 'requests.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const byGo = inputs[0]?.kind !== 'wit-svid';
  const rows: readonly Contender[] = [
    { name: 'Muster, whole rule sheet', run: () => timed(inputs.length, () => judgeAll(cases, false)) },
    {
      name: 'Muster, with every fact for display',
      run: () => timed(inputs.length, () => judgeAll(cases, true)),
    },
    ...(byGo ? [{ name: 'go-spiffe', run: () => goSpiffe(program, file) }] : []),
    {
      name: `${signatures[0]?.length ?? 0} bare ES256 check(s), node:crypto`,
      run: () => timed(inputs.length, () => Promise.resolve(checkAll(cases))),
    },
  ];
  // Until the compiler has settled, nobody is measured.
  for (const { run } of rows) await run();
  const times = new Map<string, number[]>(rows.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, run } of rows) times.get(name)?.push(await run());
  const [ours] = rows;
  console.log(`verify    ${title}: ${DOCUMENTS} documents, no two alike; medians of ${ROUNDS} rounds`);
  for (const { name } of rows) {
    const own = times.get(name) ?? [];
    const first = times.get(ours?.name ?? '') ?? [];
    const ratio = median(own.map((time, round) => time / (first[round] ?? Number.NaN)));
    const shown = name === ours?.name ? '' : `, Muster’s rate is ${ratio.toFixed(2)} × this`;
    console.log(
      `          ${Math.round(1e6 / median(own)).toLocaleString('en')} a second (${median(own).toFixed(0)} µs) ${name}${shown}`,
    );
  }
}

async function timed(documents: number, all: () => Promise<void>): Promise<number> {
  const began = processorTime();
  let done = 0;
  do {
    await all();
    done += documents;
  } while (processorTime() - began < SECONDS * 1e6);
  return (processorTime() - began) / done;
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function judgeAll({ inputs }: Cases, decode: boolean): Promise<void> {
  for (const input of inputs) {
    const { verdict, reason } = await judge({ ...input, decode });
    if (verdict !== 'valid') throw new Error(`The bench made a document that is ${verdict}: ${reason}`);
  }
}

function checkAll({ signatures }: Cases): void {
  for (const parts of signatures) {
    for (const { key, data, signature, encoding } of parts) {
      if (!verifySignature('sha256', data, { key, dsaEncoding: encoding }, signature))
        throw new Error('The bench made a signature that is bad.');
    }
  }
}

/** Its own account of its processor time. */
async function goSpiffe(program: string, file: string): Promise<number> {
  const out = await run(program, ['bench', String(SECONDS)], file);
  const figures = JSON.parse(out) as { verdicts: number; valid: number; cpu_seconds: number };
  if (figures.valid !== figures.verdicts) throw new Error('go-spiffe refuses a document of the bench.');
  return (figures.cpu_seconds * 1e6) / figures.verdicts;
}

function run(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(readFileSync(input));
  });
}

/** `muster verify --jsonl` as a whole process on every core, against go-spiffe on one, by the clock on the wall. */
async function bothCores(folder: string): Promise<void> {
  const main = join(import.meta.dirname, '../../apps/cli/src/main.ts');
  const program = await buildGoSpiffe(() => {});
  for (const cases of await makeCases(DOCUMENTS)) {
    if (cases.inputs[0]?.kind === 'wit-svid') continue;
    const file = join(folder, 'stream.jsonl');
    const lines = cases.inputs.map(requestOf);
    // Long enough that starting three threads of JavaScript is not what is measured.
    const count = 200_000;
    writeFileSync(
      file,
      `${Array.from({ length: count }, (_, index) => lines[index % lines.length] ?? '').join('\n')}\n`,
    );
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = performance.now();
      const answers = await run(process.execPath, [main, 'verify', '--jsonl', '-'], file);
      const rate = (count * 1000) / (performance.now() - began);
      if (answers.split('"verdict":"valid"').length !== count + 1)
        throw new Error('The bench made a document that is refused.');
      const figures = JSON.parse(await run(program, ['bench', '2'], writeOne(folder, lines))) as {
        verdicts: number;
        wall_seconds: number;
      };
      rates.push(rate);
      ratios.push(rate / (figures.verdicts / figures.wall_seconds));
    }
    console.log(
      `verify    ${cases.title}: muster verify --jsonl, ${count.toLocaleString('en')} lines on ${availableParallelism()} cores, start to end: ${Math.round(median(rates)).toLocaleString('en')} a second, ${median(ratios).toFixed(2)} × go-spiffe on one core`,
    );
  }
}

function writeOne(folder: string, lines: readonly string[]): string {
  const file = join(folder, 'requests.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
