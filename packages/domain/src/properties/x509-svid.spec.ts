import { describe, it } from 'vitest';
import { holds } from '../testing/properties/property.ts';
import { keyProperties } from '../testing/properties/x509-key.ts';
import { leafProperties } from '../testing/properties/x509-leaf.ts';
import { pathProperties } from '../testing/properties/x509-path.ts';

describe('a chain that holds, changed in one respect, fails by the clause of it and no other', () => {
  for (const property of [...leafProperties, ...pathProperties, ...keyProperties])
    it(`${property.id}: ${property.change}`, () => holds(property));
});
