import { describe, it } from 'vitest';
import { bundleProperties } from '../testing/properties/bundles.ts';
import { jwtBundleProperties, mapProperties, updateProperties } from '../testing/properties/bundle-sets.ts';
import { holds } from '../testing/properties/property.ts';

describe('a bundle that holds, changed in one respect, is told of by the clause of it and no other', () => {
  for (const property of bundleProperties) it(`${property.id}: ${property.change}`, () => holds(property));
});

describe('an update', () => {
  for (const property of updateProperties) it(`${property.id}: ${property.change}`, () => holds(property));
});

describe('bundles of several trust domains', () => {
  for (const property of [...mapProperties, ...jwtBundleProperties])
    it(`${property.id}: ${property.change}`, () => holds(property));
});
