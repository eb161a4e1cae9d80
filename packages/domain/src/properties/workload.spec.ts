import { describe, expect, it } from 'vitest';
import { judge } from '../judge.ts';
import { randomNumbers } from '../testing/fuzz-random.ts';
import { holds } from '../testing/properties/property.ts';
import { sameChain, withoutField, workloadProperties } from '../testing/properties/workload.ts';

describe('an X509SVIDResponse that holds, changed in one respect, fails by the clause of it and no other', () => {
  for (const property of workloadProperties) it(`${property.id}: ${property.change}`, () => holds(property));

  it('W-05: a mandatory field that is empty fails, beside the row of what is missing', async () => {
    for (const name of ['spiffeId', 'svid', 'key', 'bundle'] as const) {
      const judgement = await judge(await withoutField(randomNumbers(1), name));
      expect(judgement.verdict, name).not.toBe('valid');
      expect(judgement.fails, name).toContain('W-05');
    }
  });

  it('judges the chain as it would the document alone', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const [document, response] = await Promise.all((await sameChain(randomNumbers(seed))).map(judge));
      expect(document?.verdict).toBe('valid');
      expect([response?.verdict, response?.fails, response?.warns]).toEqual([
        document?.verdict,
        document?.fails,
        document?.warns,
      ]);
    }
  });
});
