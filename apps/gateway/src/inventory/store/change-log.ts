import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Numbers of `change.kind` and `change.verb`; the contract's are the same. */
export const changeKinds = { entry: 1, agent: 2, bundle: 3 } as const;
export const changeVerbs = { added: 1, changed: 2, removed: 3 } as const;

export type ChangeKind = keyof typeof changeKinds;
export type ChangeVerb = keyof typeof changeVerbs;

/** Kept at most: days, and rows in all. */
export const keptDays = 90;
export const keptChanges = 200_000;

const trimEvery = 2000;

/** When a change was seen, and the moment before which it cannot have happened; ms. */
export interface Seen {
  at: number;
  notBefore: number;
}

export interface Changed {
  connection: string;
  kind: ChangeKind;
  verb: ChangeVerb;
  id: string;
  /** What a person knows it by: SPIFFE ID, trust domain. */
  name: string;
  /** As `encode` writes it; an addition has none of either, what was added is there or in its removal. */
  before?: string;
  after?: string;
}

/** Writes the log of what changed between readings; call it within the transaction of the change itself. */
export class ChangeLog {
  readonly #db: DatabaseSync;
  readonly #add: StatementSync;
  #untrimmed = trimEvery;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#add = db.prepare(
      `INSERT INTO change (connection, kind, verb, id, name, before, after, seen_at, not_before)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  write({ connection, kind, verb, id, name, before, after }: Changed, seen: Seen): void {
    this.#add.run(
      connection,
      changeKinds[kind],
      changeVerbs[verb],
      id,
      name,
      before ?? null,
      after ?? null,
      seen.at,
      Math.min(seen.notBefore, seen.at),
    );
    this.#untrimmed += 1;
    if (this.#untrimmed >= trimEvery) this.#trim(seen.at);
  }

  /** From here on nothing that changes at this connection is missed. */
  watch(connection: string, since: number): void {
    this.#db
      .prepare(
        'INSERT INTO watched (connection, since) VALUES (?1, ?2) ON CONFLICT (connection) DO UPDATE SET since = ?2',
      )
      .run(connection, since);
  }

  #trim(now: number): void {
    this.#untrimmed = 0;
    const last = Number(this.#db.prepare('SELECT max(seq) AS n FROM change').get()?.['n'] ?? 0);
    this.#db.prepare('DELETE FROM change WHERE seq <= ?').run(last - keptChanges);
    this.#db.prepare('DELETE FROM change WHERE seen_at < ?').run(now - keptDays * 86_400_000);
  }
}
