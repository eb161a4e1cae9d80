import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { clauses } from '../clauses.ts';
import { jwtBundleProperties, mapProperties, updateProperties } from '../testing/properties/bundle-sets.ts';
import { bundleProperties } from '../testing/properties/bundles.ts';
import { jwtProperties } from '../testing/properties/jwt.ts';
import { endpointProperties, spiffeIdProperties, urlProperties } from '../testing/properties/texts.ts';
import { UNSEEN } from '../testing/properties/unseen.ts';
import { witProperties } from '../testing/properties/wit.ts';
import { workloadProperties } from '../testing/properties/workload.ts';
import { keyProperties } from '../testing/properties/x509-key.ts';
import { leafProperties } from '../testing/properties/x509-leaf.ts';
import { pathProperties } from '../testing/properties/x509-path.ts';

/** Clauses that nothing can break in one respect; each has a test of its own in the spec named here. */
const BY_ITSELF: ReadonlyMap<string, string> = new Map([
  ['ID-17', 'text.spec.ts'],
  ['ID-18', 'text.spec.ts'],
  ['J-05', 'token.spec.ts'],
  ['T-11', 'token.spec.ts'],
  ['W-05', 'workload.spec.ts'],
]);

it('every clause has a property, a test by itself, or a reason why no document shows it', () => {
  const properties = [
    ...[...spiffeIdProperties, ...leafProperties, ...pathProperties, ...keyProperties, ...jwtProperties],
    ...[...witProperties, ...bundleProperties, ...updateProperties, ...mapProperties],
    ...[...jwtBundleProperties, ...urlProperties, ...endpointProperties, ...workloadProperties],
  ];
  const tested = new Set(properties.map(({ id }) => id));
  const places = clauses.map(({ id }) => [
    id,
    [tested.has(id), BY_ITSELF.has(id), UNSEEN.has(id)].filter(Boolean).length,
  ]);
  expect(places).toEqual(clauses.map(({ id }) => [id, 1]));
  const known = new Set(clauses.map(({ id }) => id));
  expect([...tested, ...BY_ITSELF.keys(), ...UNSEEN.keys()].filter((id) => !known.has(id))).toEqual([]);
});

it('each test by itself is there', () => {
  for (const [id, file] of BY_ITSELF)
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(`it('${id}: `);
});
