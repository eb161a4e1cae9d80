import type { DatabaseSync } from 'node:sqlite';
import { connsOf } from './conns.ts';

/** Agents of a connection that still have an identity, and those of them that have a new one since a moment. */
export interface AgentUse {
  known: number;
  moved: number;
}

/**
 * `since` is in ms, `now` and `until` are Unix seconds. `until` is when the old authority expires: an SVID never
 * outlives the key that signed it, so what is valid for longer is of another one.
 */
export function agentUse(
  db: DatabaseSync,
  connection: string,
  now: number,
  since: number | undefined,
  until: bigint,
): AgentUse {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { known: 0, moved: 0 };
  const row = db
    .prepare(
      `SELECT count(*) AS known, coalesce(sum(
         CASE WHEN :until > 0 AND expires_at > :until THEN 1
              WHEN :since >= 0 AND renewed_after >= :since THEN 1
              ELSE 0 END), 0) AS moved
       FROM agent WHERE conn = :conn AND banned = 0 AND expires_at > :now`,
    )
    .get({ conn, now, until, since: since ?? -1 });
  return { known: Number(row?.['known'] ?? 0), moved: Number(row?.['moved'] ?? 0) };
}

/**
 * The longest TTL, seconds, that an entry of the connection sets for its X.509- or JWT-SVIDs, and how many set none.
 * Reads every entry.
 */
export function longestTtl(
  db: DatabaseSync,
  connection: string,
  kind: 'x509' | 'jwt',
): { longest: number; unset: number } {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { longest: 0, unset: 0 };
  const ttl = kind === 'x509' ? 'x509_ttl' : 'jwt_ttl';
  const row = db
    .prepare(
      `SELECT coalesce(max(${ttl}), 0) AS longest, coalesce(sum(${ttl} <= 0), 0) AS unset FROM entry WHERE +conn = ?`,
    )
    .get(conn);
  return { longest: Number(row?.['longest'] ?? 0), unset: Number(row?.['unset'] ?? 0) };
}
