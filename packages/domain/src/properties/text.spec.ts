import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../bytes.ts';
import { judge } from '../judge.ts';
import { equalSpiffeId, parseSpiffeId } from '../spiffe-id.ts';
import { NOW } from '../testing/certificates.ts';
import { holds } from '../testing/properties/property.ts';
import {
  endpointProperties,
  ODD_TRUST_DOMAINS,
  spiffeIdProperties,
  urlProperties,
} from '../testing/properties/texts.ts';

describe('a SPIFFE ID that holds, changed in one respect, fails by the clause of it and no other', () => {
  for (const property of spiffeIdProperties) it(`${property.id}: ${property.change}`, () => holds(property));

  it('ID-17: names like an address, or that the DNS would not have, are good ones', async () => {
    for (const name of ODD_TRUST_DOMAINS) {
      const input = utf8Encode(`spiffe://${name}/web`);
      const { verdict, fails, warns } = await judge({
        kind: 'spiffe-id',
        input,
        bundles: new Map(),
        at: NOW,
      });
      expect([name, verdict, fails, warns]).toEqual([name, 'valid', [], []]);
    }
  });
});

it('ID-18: scheme and trust domain are compared in lower case, the path as it is', () => {
  const id = (text: string) => {
    const parsed = parseSpiffeId(text);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  };
  expect(equalSpiffeId(id('SPIFFE://example.org/Web'), id('spiffe://example.org/Web'))).toBe(true);
  expect(equalSpiffeId(id('spiffe://example.org/Web'), id('spiffe://example.org/web'))).toBe(false);
  expect(equalSpiffeId(id('spiffe://example.org/web'), id('spiffe://example.org/web/x'))).toBe(false);
  // A trust domain in upper case is refused (ID-07), so that no two spellings of one are ever accepted.
  expect(parseSpiffeId('spiffe://Example.org/web').ok).toBe(false);
});

describe('a bundle endpoint URL', () => {
  for (const property of urlProperties) it(`${property.id}: ${property.change}`, () => holds(property));
});

describe('the address of a Workload API', () => {
  for (const property of endpointProperties) it(`${property.id}: ${property.change}`, () => holds(property));
});
