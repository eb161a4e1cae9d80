import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AgentRow, BundleRow, EntryRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeBundle, decodeEntryText, searchText } from './body.ts';
import { changeKinds, changeVerbs } from './change-log.ts';
import type { ChangeKind, ChangeVerb } from './change-log.ts';

export interface ChangeQuery {
  connections: string[];
  /** ms, both inclusive; 0: no bound. */
  since: number;
  until: number;
  /** Undefined: any. */
  kind?: ChangeKind;
  verb?: ChangeVerb;
  /** Substring of the name or the id, in any case. */
  search: string;
  /** Exactly this id or this name; empty: any. */
  target: string;
  offset: number;
  limit: number;
}

interface ChangeFacts {
  seq: number;
  connection: string;
  verb: ChangeVerb;
  id: string;
  /** SPIFFE ID of an entry or agent, trust domain of a bundle. */
  name: string;
  /** ms: when it was seen, and the reading before, which did not have it yet. Equal: it was done from here. */
  seenAt: number;
  notBefore: number;
}

/** What was before a change or removal, and after a change; an addition has neither. */
type ChangeBodies =
  | { kind: 'entry'; before: EntryRow | undefined; after: EntryRow | undefined }
  | { kind: 'agent'; before: AgentRow | undefined; after: AgentRow | undefined }
  | {
      kind: 'bundle';
      before: Omit<BundleRow, 'readAt'> | undefined;
      after: Omit<BundleRow, 'readAt'> | undefined;
    };

export type Change = ChangeFacts & ChangeBodies;

export interface ChangePage {
  changes: Change[];
  total: number;
  /** From when on nothing is missing, by connection, ms; a connection that was never read whole is not in it. */
  keptSince: { connection: string; at: number }[];
}

const kinds = new Map(Object.entries(changeKinds).map(([name, number]) => [number as number, name]));
const verbs = new Map(Object.entries(changeVerbs).map(([name, number]) => [number as number, name]));

/** What changed between readings, newest first. */
export function queryChanges(db: DatabaseSync, query: ChangeQuery): ChangePage {
  const where = ['connection IN (SELECT value FROM json_each(?))'];
  const values: SQLInputValue[] = [JSON.stringify(query.connections)];
  const add = (sql: string, ...more: SQLInputValue[]): void => {
    where.push(sql);
    values.push(...more);
  };
  if (query.since > 0) add('seen_at >= ?', query.since);
  if (query.until > 0) add('seen_at <= ?', query.until);
  if (query.kind !== undefined) add('kind = ?', changeKinds[query.kind]);
  if (query.verb !== undefined) add('verb = ?', changeVerbs[query.verb]);
  if (query.target !== '') add('(id = ? OR name = ?)', query.target, query.target);
  const search = searchText(query.search);
  if (search !== '') add('(instr(lower(name), ?) > 0 OR instr(lower(id), ?) > 0)', search, search);
  const filter = where.join(' AND ');
  const changes = db
    .prepare(`SELECT * FROM change WHERE ${filter} ORDER BY seen_at DESC, seq DESC LIMIT ? OFFSET ?`)
    .all(...values, query.limit, query.offset)
    .map(changeOf);
  const total = Number(
    db.prepare(`SELECT count(*) AS n FROM change WHERE ${filter}`).get(...values)?.['n'] ?? 0,
  );
  const keptSince = db
    .prepare(
      `SELECT connection, since, (SELECT min(seen_at) FROM change) AS first, (SELECT min(seq) FROM change) AS seq
       FROM watched WHERE connection IN (SELECT value FROM json_each(?)) ORDER BY connection`,
    )
    .all(JSON.stringify(query.connections))
    .map((row) => ({
      connection: String(row['connection']),
      // Once the oldest lines were cut off, the oldest that is left says how far back it goes.
      at: Math.max(Number(row['since']), Number(row['seq'] ?? 1) > 1 ? Number(row['first']) : 0),
    }));
  return { changes, total, keptSince };
}

function changeOf(row: Record<string, unknown>): Change {
  const text = (key: string): string | undefined => {
    const value = row[key];
    return typeof value === 'string' ? value : undefined;
  };
  const bodies = <T>(decode: (body: string) => T): { before: T | undefined; after: T | undefined } => {
    const [before, after] = [text('before'), text('after')];
    return {
      before: before === undefined ? undefined : decode(before),
      after: after === undefined ? undefined : decode(after),
    };
  };
  const facts: ChangeFacts = {
    seq: Number(row['seq']),
    connection: text('connection') ?? '',
    verb: (verbs.get(Number(row['verb'])) ?? 'changed') as ChangeVerb,
    id: text('id') ?? '',
    name: text('name') ?? '',
    seenAt: Number(row['seen_at']),
    notBefore: Number(row['not_before']),
  };
  switch (kinds.get(Number(row['kind']))) {
    case 'agent':
      return { ...facts, kind: 'agent', ...bodies<AgentRow>(decodeAgent) };
    case 'bundle':
      return { ...facts, kind: 'bundle', ...bodies(decodeBundle) };
    default:
      return { ...facts, kind: 'entry', ...bodies(decodeEntryText) };
  }
}
