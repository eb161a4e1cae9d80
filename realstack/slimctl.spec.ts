import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { views } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { actions } from '../apps/gateway/src/actions/registry.ts';
import { readHelp, slimctlCommands, slimctlGlobals } from './slimctl-table.ts';

const table = Object.entries(slimctlCommands);
const guide = readFileSync(join(import.meta.dirname, '..', 'docs', 'guide', 'slimctl.md'), 'utf8').split(
  '\n',
);
/** What is written in brackets is no parameter. */
const fields = (takes: Readonly<Record<string, string>> = {}) =>
  Object.values(takes).filter((field) => !field.startsWith('('));

describe('for every command of slimctl', () => {
  it('there is a view or an action with all that it takes, or a reason why not', () => {
    const missing = table.flatMap(([command, one]) => {
      if ('not' in one) return one.not === '' ? [command] : [];
      if ('view' in one) {
        const known = views[one.view].input.fields.map(({ name }) => name);
        return fields(one.takes)
          .filter((field) => !known.includes(field))
          .map((field) => `${command}: ${field}`);
      }
      const action = actions.find(({ name }) => name === one.action);
      if (!action) return [`${command}: ${one.action}`];
      const known = Object.keys((action.inputSchema as { properties?: object }).properties ?? {});
      return fields(one.takes)
        .filter((field) => !known.includes(field))
        .map((field) => `${command}: ${field}`);
    });
    expect(table.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });

  it('the guide has a line', () => {
    const rows = guide.filter((line) => line.startsWith('| `slimctl '));
    const untold = table.filter(([command, one]) => {
      const own = rows.filter((row) => row.includes(`slimctl ${command}`) || row.includes(`, \`${command}`));
      const wanted = 'view' in one ? `view ${one.view}` : 'action' in one ? `plan ${one.action}` : one.not;
      return !own.some((row) => row.includes(wanted));
    });
    expect(untold.map(([command]) => command)).toEqual([]);
    const inputs = table.flatMap(([command, one]) =>
      'action' in one ? fields(one.takes).map((field) => [command, field]) : [],
    );
    expect(inputs.filter(([, field]) => !guide.some((line) => line.includes(`\`${field}\``)))).toEqual([]);
    const asked = guide.flatMap((line) => [...line.matchAll(/muster view ([\w-]+)((?: -p \S+?=\S+)+)/gu)]);
    const wrong = asked.flatMap(([, view = '', params = '']) => {
      const known = views[view as keyof typeof views]?.input.fields.map(({ name }) => name) ?? [];
      return [...params.matchAll(/-p (\w+)/gu)].flatMap(([, name = '']) =>
        known.includes(name) ? [] : [`${view} ${name}`],
      );
    });
    expect(asked.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
    const options = Object.keys(slimctlGlobals).filter(
      (one) => !guide.some((line) => line.includes(`\`${one}\``)),
    );
    expect(options).toEqual([]);
  });
});

it('reads the help of a command', () => {
  const help = `Does something

Usage: slimctl x [OPTIONS] <NAME>

Commands:
  list  List [alias: ls]
  help  Print this message

Arguments:
  <NAME>  Its name, as --all has it

Options:
  -a, --all
          Show all (including --none)
      --ttl-seconds <SECONDS>  How long
  -h, --help                   Print help

Global Options:
      --server <SERVER>
          Where
`;
  expect(readHelp(help)).toEqual({
    commands: ['list'],
    takes: ['--all', '--ttl-seconds', '<NAME>'],
    globals: ['--server'],
  });
});
