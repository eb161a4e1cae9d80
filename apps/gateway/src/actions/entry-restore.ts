import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import { deleteCommand, updateCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields, EntryRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { badInput } from './action.ts';
import { allFields, diff, pick } from './entry-diff.ts';
import { entryProperties, parseFields, partInput, toInput } from './entry-input.ts';
import type { EntryInput } from './entry-input.ts';
import { powerOf } from './entry-power.ts';
import { change, count, done, failed, refused } from './results.ts';
import { bindTarget, checkTarget, drift, readEntries, spireConnection } from './spire-target.ts';

interface Input {
  connection: string;
  delete?: string[];
  restore?: { id: string; set: Partial<EntryInput> }[];
}

interface Restored {
  before: EntryRow;
  after: EntryRow;
  sent: Partial<EntryFields>;
  keys: (keyof EntryFields)[];
}

const listed = 2000;
const shownCommands = 10;
const batchRows = 200;
const id = { type: 'string', minLength: 1, maxLength: 255 };

/** Takes an import back in one plan: deletes what it made, and puts back what it changed. */
export const entryRestore: Action<Input> = {
  name: 'entry.restore',
  title: 'Take an import back',
  role: 'operator',
  inverse: 'entry.import',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['connection'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      delete: { type: 'array', maxItems: 20_000, items: id },
      restore: {
        type: 'array',
        maxItems: 20_000,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['id', 'set'],
          properties: {
            id,
            set: {
              type: 'object',
              additionalProperties: false,
              minProperties: 1,
              properties: entryProperties,
            },
          },
        },
      },
    },
  },

  async plan({ connection: name, delete: doomed = [], restore = [] }, context) {
    const connection = spireConnection(context, name, undefined);
    const target = await bindTarget(connection);
    const ids = [...new Set(doomed)];
    const read = (some: readonly string[]) =>
      readEntries(connection, some).catch((error: unknown) => {
        throw refuse('Reading the entries', target.connection, error);
      });
    const gone = (await read(ids)).filter((row) => row !== undefined);
    const present = await read(restore.map((one) => one.id));
    const back: Restored[] = [];
    restore.forEach(({ set }, index) => {
      const before = present[index];
      if (!before) return;
      const after: EntryRow = { ...before, ...parseFields(set, `restore[${index}].set`, target.trustDomain) };
      const { keys } = diff(before, after);
      if (keys.length > 0) back.push({ before, after, keys, sent: pick(after, keys) });
    });
    const missing = ids.length - gone.length + present.filter((row) => row === undefined).length;
    if (gone.length + back.length === 0)
      throw badInput(
        'input',
        'there is nothing to take back: the entries are gone, or as they were, already.',
      );
    const power = await powerOf(
      context,
      connection,
      back.map(({ after }) => after),
      [...gone, ...back.map(({ before }) => before)],
    );
    const counts = { delete: gone.length, update: back.length };
    return {
      title: [
        gone.length > 0 ? `Delete ${count(gone.length, 'entry', 'entries')}` : '',
        back.length > 0
          ? `${gone.length > 0 ? 'put' : 'Put'} ${count(back.length, 'entry', 'entries')} back`
          : '',
      ]
        .filter((one) => one !== '')
        .join(' and '),
      target,
      changes: [
        ...gone
          .slice(0, listed)
          .map((row) =>
            change('delete', 'registration entry', row.spiffeId, target.connection, allFields(row, 'before')),
          ),
        ...back
          .slice(0, Math.max(0, listed - gone.length))
          .map(({ before, after }) =>
            change(
              'update',
              'registration entry',
              after.spiffeId,
              target.connection,
              diff(before, after).changes,
            ),
          ),
      ],
      counts: new Map(Object.entries(counts).filter(([, number]) => number > 0)),
      effects: [
        ...(gone.length > 0
          ? [
              'Agents stop renewing the SVIDs of deleted entries at their next sync, usually within 10 seconds. SVIDs already issued stay valid until they expire.',
            ]
          : []),
        ...(back.length > 0 ? ['SVIDs of entries put back are issued anew at the agents’ next sync.'] : []),
      ],
      warnings: [
        ...power.warnings,
        ...(missing === 0
          ? []
          : [warn('gone', `${count(missing, 'entry is', 'entries are')} not there any more, and left out.`)]),
      ],
      commands: [
        ...gone.slice(0, shownCommands).map((row) => deleteCommand(connection.config.address, row.id)),
        ...back
          .slice(0, shownCommands)
          .map(({ before, after }) => updateCommand(connection.config.address, before.id, after)),
      ],
      destructive: gone.length > 0,
      ...power.role,
      before: [gone, back.map(({ before, sent }) => [before, sent])],
      check: async () => {
        const moved = await checkTarget(connection, target);
        if (moved !== '') return moved;
        const rows = [...gone, ...back.map(({ before }) => before)];
        const now = await readEntries(
          connection,
          rows.map((row) => row.id),
        );
        return rows.map((row, index) => drift(row, now[index])).find((reason) => reason !== '') ?? '';
      },
      apply: () => carryOut(context, connection, gone, back),
      inverseInput: (results): JsonObject | undefined => undo(target.connection, results, gone, back),
    };
  },
};

/** As a file: the deleted ones are made anew, under new IDs. */
function undo(
  connection: string,
  results: readonly ItemResult[],
  gone: readonly EntryRow[],
  back: readonly Restored[],
): JsonObject | undefined {
  const isDone = (at: number): boolean => results[at]?.outcome === ItemOutcome.DONE;
  const rows = [
    ...gone.filter((_row, index) => isDone(index)).map(toInput),
    ...back
      .filter((_row, index) => isDone(gone.length + index))
      .map(({ before, keys }) => ({ id: before.id, ...partInput(before, keys) })),
  ];
  return rows.length === 0 ? undefined : { connection, format: 'json', text: JSON.stringify(rows) };
}

async function* carryOut(
  context: ActionContext,
  connection: SpireConnection,
  gone: readonly EntryRow[],
  back: readonly Restored[],
): AsyncGenerator<ItemResult> {
  const { client } = connection;
  const { name } = connection.link;
  const names = [...gone, ...back.map(({ after }) => after)].map(({ spiffeId }) => spiffeId);
  let at = 0;
  try {
    for (let from = 0; from < gone.length; from += batchRows) {
      const ids = gone.slice(from, from + batchRows).map((row) => row.id);
      for await (const outcomes of client.deleteEntries(ids)) {
        const over = outcomes.filter(({ code }) => code === 0 || code === Code.NotFound);
        await context.inventory.drop(
          name,
          over.map((one) => one.id),
        );
        for (const { id: one, code, words } of outcomes) {
          const target = names[at] ?? '';
          at += 1;
          // Gone is what is wanted, whoever did it.
          yield code === 0 || code === Code.NotFound
            ? done(target, one)
            : refused(target, `The server says: ${serverWords(words)}`, one);
        }
      }
    }
    for (const { before, sent } of back) {
      const target = names[at] ?? '';
      const outcome = await client.updateEntry(before.id, sent);
      at += 1;
      if (outcome.ok) await context.inventory.put(name, [outcome.entry]);
      yield outcome.ok
        ? done(target, before.id)
        : refused(target, `The server says: ${serverWords(outcome.words)}`, before.id);
    }
  } catch (error) {
    for (const target of names.slice(at)) yield failed(target, error);
    void context.inventory.refresh(name);
  }
}
