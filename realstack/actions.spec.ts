import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { actions } from '../apps/gateway/src/actions/registry.ts';

it('drives every action there is against the real servers, in some spec', () => {
  const folder = join(import.meta.dirname, 'real');
  const text = readdirSync(folder)
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  expect(actions.length).toBeGreaterThan(20);
  expect(actions.map(({ name }) => name).filter((name) => !text.includes(`'${name}'`))).toEqual([]);
});
