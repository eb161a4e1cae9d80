import type { DatabaseSync } from 'node:sqlite';
import type { BundleRow } from '../../upstream/spire/rows.ts';
import { decodeBundle, encode } from './body.ts';
import type { ChangeLog } from './change-log.ts';
import { connsOf } from './conns.ts';
import { transaction } from './transaction.ts';

/** Copies of one bundle that are kept. */
const keptVersions = 50;

/** A copy of a bundle that a server had from `at` (when it was first seen) until `goneAt`; ms, 0: it still has it. */
export interface BundleVersion {
  connection: string;
  trustDomain: string;
  at: number;
  goneAt: number;
  own: boolean;
  bundle: Omit<BundleRow, 'readAt'>;
}

/** Writes all bundles of a server as they were read at `at` (ms); true when any of them is another than before. */
export function writeBundles(
  db: DatabaseSync,
  log: ChangeLog,
  { conn, name }: { conn: number; name: string },
  rows: readonly BundleRow[],
  at: number,
): boolean {
  const asOf = Number(
    db.prepare('SELECT bundles_as_of AS n FROM connection WHERE conn = ?').get(conn)?.['n'] ?? 0,
  );
  const present = db
    .prepare('SELECT trust_domain, at, body FROM bundle_version WHERE connection = ? AND gone_at = 0')
    .all(name);
  const before = new Map(present.map((row) => [String(row['trust_domain']), String(row['body'])]));
  const after = new Map(rows.map(({ readAt: _readAt, ...row }) => [row.trustDomain, encode(row)]));
  const seen = { at, notBefore: asOf };
  let changed = false;
  transaction(db, () => {
    const end = db.prepare(
      'UPDATE bundle_version SET gone_at = ? WHERE connection = ? AND trust_domain = ? AND gone_at = 0',
    );
    // Two copies within a millisecond would have one key.
    const add = db.prepare(
      `INSERT INTO bundle_version (connection, trust_domain, at, body) VALUES (?1, ?2,
         max(?3, 1 + coalesce((SELECT max(at) FROM bundle_version WHERE connection = ?1 AND trust_domain = ?2), 0)), ?4)`,
    );
    const trim = db.prepare(
      `DELETE FROM bundle_version WHERE connection = ?1 AND trust_domain = ?2 AND at <= (SELECT at FROM bundle_version
         WHERE connection = ?1 AND trust_domain = ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3)`,
    );
    for (const trustDomain of new Set([...before.keys(), ...after.keys()])) {
      const [old, body] = [before.get(trustDomain), after.get(trustDomain)];
      if (old === body) continue;
      changed = true;
      if (old !== undefined) end.run(at, name, trustDomain);
      if (body !== undefined) {
        add.run(name, trustDomain, at, body);
        trim.run(name, trustDomain, keptVersions);
      }
      const verb = old === undefined ? 'added' : body === undefined ? 'removed' : 'changed';
      if (asOf === 0) continue;
      log.write(
        {
          connection: name,
          kind: 'bundle',
          verb,
          id: trustDomain,
          name: trustDomain,
          ...(old === undefined ? {} : { before: old }),
          ...(old === undefined || body === undefined ? {} : { after: body }),
        },
        seen,
      );
    }
    db.prepare('UPDATE connection SET bundles_as_of = ? WHERE conn = ?').run(at, conn);
  });
  return changed && asOf !== 0;
}

/** Copies of the bundle of a trust domain that a server had, newest first. */
export function bundleVersions(db: DatabaseSync, connection: string, trustDomain: string): BundleVersion[] {
  if (connsOf(db, [connection]).length === 0) return [];
  return db
    .prepare('SELECT * FROM bundle_version WHERE connection = ? AND trust_domain = ? ORDER BY at DESC')
    .all(connection, trustDomain)
    .map(versionOf);
}

/** The copy that a server had at a moment (ms); undefined: none, or none that is kept. */
export function bundleVersion(
  db: DatabaseSync,
  connection: string,
  trustDomain: string,
  at: number,
): BundleVersion | undefined {
  const row = db
    .prepare(
      `SELECT * FROM bundle_version WHERE connection = ?1 AND trust_domain = ?2 AND at <= ?3 AND (gone_at = 0 OR gone_at > ?3)
       ORDER BY at DESC LIMIT 1`,
    )
    .get(connection, trustDomain, at);
  return row && versionOf(row);
}

function versionOf(row: Record<string, unknown>): BundleVersion {
  const bundle = decodeBundle(String(row['body']));
  return {
    connection: String(row['connection']),
    trustDomain: String(row['trust_domain']),
    at: Number(row['at']),
    goneAt: Number(row['gone_at']),
    own: bundle.own,
    bundle,
  };
}
