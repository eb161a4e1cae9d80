import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FieldChange } from '@muster/api';
import { federationProblem } from '../actions/entry-checks.ts';
import { diff } from '../actions/entry-diff.ts';
import { complete } from '../actions/entry-input.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields, EntryRow } from '../upstream/spire/rows.ts';
import { selectorSet } from '../views/entry-warnings.ts';
import { findExisting, pairOf } from './existing.ts';
import type { Existing, Wanted } from './existing.ts';
import type { Problem, ReadFile, ReadRow } from './types.ts';

export type Mode = 'create-only' | 'create-and-update';
export type Verb = 'create' | 'update' | 'unchanged' | 'conflict' | 'error';

/** What a row of the file means for the server. */
export interface Difference {
  line: number;
  verb: Verb;
  /** As the entry would be; of a row that cannot be read, what can be told. */
  after: EntryFields;
  /** The entry it matches, as the server has it. */
  before: EntryRow | undefined;
  /** Fields that an update sends. */
  keys: (keyof EntryFields)[];
  changes: FieldChange[];
  problems: Problem[];
}

/** Rows handled before others get their turn. */
const turn = 1000;

/**
 * Compares a file with its server. An entry is meant by its ID, else by SPIRE's own rule of what is similar: the same
 * SPIFFE ID, parent and set of selectors. Fields that the file does not name stay as they are.
 */
export async function compare(
  connection: SpireConnection,
  file: ReadFile,
  mode: Mode,
  entriesThere: number,
): Promise<Difference[]> {
  const rows = await withFederation(connection, file);
  const there = await findExisting(connection, wantedBy(rows), entriesThere);
  const out: Difference[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % turn === turn - 1) await nextTurn();
    out.push(judge(row, there, mode));
  }
  await twinsOnServer(connection, out, there);
  twinsInFile(out);
  return out;
}

/** A server refuses to federate without a bundle; said here, it names the row. */
async function withFederation(connection: SpireConnection, file: ReadFile): Promise<ReadRow[]> {
  if (file.rows.every(({ fields }) => (fields.federatesWith ?? []).length === 0)) return file.rows;
  const known = new Set((await connection.client.federatedBundles()).map(({ trustDomain }) => trustDomain));
  return file.rows.map((row) => {
    const problems = (row.fields.federatesWith ?? []).flatMap((name, index) => {
      const message = federationProblem(name, file.trustDomain, known);
      return message === '' ? [] : [{ line: row.line, field: `federates_with[${index}]`, message }];
    });
    return problems.length === 0 ? row : { ...row, problems: [...row.problems, ...problems] };
  });
}

function wantedBy(rows: readonly ReadRow[]): Wanted {
  const ids = new Set<string>();
  const pairs = new Map<string, { spiffeId: string; parentId: string }>();
  for (const { id, fields, problems } of rows) {
    if (problems.length > 0) continue;
    if (id !== '') ids.add(id);
    const { spiffeId, parentId } = fields;
    if (spiffeId !== undefined && parentId !== undefined)
      pairs.set(pairOf({ spiffeId, parentId }), { spiffeId, parentId });
  }
  return { ids, pairs };
}

function judge(row: ReadRow, there: Existing, mode: Mode): Difference {
  const base = { line: row.line, keys: [], changes: [], problems: row.problems };
  const say = (field: string, message: string): Problem => ({ line: row.line, field, message });
  const given = complete(row.fields);
  if (row.problems.length > 0) return { ...base, verb: 'error', after: given, before: undefined };
  const found = row.id === '' ? undefined : there.byId.get(row.id);
  const similar = found ? [] : similarTo(given, there);
  const [before, another] = found ? [found] : similar;
  if (another) {
    const ids = similar.map(({ id }) => id).join(', ');
    const problem = say('', `${similar.length} entries are like it: ${ids}. Say which, in the column id.`);
    return { ...base, verb: 'conflict', after: given, before: undefined, problems: [problem] };
  }
  if (!before) {
    // An export of another server has IDs that this one does not: then it is a new entry.
    const whole = row.fields.spiffeId && row.fields.parentId && row.fields.selectors;
    if (whole) return { ...base, verb: 'create', after: given, before: undefined };
    const problem = say(
      'id',
      `there is no entry ${row.id}. To make a new one, give spiffe_id, parent_id and selectors.`,
    );
    return { ...base, verb: 'error', after: given, before: undefined, problems: [problem] };
  }
  const after: EntryFields = { ...before, ...row.fields };
  const { keys, changes } = diff(before, after);
  if (keys.length === 0) return { ...base, verb: 'unchanged', after, before };
  if (mode === 'create-only') {
    const names = changes.map(({ field }) => field).join(', ');
    const problem = say(
      '',
      `entry ${before.id} is there already and differs in ${names}. Nothing is updated in this mode.`,
    );
    return { ...base, verb: 'conflict', after, before, changes, problems: [problem] };
  }
  return { ...base, verb: 'update', after, before, keys, changes };
}

function similarTo(fields: EntryFields, there: Existing): EntryRow[] {
  const set = selectorSet(fields.selectors);
  return (there.byPair.get(pairOf(fields)) ?? []).filter((row) => selectorSet(row.selectors) === set);
}

const identity: ReadonlySet<keyof EntryFields> = new Set<keyof EntryFields>([
  'spiffeId',
  'parentId',
  'selectors',
]);

/** An update is not checked by the server: two equal entries would stand side by side. */
async function twinsOnServer(
  connection: SpireConnection,
  rows: Difference[],
  there: Existing,
): Promise<void> {
  const moved = rows.filter(({ verb, keys }) => verb === 'update' && keys.some((key) => identity.has(key)));
  const unknown = moved.filter(({ after }) => !there.byPair.has(pairOf(after)));
  const more = await findExisting(
    connection,
    { ids: new Set(), pairs: new Map(unknown.map(({ after }) => [pairOf(after), after])) },
    Number.POSITIVE_INFINITY,
  );
  for (const row of moved) {
    const twin = [...similarTo(row.after, there), ...similarTo(row.after, more)].find(
      ({ id }) => id !== row.before?.id,
    );
    if (!twin) continue;
    conflict(row, `entry ${twin.id} has the same ID, parent and selectors already.`);
  }
}

function twinsInFile(rows: Difference[]): void {
  const lines = new Map<string, number>();
  for (const row of rows) {
    if (row.verb === 'error') continue;
    const names = [
      `${pairOf(row.after)} ${selectorSet(row.after.selectors)}`,
      ...(row.before ? [`id ${row.before.id}`] : []),
    ];
    const line = names.map((name) => lines.get(name)).find((one) => one !== undefined);
    if (line !== undefined) conflict(row, `it is the same entry as on line ${line}.`);
    for (const name of names) if (!lines.has(name)) lines.set(name, row.line);
  }
}

function conflict(row: Difference, message: string): void {
  row.verb = 'conflict';
  row.problems = [{ line: row.line, field: '', message }];
}
