import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Bits } from '../bits.ts';
import { entryText } from '../body.ts';
import { readMeta } from '../meta.ts';
import { uint32s } from '../room.ts';
import { aliasBit, Columns } from './columns.ts';
import { blockRows, GramBlock } from './grams.ts';
import { grown } from './numbers.ts';

type Row = Record<string, unknown>;

const columns = `rid, conn, spiffe_id, parent_id, selectors, selector_types, x509_ttl, jwt_ttl, federates, flags,
  CAST(expires_at AS REAL) AS expires, dns_names, CAST(revision AS REAL) AS revision, hint,
  CAST(created_at AS REAL) AS created, node_alias`;

/** Rows read in one go. */
const step = 1000;

/**
 * All entries as arrays of numbers and a text index, following the table `entry`. Each version of a row has a slot:
 * slots are never changed, a row that changes gets a new one, and `alive` says which count.
 */
export class EntryIndex {
  readonly columns = new Columns();
  readonly blocks: GramBlock[] = [];
  /** Texts of the slots after the last block. */
  texts: string[] = [];
  /** Slots of rows that are there. */
  readonly alive = new Bits();
  /** Goes up when a slot was added or dropped. */
  version = 0;
  slots = 0;
  readonly parents: { conn: number; id: string; text: string }[] = [];
  /** By number of the connection. */
  readonly conns = new Map<number, Bits>();
  readonly selectorTypes = new Map<string, Bits>();
  readonly federates = new Map<string, Bits>();
  /** By number of the bit in entryFlags. */
  readonly flags = Array.from({ length: 8 }, () => new Bits());
  /** Slots of rows that do not expire. */
  readonly never = new Bits();
  readonly #parentNumbers = new Map<string, number>();
  /** By row number: its slot + 1; 0: none. */
  #slotOf = new Uint32Array(1024);
  /** Slots whose row has a newer one that is not in the orders yet: until it is, the older stands for it. */
  readonly #superseded: number[] = [];
  #lastRid = 0;
  #lastDirty = 0;
  #changes = -1;
  readonly generation: number;
  readonly #after: StatementSync;
  readonly #byRid: StatementSync;
  readonly #dirtyAfter: StatementSync;
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.generation = readMeta(db, 'generation');
    this.#after = db.prepare(`SELECT ${columns} FROM entry WHERE rid > ? ORDER BY rid LIMIT ${step}`);
    this.#byRid = db.prepare(`SELECT ${columns} FROM entry WHERE rid = ?`);
    this.#dirtyAfter = db.prepare(`SELECT seq, rid FROM dirty WHERE seq > ? ORDER BY seq LIMIT ${step}`);
    // What changed before the rows are read is in the rows.
    const noted = Number(db.prepare('SELECT coalesce(max(seq), 0) AS n FROM dirty').get()?.['n'] ?? 0);
    this.#lastDirty = Math.max(noted, readMeta(db, 'written_seq'));
    this.#reserve();
  }

  /** Row number up to which all rows are here. */
  get lastRid(): number {
    return this.#lastRid;
  }

  /** Line of `dirty` up to which all changes are here. */
  get lastDirty(): number {
    return this.#lastDirty;
  }

  slotOf(rid: number): number | undefined {
    const slot = this.#slotOf[rid] ?? 0;
    return slot === 0 ? undefined : slot - 1;
  }

  /** True while its changes can be followed; false: make another index. */
  get usable(): boolean {
    if (readMeta(this.#db, 'generation') !== this.generation) return false;
    const first = this.#db.prepare('SELECT min(seq) AS n FROM dirty').get()?.['n'];
    return first === null || Number(first) <= this.#lastDirty + 1;
  }

  /** Follows the table for at most some milliseconds; true when it has caught up. */
  sync(budget: number): boolean {
    const changes = readMeta(this.#db, 'changes');
    if (changes === this.#changes) return true;
    const end = performance.now() + budget;
    for (;;) {
      const dirty = this.#dirtyAfter.all(this.#lastDirty);
      for (const { seq, rid } of dirty) {
        this.#renew(Number(rid));
        this.#lastDirty = Number(seq);
      }
      const rows = this.#after.all(this.#lastRid);
      for (const row of rows) {
        this.#add(row);
        this.#lastRid = Number(row['rid']);
      }
      if (dirty.length < step && rows.length < step) {
        this.#changes = changes;
        return true;
      }
      if (performance.now() > end) return false;
    }
  }

  /** The orders have all slots now: rows that had two have the newer. */
  settle(): void {
    for (const slot of this.#superseded) this.alive.delete(slot);
    this.#superseded.length = 0;
  }

  #reserve(): void {
    const there = Number(
      this.#db.prepare('SELECT coalesce(sum(entries), 0) AS n FROM connection').get()?.['n'] ?? 0,
    );
    this.columns.reserve(Math.ceil(there * 1.05));
    this.#slotOf = uint32s(Math.max(1024, readMeta(this.#db, 'last_rid') + 1));
  }

  #renew(rid: number): void {
    const slot = this.slotOf(rid);
    // Not read yet: it will be as it then is.
    if (slot === undefined) return;
    const row = this.#byRid.get(rid);
    this.version += 1;
    if (row) {
      this.#superseded.push(slot);
      this.#add(row);
    } else {
      this.alive.delete(slot);
      this.#slotOf[rid] = 0;
    }
  }

  #add(row: Row): void {
    const slot = this.slots;
    const { columns: to } = this;
    const rid = Number(row['rid']);
    const conn = Number(row['conn']);
    to.reserve(slot + 1);
    to.rid[slot] = rid;
    to.conn[slot] = conn;
    to.parent[slot] = this.#parentNumber(conn, String(row['parent_id']));
    to.flags[slot] = Number(row['flags']) | (Number(row['node_alias']) === 1 ? aliasBit : 0);
    for (let rest = to.flags[slot] ?? 0; rest !== 0; rest &= rest - 1)
      this.flags[31 - Math.clz32(rest & -rest)]?.add(slot);
    const expires = Number(row['expires']);
    to.expires.set(slot, expires >= 9e18 ? Number.POSITIVE_INFINITY : expires);
    if (expires >= 9e18) this.never.add(slot);
    to.created.set(slot, Number(row['created']));
    to.revision.set(slot, Number(row['revision']));
    to.x509.set(slot, Number(row['x509_ttl']));
    to.jwt.set(slot, Number(row['jwt_ttl']));
    let ofConn = this.conns.get(conn);
    if (!ofConn) this.conns.set(conn, (ofConn = new Bits()));
    ofConn.add(slot);
    tag(this.selectorTypes, String(row['selector_types']), slot);
    tag(this.federates, String(row['federates']), slot);
    if (rid >= this.#slotOf.length) this.#slotOf = grown(this.#slotOf, uint32s(Math.ceil(rid * 1.125) + 1));
    this.#slotOf[rid] = slot + 1;
    this.alive.add(slot);
    this.slots += 1;
    this.version += 1;
    this.texts.push(textOf(row));
    if (this.texts.length === blockRows) {
      this.blocks.push(new GramBlock(this.texts));
      this.texts = [];
    }
  }

  #parentNumber(conn: number, id: string): number {
    const key = `${conn} ${id}`;
    let number = this.#parentNumbers.get(key);
    if (number === undefined) {
      number = this.parents.length;
      this.#parentNumbers.set(key, number);
      this.parents.push({ conn, id, text: id.toLowerCase() });
    }
    return number;
  }
}

export function textOf(row: Row): string {
  return entryText(
    String(row['spiffe_id']),
    String(row['selectors']),
    String(row['dns_names']),
    String(row['hint']),
  );
}

function tag(tags: Map<string, Bits>, lines: string, slot: number): void {
  if (lines === '') return;
  for (const line of lines.split('\n')) {
    let bits = tags.get(line);
    if (!bits) tags.set(line, (bits = new Bits()));
    bits.add(slot);
  }
}
