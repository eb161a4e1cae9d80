import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '@muster/domain';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { help as compareHelp } from '../../apps/cli/src/commands/compare.ts';
import { help } from '../../apps/cli/src/commands/verify.ts';
import { isMeant } from '../../apps/cli/src/verify-set.ts';

const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const pipelines = textOf('pipelines.md');
const guide = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.md'))
  .map(textOf)
  .join('\n');
const optionsOf = (text: string) =>
  new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/gu)].map(([name]) => name));

it('the guide uses only options of muster verify and muster compare that there are', () => {
  const lines = guide
    .split('\n')
    .filter((line) => /muster(?:\.mjs)? (?:verify|compare) /u.test(line))
    // What stands behind a pipe or a program's own name is another program's.
    .map((line) => line.replace(/ \| .*/u, '').replace(/git clone.*|npm ci.*/u, ''));
  expect(lines.length).toBeGreaterThan(15);
  const known = new Set([...optionsOf(help), ...optionsOf(compareHelp)]);
  expect(lines.flatMap((line) => [...optionsOf(line)]).filter((name) => !known.has(name))).toEqual([]);
});

it('the guide explains every option and every kind of muster verify', () => {
  const other = new Set(['--key', '--previous']);
  expect([...optionsOf(help)].filter((name) => !other.has(name) && !pipelines.includes(name))).toEqual([]);
  expect(kinds.filter((kind) => !pipelines.includes(`\`${kind}\``))).toEqual([]);
});

it('the guide names the endings that are never passed over', () => {
  const [, list = ''] = /name of one \(([^)]+)\)/u.exec(pipelines) ?? [];
  const endings = [...list.matchAll(/`(\.\w+)`/gu)].map(([, ending = '']) => ending);
  expect(endings).toHaveLength(9);
  for (const ending of endings) expect(isMeant(`x${ending}`)).toBe(true);
});

it('the snippets for pipelines are YAML that runs muster verify', () => {
  const blocks = [...pipelines.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, text = '']) => text);
  expect(blocks).toHaveLength(2);
  for (const block of blocks)
    expect(JSON.stringify(parse(block))).toMatch(/muster\.mjs verify certs --(?:sarif|junit) --output/u);
});
