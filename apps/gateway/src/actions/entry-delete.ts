import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import { deleteCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import { managedWarning } from '../views/owner.ts';
import type { Action, ActionContext } from './action.ts';
import { allFields } from './entry-diff.ts';
import { findHolder } from './entry-holder.ts';
import { toInput } from './entry-input.ts';
import { change, count, done, failed, refused, skipped } from './results.ts';
import { bindTarget, checkTarget, drift, named, readEntries } from './spire-target.ts';

interface Input {
  connection?: string;
  ids: string[];
}

const shownCommands = 20;

export const entryDelete: Action<Input> = {
  name: 'entry.delete',
  title: 'Delete registration entries',
  role: 'operator',
  inverse: 'entry.create',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['ids'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      ids: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: { type: 'string', minLength: 1, maxLength: 255 },
      },
    },
  },

  async plan({ connection: name, ids: given }, context) {
    const ids = [...new Set(given)];
    const connection = await findHolder(context, name, ids);
    const target = await bindTarget(connection);
    const found = await readEntries(connection, ids).catch((error: unknown) => {
      throw refuse('Reading the entries', target.connection, error);
    });
    const missing = ids.filter((_id, index) => !found[index]);
    if (missing.length > 0) {
      throw new ConnectError(
        `ids: ${target.connection} has no registration entry ${named(missing)}. Deleted already?`,
        Code.NotFound,
      );
    }
    const rows = found.filter((row) => row !== undefined);
    return {
      title: `Delete ${count(rows.length, 'entry', 'entries')}`,
      target,
      changes: rows.map((row) =>
        change('delete', 'registration entry', row.spiffeId, target.connection, allFields(row, 'before')),
      ),
      effects: [
        'Agents stop renewing these SVIDs at their next sync, usually within 10 seconds. SVIDs already issued stay valid until they expire.',
      ],
      warnings: [
        ...ownerWarnings(connection, rows),
        ...(await childWarnings(context, target.connection, rows)),
      ],
      commands: rows.slice(0, shownCommands).map((row) => deleteCommand(connection.config.address, row.id)),
      destructive: true,
      ...(rows.some(({ admin, downstream }) => admin || downstream)
        ? { role: 'administrator' as const }
        : {}),
      before: rows,
      check: async () => {
        const moved = await checkTarget(connection, target);
        if (moved !== '') return moved;
        const now = await readEntries(connection, ids);
        return rows.map((row, index) => drift(row, now[index])).find((reason) => reason !== '') ?? '';
      },
      apply: () => remove(context, connection, rows),
      inverseInput: (results): JsonObject | undefined => {
        const gone = rows.filter((_row, index) => results[index]?.outcome === ItemOutcome.DONE);
        return gone.length === 0
          ? undefined
          : { connection: target.connection, entries: gone.map((row) => ({ ...toInput(row) }) as JsonValue) };
      },
    };
  },
};

/** Once for all: who keeps them makes them again. */
function ownerWarnings(connection: SpireConnection, rows: readonly EntryRow[]): Warning[] {
  const managed = rows.flatMap((row) => managedWarning(row, connection) ?? []);
  const [first] = managed;
  if (!first || managed.length === 1) return managed;
  return [{ ...first, text: `${managed.length} of these entries are managed; the first: ${first.text}` }];
}

async function childWarnings(
  context: ActionContext,
  connection: string,
  rows: readonly EntryRow[],
): Promise<Warning[]> {
  const out: Warning[] = [];
  for (const row of rows.slice(0, 100)) {
    const children = await context.inventory.store.childCount(connection, row.spiffeId);
    if (children > 0) {
      out.push(
        warn(
          'children',
          `${count(children, 'entry has', 'entries have')} ${row.spiffeId} as parent and may be served by nothing after this.`,
          Severity.DANGER,
        ),
      );
    }
    if (row.admin)
      out.push(
        warn(
          'admin',
          `${row.spiffeId} is an admin: whoever manages the server with it loses that.`,
          Severity.DANGER,
        ),
      );
  }
  return out;
}

async function* remove(
  context: ActionContext,
  connection: SpireConnection,
  rows: readonly EntryRow[],
): AsyncGenerator<ItemResult> {
  let at = 0;
  try {
    for await (const outcomes of connection.client.deleteEntries(rows.map(({ id }) => id))) {
      const gone = outcomes.filter(({ code }) => code === 0 || code === Code.NotFound).map(({ id }) => id);
      if (gone.length > 0) await context.inventory.drop(connection.link.name, gone);
      for (const { id, code, words } of outcomes) {
        const target = rows[at]?.spiffeId ?? '';
        at += 1;
        yield code === 0
          ? done(target, id)
          : refused(
              target,
              code === Code.NotFound ? 'It was deleted already.' : `The server says: ${serverWords(words)}`,
              id,
            );
      }
    }
  } catch (error) {
    for (const [index, row] of rows.slice(at).entries()) {
      const result = failed(row.spiffeId, error);
      yield index === 0 || result.outcome === ItemOutcome.UNKNOWN ? result : skipped(row.spiffeId);
    }
    void context.inventory.refresh(connection.link.name);
  }
}
