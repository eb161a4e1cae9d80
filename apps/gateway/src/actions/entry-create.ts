import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import { createCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields } from '../upstream/spire/rows.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext, Planned, Target } from './action.ts';
import { allFields } from './entry-diff.ts';
import { checkFederation, planWarnings, similarEntries, similarWarning } from './entry-checks.ts';
import { complete, entryProperties, parseFields } from './entry-input.ts';
import type { EntryInput } from './entry-input.ts';
import { powerOf } from './entry-power.ts';
import { change, count, done, failed, refused, skipped } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  entries: EntryInput[];
}

/** Beyond this many, looking each one up on the server would make planning slow. */
const lookedUp = 100;
const shownCommands = 20;

export const entryCreate: Action<Input> = {
  name: 'entry.create',
  title: 'Create registration entries',
  role: 'operator',
  inverse: 'entry.delete',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['entries'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      entries: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['spiffe_id', 'parent_id', 'selectors'],
          properties: entryProperties,
        },
      },
    },
  },

  async plan(input, context) {
    const first = parseSpiffeId(input.entries[0]?.spiffe_id ?? '');
    const connection = spireConnection(
      context,
      input.connection,
      first.ok ? first.value.trustDomain : undefined,
    );
    const target = await bindTarget(connection);
    const entries = input.entries.map((entry, index) =>
      complete(parseFields(entry, `entries[${index}]`, target.trustDomain)),
    );
    return planCreate(context, connection, target, entries, (index) => `entries[${index}]`);
  },
};

/** Plans new entries on one server; `at` names where each stands in the input. */
export async function planCreate(
  context: ActionContext,
  connection: SpireConnection,
  target: Target,
  entries: readonly EntryFields[],
  at: (index: number) => string,
): Promise<Planned> {
  const twins = new Map<string, number>();
  entries.forEach((entry, index) => {
    const key = `${entry.spiffeId} ${entry.parentId} ${entry.selectors
      .map(({ type, value }) => `${type}:${value}`)
      .toSorted()
      .join(' ')}`;
    const other = twins.get(key);
    if (other !== undefined)
      throw badInput(at(index), `it has the same ID, parent and selectors as ${at(other)}.`);
    twins.set(key, index);
  });
  let warnings: Warning[];
  let power: Awaited<ReturnType<typeof powerOf>>;
  try {
    await checkFederation(
      connection,
      target.trustDomain,
      entries.map(({ federatesWith }, index) => ({ at: at(index), names: federatesWith })),
    );
    power = await powerOf(context, connection, entries);
    warnings = [...power.warnings, ...(await warningsOf(context, connection, entries))];
  } catch (error) {
    throw refuse('Planning', target.connection, error);
  }
  const { address } = connection.config;
  return {
    title: `Create ${count(entries.length, 'entry', 'entries')}`,
    target,
    changes: entries.map((entry) =>
      change('create', 'registration entry', entry.spiffeId, target.connection, allFields(entry, 'after')),
    ),
    effects: ['Workloads that match get the identity at their agent’s next sync, usually within 10 seconds.'],
    warnings,
    commands: entries.slice(0, shownCommands).map((entry) => createCommand(address, entry)),
    destructive: false,
    // Such an entry is the power over the whole trust domain.
    ...power.role,
    before: null,
    check: () => checkTarget(connection, target),
    apply: () => create(context, connection, entries),
    inverseInput: (results): JsonObject | undefined => {
      const ids = results
        .filter(({ outcome, id }) => outcome === ItemOutcome.DONE && id !== '')
        .map(({ id }) => id);
      return ids.length === 0 ? undefined : { connection: target.connection, ids };
    },
  };
}

async function warningsOf(
  context: ActionContext,
  connection: SpireConnection,
  entries: readonly EntryFields[],
): Promise<Warning[]> {
  const out: Warning[] = [];
  for (const [index, entry] of entries.entries()) {
    const subject = entries.length === 1 ? '' : `${entry.spiffeId}: `;
    out.push(...(await planWarnings(context, connection, entry, subject)));
    if (index >= lookedUp) continue;
    const similar = await similarEntries(connection, entry);
    if (similar.length > 0) out.push(similarWarning(subject, similar, 'The server will refuse this one.'));
  }
  return out.slice(0, 200);
}

async function* create(
  context: ActionContext,
  connection: SpireConnection,
  entries: readonly EntryFields[],
): AsyncGenerator<ItemResult> {
  let at = 0;
  try {
    for await (const outcomes of connection.client.createEntries(entries)) {
      const rows = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.entry] : []));
      if (rows.length > 0) await context.inventory.put(connection.link.name, rows);
      for (const outcome of outcomes) {
        const target = entries[at]?.spiffeId ?? '';
        at += 1;
        if (outcome.ok) yield done(target, outcome.entry.id);
        // The code has two meanings: with an entry it is the similar one that exists.
        else if (outcome.code === Code.AlreadyExists && outcome.similar) {
          yield refused(
            target,
            `Entry ${outcome.similar.id} is there already with the same ID, parent and selectors.`,
            outcome.similar.id,
          );
        } else yield refused(target, `The server says: ${serverWords(outcome.words)}`);
      }
    }
  } catch (error) {
    const [first, ...rest] = entries.slice(at);
    // The batch under way may be kept in part: each of its items is unknown, not only the first.
    if (first) yield failed(first.spiffeId, error);
    for (const entry of rest) {
      const result = failed(entry.spiffeId, error);
      yield result.outcome === ItemOutcome.UNKNOWN ? result : skipped(entry.spiffeId);
    }
    void context.inventory.refresh(connection.link.name);
  }
}
