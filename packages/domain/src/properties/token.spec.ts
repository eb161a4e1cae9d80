import { describe, expect, it } from 'vitest';
import { judge } from '../judge.ts';
import { randomNumbers } from '../testing/fuzz-random.ts';
import { jwtProperties } from '../testing/properties/jwt.ts';
import { holds } from '../testing/properties/property.ts';
import { planToken, tokenInput } from '../testing/properties/token.ts';
import { witProperties } from '../testing/properties/wit.ts';

describe('a JWT-SVID that holds, changed in one respect, fails by the clause of it and no other', () => {
  for (const property of jwtProperties) it(`${property.id}: ${property.change}`, () => holds(property));

  it('J-05: the key id may be left out: every key of the trust domain is tried', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const plan = await planToken(randomNumbers(seed));
      const { kid: _kid, ...header } = plan.header;
      const judgement = await judge(await tokenInput({ ...plan, header }));
      expect([judgement.verdict, judgement.fails]).toEqual(['valid', []]);
    }
  });
});

describe('a WIT-SVID that holds, changed in one respect, fails by the clause of it and no other', () => {
  for (const property of witProperties) it(`${property.id}: ${property.change}`, () => holds(property));

  it('T-11: each is warned about, for the proof of possession is not in it', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const judgement = await judge(await tokenInput(await planToken(randomNumbers(seed), 'wit-svid')));
      expect([judgement.verdict, judgement.warns]).toEqual(['valid', ['T-11']]);
    }
  });
});
