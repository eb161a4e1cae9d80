import { beforeAll, expect, it } from 'vitest';
import { ownBytes, toHex } from '../bytes.ts';
import { readDer } from '../der.ts';
import { judge } from '../judge.ts';
import { kinds } from '../judge-types.ts';
import { fuzz, type FuzzSeed } from './fuzz.ts';
import { makeSeeds } from './fuzz-seeds.ts';

let seeds: readonly FuzzSeed[];
beforeAll(async () => {
  seeds = await makeSeeds();
});

it('starts from a valid document of every kind', async () => {
  const valid = new Set<string>();
  for (const { input } of seeds) if ((await judge(input)).verdict === 'valid') valid.add(input.kind);
  expect([...valid].toSorted()).toEqual([...kinds].toSorted());
});

it('answers thousands of mutants, never throws and never takes a second', async () => {
  const report = await fuzz({ iterations: 4000, seed: 1, seeds });
  expect(report.defects).toEqual([]);
  expect(report.perKind.size).toBe(kinds.length);
}, 60_000);

it('never accepts a token or a leaf whose bytes were changed', async () => {
  const signed: readonly string[] = ['jwt-svid', 'wit-svid', 'x509-svid'];
  const chosen = seeds.filter(({ input }) => signed.includes(input.kind) && input.input[0] !== 0x2d);
  const originals = new Set(chosen.map(({ input }) => signedPart(input.input)));
  let accepted = 0;
  const strangers: string[] = [];
  await fuzz({
    iterations: 3000,
    seed: 2,
    seeds: chosen,
    onCase: ({ input, judgement }) => {
      if (judgement.verdict !== 'valid' || !signed.includes(input.kind)) return;
      accepted++;
      if (!originals.has(signedPart(input.input))) strangers.push(judgement.reason);
    },
  });
  expect(accepted).toBeGreaterThan(100);
  expect(strangers).toEqual([]);
}, 60_000);

/** The whole token, or the leaf: certificates after the leaf may go or be repeated without harm. */
function signedPart(input: Uint8Array): string {
  if (input[0] !== 0x30) return toHex(input);
  return toHex(readDer(ownBytes(input)).bytes);
}
