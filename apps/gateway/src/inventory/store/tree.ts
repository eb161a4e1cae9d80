import type { DatabaseSync } from 'node:sqlite';
import { connsOf } from './conns.ts';
import { readMeta } from './meta.ts';
import { entriesByRid } from './query.ts';
import type { StoredEntry } from './query.ts';

/** A root of the tree by parent: an ID that entries name as their parent, or that is an agent. */
export interface TreeRoot {
  id: string;
  agent: boolean;
  /** It is an entry, in a ring of entries that are each other's parents. */
  ring: boolean;
}

/** One segment of a level of the tree by path. */
export interface TreeSegment {
  name: string;
  /** Entries whose path ends here, and below. */
  here: number;
  below: number;
  /** Set where exactly one entry is here. */
  entry: StoredEntry | undefined;
}

export interface TreeLevel<Node> {
  nodes: Node[];
  total: number;
}

/** Goes up with every change of entries and agents: tells whether two reads saw the same. */
export const entryChanges = (db: DatabaseSync): number => readMeta(db, 'changes');

/** Where entries hang that hang on no other entry: the server first, then by ID. */
export function treeRoots(
  db: DatabaseSync,
  connection: string,
  offset: number,
  limit: number,
): TreeLevel<TreeRoot> {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { nodes: [], total: 0 };
  const agents = new Set(
    db
      .prepare('SELECT id FROM agent WHERE conn = ?')
      .all(conn)
      .map((row) => String(row['id'])),
  );
  const isEntry = db.prepare('SELECT 1 FROM entry WHERE spiffe_id = ? AND conn = ? LIMIT 1');
  const hasChild = db.prepare('SELECT 1 FROM entry WHERE parent_id = ? AND conn = ? LIMIT 1');
  const roots: TreeRoot[] = [...agents].map((id) => ({ id, agent: true, ring: false }));
  const inner: string[] = [];
  for (const row of db.prepare('SELECT parent_id FROM reach WHERE conn = ?').all(conn)) {
    const id = String(row['parent_id']);
    // What it once was the parent of may be gone.
    if (agents.has(id) || !hasChild.get(id, conn)) continue;
    if (isEntry.get(id, conn)) inner.push(id);
    else roots.push({ id, agent: false, ring: false });
  }
  for (const id of rings(db, conn, new Set(roots.map((root) => root.id)), inner))
    roots.push({ id, agent: false, ring: true });
  const server = (id: string): number => (id.endsWith('/spire/server') ? 0 : 1);
  const sorted = roots.toSorted((a, b) => server(a.id) - server(b.id) || (a.id < b.id ? -1 : 1));
  return { nodes: sorted.slice(offset, offset + limit), total: sorted.length };
}

/** Of entries that no root leads to, because they are each other's parents: one of each ring, the first by ID. */
function rings(
  db: DatabaseSync,
  conn: number,
  roots: ReadonlySet<string>,
  inner: readonly string[],
): string[] {
  const parentsOf = db.prepare('SELECT DISTINCT parent_id FROM entry WHERE spiffe_id = ? AND conn = ?');
  const below = new Map<string, string[]>();
  for (const id of inner)
    for (const row of parentsOf.all(id, conn)) {
      const parent = String(row['parent_id']);
      const list = below.get(parent);
      if (list) list.push(id);
      else below.set(parent, [id]);
    }
  const met = new Set<string>();
  const walk = (from: string): void => {
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop())
      for (const child of below.get(id) ?? [])
        if (!met.has(child)) {
          met.add(child);
          open.push(child);
        }
  };
  for (const id of roots) walk(id);
  const found: string[] = [];
  for (const id of inner.toSorted())
    if (!met.has(id)) {
      found.push(id);
      met.add(id);
      walk(id);
    }
  return found;
}

/** How many entries name each of these as their parent. */
export function childCounts(db: DatabaseSync, connection: string, ids: readonly string[]): number[] {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return ids.map(() => 0);
  // An ID carries its trust domain: where no other connection has it, the index alone tells.
  const one = db.prepare(
    `SELECT count(*) AS n FROM entry WHERE parent_id = ? ${alone(db, conn) ? '' : `AND conn = ${conn}`}`,
  );
  return ids.map((id) => Number(one.get(id)?.['n'] ?? 0));
}

/** Whether no other connection has entries of this one's trust domain. */
function alone(db: DatabaseSync, conn: number): boolean {
  const others = db
    .prepare(
      `SELECT 1 FROM connection o JOIN connection c ON c.conn = ?
       WHERE o.conn <> c.conn AND (o.trust_domain = c.trust_domain OR o.trust_domain = '') LIMIT 1`,
    )
    .get(conn);
  return others === undefined;
}

