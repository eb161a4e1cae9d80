import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import type { Difference } from '../import/difference.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { fieldWarnings, warn } from '../views/entry-warnings.ts';
import { managedWarning } from '../views/owner.ts';
import type { ActionContext } from './action.ts';
import { parentKnown, ttlWarnings } from './entry-checks.ts';
import { count } from './results.ts';

interface Group {
  warning: Warning;
  lines: number[];
}

const shownLines = 8;

/** What a person should know before a file is applied: each kind of warning once, with the lines it is about. */
export async function importWarnings(
  context: ActionContext,
  connection: SpireConnection,
  creates: readonly Difference[],
  updates: readonly Difference[],
  conflicts: readonly Difference[],
  notes: readonly string[],
): Promise<Warning[]> {
  const now = Math.floor(context.now().getTime() / 1000);
  const groups = new Map<string, Group>();
  const add = (key: string, line: number, warning: () => Warning): void => {
    const group = groups.get(key);
    if (group) group.lines.push(line);
    else groups.set(key, { warning: warning(), lines: [line] });
  };
  const unknownParents = await parentsUnknown(context, connection, [...creates, ...updates], now);
  for (const { line, after, before } of [...creates, ...updates]) {
    for (const one of [...fieldWarnings(after, BigInt(now)), ...ttlWarnings(connection, after, now)])
      add(one.code, line, () => one);
    const { parentId } = after;
    if (unknownParents.has(parentId))
      add(`parent ${parentId}`, line, () =>
        warn(
          'parent-unknown',
          `No agent or entry has the parent ID ${parentId}: nothing will serve these entries until one has.`,
        ),
      );
    const owner = before && managedWarning(before, connection);
    if (owner) add('managed', line, () => owner);
  }
  const left = conflicts.map(({ line }) => line);
  return [
    ...[...groups.values()].slice(0, 100).map(({ warning, lines }) => ({
      ...warning,
      text: lines.length === 1 ? `Line ${lines[0]}: ${warning.text}` : `${warning.text} ${linesOf(lines)}`,
    })),
    ...(left.length === 0
      ? []
      : [
          warn(
            'conflict',
            `${count(left.length, 'row is', 'rows are')} in conflict and left out. ${linesOf(left)}`,
          ),
        ]),
    ...notes.map((note) => warn('passed-over', note, Severity.INFO)),
  ];
}

function linesOf(lines: readonly number[]): string {
  const some = lines.slice(0, shownLines).join(', ');
  const rest = lines.length - shownLines;
  return `(${count(lines.length, 'row', 'rows')}: line ${some}${rest > 0 ? ` and ${rest} more` : ''}.)`;
}

async function parentsUnknown(
  context: ActionContext,
  connection: SpireConnection,
  rows: readonly Difference[],
  now: number,
): Promise<Set<string>> {
  const out = new Set<string>();
  // A file may bring the parent of its own entries along.
  const made = new Set(rows.map(({ after }) => after.spiffeId));
  const parents = new Set(rows.map(({ after }) => after.parentId));
  for (const parent of parents)
    if (!made.has(parent) && !(await parentKnown(context, connection, parent, now))) out.add(parent);
  return out;
}
