import { parseArgs } from 'node:util';
import { views } from '@muster/api';
import { exit, type ExitCode } from '../exit.ts';
import { printJson, writeLine } from '../io.ts';
import { paramNames } from '../params.ts';
import { table } from '../table.ts';

export const help = `Usage: muster views [--json]

Lists the views and the parameters of each, for "muster view NAME --param k=v".`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
  const rows = Object.entries(views).map(([name, method]) => ({ name, params: paramNames(method.input) }));
  if (values.json === true) await printJson({ views: rows });
  else
    await writeLine(
      table(
        ['view', 'parameters'],
        rows.map(({ name, params }) => [name, params.join(' ')]),
      ),
    );
  return exit.done;
}
