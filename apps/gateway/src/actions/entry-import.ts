import type { JsonObject } from '@bufbuild/protobuf';
import type { ConnectError } from '@connectrpc/connect';
import { InputProblemsSchema } from '@muster/api';
import type { EquivalentCommand, PlannedChange } from '@muster/api';
import type { Difference, Mode } from '../import/difference.ts';
import { prepareImport } from '../import/prepare.ts';
import { formats, maxBytes } from '../import/types.ts';
import type { Format, Problem } from '../import/types.ts';
import { serverCommand, updateCommand } from '../upstream/spire/commands.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { allFields } from './entry-diff.ts';
import { partInput } from './entry-input.ts';
import { importWarnings } from './entry-import-warnings.ts';
import { powerOf } from './entry-power.ts';
import { ImportRun } from './entry-import-run.ts';
import { change, count } from './results.ts';
import { checkTarget } from './spire-target.ts';

interface Input {
  connection?: string;
  format?: Format;
  text: string;
  mode?: Mode;
  on_conflict?: 'refuse' | 'skip';
}

/** Changes listed in a plan; the counts and the digest cover all. */
const listed = 2000;
const shownCommands = 5;
const shownProblems = 20;
const detailedProblems = 500;

/**
 * Makes a server have what a file says. Entries that the file does not name are never touched: a file cannot tell
 * what is meant to be gone from what somebody else put there, so there is no mirroring; `entry.delete` deletes.
 */
export const entryImport: Action<Input> = {
  name: 'entry.import',
  title: 'Import registration entries from a file',
  role: 'operator',
  inverse: 'entry.restore',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      format: { enum: formats, description: 'Found out from the text when it is not given.' },
      text: { type: 'string', minLength: 1, maxLength: maxBytes, description: 'The file, at most 4 MiB.' },
      mode: {
        enum: ['create-and-update', 'create-only'],
        description: 'create-only: an entry that is there with other fields is a conflict.',
      },
      on_conflict: {
        enum: ['refuse', 'skip'],
        description: 'skip: rows in conflict are left out; otherwise one of them refuses the whole file.',
      },
    },
  },

  async plan({ connection: name = '', format, text, mode = 'create-and-update', on_conflict }, context) {
    const { connection, target, file, rows } = await prepareImport(context, {
      connection: name,
      format,
      text,
      mode,
    });
    const conflicts = rows.filter(({ verb }) => verb === 'conflict');
    const faulty = rows.filter(({ verb }) => verb === 'error');
    const problems = [
      ...file.problems,
      ...[...faulty, ...(on_conflict === 'skip' ? [] : conflicts)].flatMap((row) => row.problems),
    ];
    if (problems.length > 0) throw refusedFile(problems);
    const creates = rows.filter(({ verb }) => verb === 'create');
    const updates = rows.filter(({ verb }) => verb === 'update');
    const unchanged = rows.filter(({ verb }) => verb === 'unchanged').length;
    const run = new ImportRun(context, connection, target, creates, updates);
    const power = await powerOf(
      context,
      connection,
      [...creates, ...updates].map(({ after }) => after),
      updates.flatMap(({ before }) => before ?? []),
    );
    return {
      title: titleOf(creates.length, updates.length, unchanged),
      target,
      changes: [...creates, ...updates].slice(0, listed).map((row) => planned(row, target.connection)),
      counts: new Map(
        Object.entries({ create: creates.length, update: updates.length }).filter(([, number]) => number > 0),
      ),
      resumable: true,
      effects: effectsOf(creates.length, updates.length, unchanged),
      warnings: [
        ...power.warnings,
        ...(await importWarnings(context, connection, creates, updates, conflicts, file.notes)),
      ],
      commands: commandsOf(connection.config.address, creates, updates),
      destructive: false,
      ...power.role,
      before: [
        creates.map(({ after }) => after),
        updates.map(({ before, keys, after }) => [before, keys, after]),
      ],
      check: () => checkTarget(connection, target),
      apply: () => run.apply(),
      inverseInput: (): JsonObject | undefined => {
        const [made, changed] = [run.created(), run.updated()];
        if (made.length === 0 && changed.length === 0) return undefined;
        return {
          connection: target.connection,
          delete: made,
          restore: changed.map(({ before, keys }) => ({
            id: before?.id ?? '',
            set: before ? ({ ...partInput(before, keys) } as JsonObject) : {},
          })),
        };
      },
    };
  },
};

function titleOf(creates: number, updates: number, unchanged: number): string {
  const parts = [
    creates > 0 ? `create ${count(creates, 'entry', 'entries')}` : '',
    updates > 0 ? `change ${count(updates, 'entry', 'entries')}` : '',
  ].filter((part) => part !== '');
  const words = parts.join(' and ');
  return words === ''
    ? `Nothing to change: ${count(unchanged, 'entry is', 'entries are')} as the file says`
    : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function planned({ verb, line, after, changes }: Difference, connection: string): PlannedChange {
  const fields = verb === 'create' ? allFields(after, 'after') : changes;
  const made = change(verb, 'registration entry', after.spiffeId, connection, fields);
  made.origin = line === 0 ? '' : `line ${line}`;
  return made;
}

function effectsOf(creates: number, updates: number, unchanged: number): string[] {
  return [
    ...(creates > 0
      ? ['Workloads that match get the new identities at their agent’s next sync, usually within 10 seconds.']
      : []),
    ...(updates > 0
      ? [
          'SVIDs of changed entries are issued anew at the agents’ next sync; those issued before stay valid until they expire.',
        ]
      : []),
    ...(unchanged > 0
      ? [`${count(unchanged, 'row is', 'rows are')} on the server exactly so, and not sent.`]
      : []),
    'Entries that the file does not name are not touched.',
    ...(creates + updates > 0
      ? [
          'If the connection breaks, apply the plan again: what was done before the break is found and not done twice.',
        ]
      : []),
  ];
}

function commandsOf(
  address: string,
  creates: readonly Difference[],
  updates: readonly Difference[],
): EquivalentCommand[] {
  const out: EquivalentCommand[] = [];
  if (creates.length > 0)
    out.push(
      serverCommand(
        address,
        ['entry', 'create'],
        ['-data', 'entries.json'],
        'For the new entries, written as spire-server’s own JSON. It reports entries that exist as failed, and goes on.',
      ),
    );
  for (const { before, after } of updates.slice(0, shownCommands))
    out.push(updateCommand(address, before?.id ?? '', after));
  return out;
}

/** Every mistake at once: in words, some; in the detail, as many as can be shown beside their rows. */
function refusedFile(problems: readonly Problem[]): ConnectError {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  const lines = sorted.slice(0, shownProblems).map(inWords);
  if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more.`);
  const error = badInput(
    'text',
    `${count(problems.length, 'mistake', 'mistakes')}; nothing was changed.\n${lines.join('\n')}`,
  );
  error.details.push({
    desc: InputProblemsSchema,
    value: { problems: sorted.slice(0, detailedProblems), total: problems.length },
  });
  return error;
}

export function inWords({ line, field, message }: Problem): string {
  const where = [line === 0 ? 'the file' : `line ${line}`, field].filter((part) => part !== '').join(', ');
  return `${where}: ${message}`;
}
