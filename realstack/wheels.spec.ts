import { expect, it } from 'vitest';
import { readVersions } from './versions.ts';
import { requirement } from './wheels.ts';

it.each(Object.entries(readVersions().wheels.cores))(
  'SLIM %s for Python is bound to files by their SHA-256',
  (core, version) => {
    const [named, ...hashes] = requirement(core).trimEnd().split(' ');
    expect(named).toBe(`slim-bindings==${version}`);
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(hash).toMatch(/^--hash=sha256:[0-9a-f]{64}$/u);
  },
);

it('is nothing that versions.json does not name', () => {
  expect(() => requirement('9.9.9')).toThrow('names no file of slim-bindings for SLIM 9.9.9');
});
