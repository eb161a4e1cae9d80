import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import { updateCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields, EntryRow } from '../upstream/spire/rows.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { diff, pick } from './entry-diff.ts';
import { checkFederation, planWarnings, similarEntries, similarWarning } from './entry-checks.ts';
import { entryProperties, parseFields, partInput } from './entry-input.ts';
import type { EntryInput } from './entry-input.ts';
import { findHolder } from './entry-holder.ts';
import { powerOf } from './entry-power.ts';
import { managedWarning } from '../views/owner.ts';
import { change, done, failed, refused } from './results.ts';
import { bindTarget, checkTarget, drift } from './spire-target.ts';

interface Input {
  connection?: string;
  id: string;
  set: Partial<EntryInput>;
}

export const entryUpdate: Action<Input> = {
  name: 'entry.update',
  title: 'Change a registration entry',
  role: 'operator',
  inverse: 'entry.update',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'set'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      id: { type: 'string', minLength: 1, maxLength: 255 },
      set: { type: 'object', additionalProperties: false, minProperties: 1, properties: entryProperties },
    },
  },

  async plan({ connection: name, id, set }, context) {
    const connection = await findHolder(context, name, [id]);
    const target = await bindTarget(connection);
    let before: EntryRow | undefined;
    try {
      before = await connection.client.entry(id);
    } catch (error) {
      throw refuse('Reading the entry', target.connection, error);
    }
    if (!before)
      throw new ConnectError(
        `id: ${target.connection} has no registration entry ${id}. It may have been deleted.`,
        Code.NotFound,
      );
    const fields = parseFields(set, 'set', target.trustDomain);
    const after: EntryRow = { ...before, ...fields };
    const { keys, changes } = diff(before, after);
    if (keys.length === 0) throw badInput('set', 'the entry is like this already; nothing would change.');
    const sent = pick(after, keys);
    const warnings = [];
    const power = await powerOf(context, connection, [after], [before]);
    warnings.push(...power.warnings);
    try {
      await checkFederation(connection, target.trustDomain, [{ at: 'set', names: sent.federatesWith ?? [] }]);
      const owner = managedWarning(before, connection);
      if (owner) warnings.push(owner);
      warnings.push(...(await planWarnings(context, connection, after, '')));
      const similar = (await similarEntries(connection, after)).filter((row) => row.id !== id);
      // An update is not checked by the server: two equal entries would stand side by side.
      if (similar.length > 0)
        warnings.push(similarWarning('', similar, 'The server does not refuse this: there will be two.'));
    } catch (error) {
      throw refuse('Planning', target.connection, error);
    }
    return {
      title: 'Change 1 entry',
      target,
      changes: [change('update', 'registration entry', after.spiffeId, target.connection, changes)],
      effects: [
        'SVIDs of this entry are issued anew at the agents’ next sync, usually within 10 seconds; those issued before stay valid until they expire.',
      ],
      warnings,
      commands: [updateCommand(connection.config.address, id, after)],
      destructive: false,
      ...power.role,
      before,
      check: async () =>
        (await checkTarget(connection, target)) || drift(before, await connection.client.entry(id)),
      apply: () => update(context, connection, id, after.spiffeId, sent),
      inverseInput: (results): JsonObject | undefined => {
        if (results[0]?.outcome !== ItemOutcome.DONE) return undefined;
        return { connection: target.connection, id, set: { ...partInput(before, keys) } as JsonObject };
      },
    };
  },
};

async function* update(
  context: ActionContext,
  connection: SpireConnection,
  id: string,
  target: string,
  fields: Partial<EntryFields>,
): AsyncGenerator<ItemResult> {
  try {
    const outcome = await connection.client.updateEntry(id, fields);
    if (!outcome.ok) {
      yield refused(target, `The server says: ${serverWords(outcome.words)}`);
      return;
    }
    await context.inventory.put(connection.link.name, [outcome.entry]);
    yield done(target, id);
  } catch (error) {
    yield failed(target, error);
    void context.inventory.refresh(connection.link.name);
  }
}
