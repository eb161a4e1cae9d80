import { parseArgs } from 'node:util';
import { toJson } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { ActionService, ListActionsResponseSchema } from '@muster/api';
import { exit, type ExitCode } from '../exit.ts';
import { printJson, writeLine } from '../io.ts';
import { withSession } from '../session.ts';
import { table } from '../table.ts';

export const help = `Usage: muster actions [--json]

Lists the actions of the running gateway, for "muster plan ACTION". With --json each comes with the JSON Schema
of its input.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
  const response = await withSession(({ transport, signal }) =>
    createClient(ActionService, transport).listActions({}, { signal }),
  );
  if (values.json === true)
    await printJson(toJson(ListActionsResponseSchema, response, { alwaysEmitImplicit: true }));
  else
    await writeLine(
      table(
        ['action', 'what it does', 'role', 'undone by'],
        response.actions.map(({ name, title, role, inverse }) => [name, title, role, inverse]),
      ),
    );
  return exit.done;
}
