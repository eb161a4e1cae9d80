import type { DatabaseSync } from 'node:sqlite';
import { connsOf } from './conns.ts';
import { entryFlags } from './entry-flags.ts';

/** Descendants looked at in all; a plan must not walk a whole server for every name in it. */
const mostWalked = 200_000;

/**
 * Which of these SPIFFE IDs are themselves power over the server, and through which entry: the ID of an entry with
 * admin or downstream (SPIRE looks such rights up by SPIFFE ID, whichever entry a caller's SVID came from), or one that
 * such an entry stands under, however far. By the copy kept here. Too many descendants count as power: fail closed.
 */
export function powerfulNames(
  db: DatabaseSync,
  connection: string,
  spiffeIds: string[],
): { spiffeId: string; through: string }[] {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return [];
  const own = db.prepare(
    `SELECT 1 FROM entry WHERE spiffe_id = ? AND conn = ? AND flags & ${entryFlags.admin | entryFlags.downstream} LIMIT 1`,
  );
  const children = db.prepare('SELECT DISTINCT spiffe_id FROM entry WHERE parent_id = ? AND conn = ?');
  let walked = 0;
  const throughOf = (start: string): string | undefined => {
    const seen = new Set([start]);
    for (const id of seen) {
      if (own.get(id, conn)) return id;
      walked += 1;
      if (walked > mostWalked) return id;
      for (const row of children.iterate(id, conn)) seen.add(String(row['spiffe_id']));
    }
    return undefined;
  };
  const out: { spiffeId: string; through: string }[] = [];
  for (const spiffeId of new Set(spiffeIds)) {
    const through = throughOf(spiffeId);
    if (through !== undefined) out.push({ spiffeId, through });
  }
  return out;
}