// Below every character of a path, and the one after a slash.
const first = '\u0001';
const afterSlash = '0';
const mostRows = 4096;

/**
 * One level of the paths of SPIFFE IDs.
 * @param path with a slash at its end, `/` for the whole trust domain
 * @returns undefined while entries are read for the first time: the order that it walks is not there yet
 */
export function treeLevel(
  db: DatabaseSync,
  connection: string,
  path: string,
  offset: number,
  limit: number,
  now: number,
): TreeLevel<TreeSegment> | undefined {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { nodes: [], total: 0 };
  const ordered = db.prepare(
    "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'entry_by_spiffe_id'",
  );
  if (!ordered.get()) return undefined;
  const named = db.prepare('SELECT trust_domain FROM connection WHERE conn = ?').get(conn);
  const prefix = `spiffe://${String(named?.['trust_domain'] ?? '')}${path}`;
  const only = alone(db, conn) ? '' : `AND conn = ${conn}`;
  const names: string[] = [];
  let total = 0;
  for (const name of segmentsOf(db, prefix, only)) {
    if (total >= offset && names.length < limit) names.push(name);
    total += 1;
  }
  const range = db.prepare(`SELECT count(*) AS n FROM entry WHERE spiffe_id >= ? AND spiffe_id < ? ${only}`);
  const at = db.prepare(`SELECT rid FROM entry WHERE spiffe_id = ? ${only} LIMIT 2`);
  const exact = db.prepare(`SELECT count(*) AS n FROM entry WHERE spiffe_id = ? ${only}`);
  const nodes = names.map((name): TreeSegment => {
    const id = `${prefix}${name}`;
    const rids = at.all(id).map((row) => Number(row['rid']));
    return {
      name,
      here: rids.length < 2 ? rids.length : Number(exact.get(id)?.['n'] ?? 0),
      below: Number(range.get(`${id}/`, `${id}${afterSlash}`)?.['n'] ?? 0),
      entry: rids.length === 1 ? entriesByRid(db, rids, now)[0] : undefined,
    };
  });
  return { nodes, total };
}

/**
 * The distinct first segments after a prefix, by leaps through the index: what lies below a segment is never read.
 * In the index `a`, `a-b` and `a/…` stand in this order, so a segment with both is met twice, and told once.
 */
function* segmentsOf(db: DatabaseSync, prefix: string, only: string): Generator<string> {
  const end = `${prefix.slice(0, -1)}${afterSlash}`;
  const from = db.prepare(
    `SELECT spiffe_id FROM entry WHERE spiffe_id >= ? AND spiffe_id < ? ${only} ORDER BY spiffe_id LIMIT ?`,
  );
  const is = db.prepare(`SELECT 1 FROM entry WHERE spiffe_id = ? ${only} LIMIT 1`);
  let at = `${prefix}${first}`;
  // Many leaves in a row are read together; where segments have much below them, one by one.
  let rows = 1;
  let told = '';
  for (;;) {
    const ids = from.all(at, end, rows).map((row) => String(row['spiffe_id']));
    if (ids.length === 0) return;
    let leapt = false;
    for (const id of ids) {
      const rest = id.slice(prefix.length);
      const cut = rest.indexOf('/');
      const name = cut < 0 ? rest : rest.slice(0, cut);
      if (cut >= 0) {
        if (!is.get(`${prefix}${name}`)) yield name;
        at = `${prefix}${name}${afterSlash}`;
        leapt = true;
        break;
      }
      // Entries of one ID are one leaf.
      if (name !== told) yield name;
      told = name;
      at = `${id}${first}`;
    }
    rows = leapt ? 1 : Math.min(mostRows, rows * 4);
  }
}

/** Entries of exactly this SPIFFE ID, in a page. */
export function treeLeaf(
  db: DatabaseSync,
  connection: string,
  path: string,
  offset: number,
  limit: number,
  now: number,
): TreeLevel<StoredEntry> {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { nodes: [], total: 0 };
  const named = db.prepare('SELECT trust_domain FROM connection WHERE conn = ?').get(conn);
  const id = `spiffe://${String(named?.['trust_domain'] ?? '')}${path}`;
  const where = 'FROM entry WHERE spiffe_id = ? AND conn = ?';
  const rids = db
    .prepare(`SELECT rid ${where} ORDER BY rid LIMIT ? OFFSET ?`)
    .all(id, conn, limit, offset)
    .map((row) => Number(row['rid']));
  const total = Number(db.prepare(`SELECT count(*) AS n ${where}`).get(id, conn)?.['n'] ?? 0);
  return { nodes: entriesByRid(db, rids, now), total };
}
