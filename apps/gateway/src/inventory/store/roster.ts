import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { transaction } from './transaction.ts';

/** Numbers of `roster_event.kind`; the contract's are the same. */
export const rosterKinds = {
  joined: 1,
  left: 2,
  online: 3,
  offline: 4,
  created: 5,
  deleted: 6,
  'invite-failed': 7,
} as const;
export type RosterKind = keyof typeof rosterKinds;

/** As last seen: a channel's members with what was last known of their presence (empty: never told). */
export interface KeptMember {
  channel: string;
  member: string;
  instance: string;
  presence: string;
}

/** Something that happened in a channel; times in ms. */
export interface RosterLine {
  at: number;
  /** The look before; 0: unknown. */
  notBefore: number;
  channel: string;
  kind: RosterKind;
  /** Empty for events of the channel. */
  member: string;
  instance: string;
  /** Of the action that did it; empty: none of ours. */
  record: string;
  title: string;
  by: string;
  note: string;
}

export interface RosterWrite {
  events: RosterLine[];
  /** Members that are new or whose presence is, and those that are gone. */
  put: KeptMember[];
  drop: Omit<KeptMember, 'presence'>[];
  channelsPut: string[];
  /** Their members go with them. */
  channelsDrop: string[];
  /** Watched until now, ms; 0 says nothing of it. */
  until: number;
  /** Since when this connection was not watched until now; 0: no gap. */
  gapFrom: number;
}

export interface KeptRoster {
  /** When the connection was first looked at, and last, ms; 0: never. */
  since: number;
  until: number;
  channels: string[];
  members: KeptMember[];
}

export interface RosterQuery {
  /** Empty: all. */
  connection: string;
  channel: string;
  /** org/namespace/app, or with an instance. */
  member: string;
  kinds: RosterKind[];
  /** ms, both inclusive; 0: no bound. */
  since: number;
  until: number;
  offset: number;
  limit: number;
}

export interface RosterPage {
  events: (RosterLine & { seq: number; connection: string })[];
  total: number;
  /** ms; 0: nothing is kept yet. */
  keptSince: number;
  /** In the time asked for, newest first. */
  gaps: { connection: string; from: number; until: number }[];
}

/** Kept at most. */
export const keptEvents = 100_000;
const keptGaps = 1000;
const trimEvery = 1000;
const mostGaps = 20;

const kindNames = new Map(Object.entries(rosterKinds).map(([name, number]) => [number as number, name]));

/** What was last seen of a connection's channels. */
export function keptRoster(db: DatabaseSync, connection: string): KeptRoster {
  const watch = db.prepare('SELECT since, until FROM roster_watch WHERE connection = ?').get(connection);
  return {
    since: Number(watch?.['since'] ?? 0),
    until: Number(watch?.['until'] ?? 0),
    channels: db
      .prepare('SELECT channel FROM roster_channel WHERE connection = ? ORDER BY channel')
      .all(connection)
      .map((row) => String(row['channel'])),
    members: db
      .prepare('SELECT channel, member, instance, presence FROM roster_member WHERE connection = ?')
      .all(connection)
      .map((row) => ({
        channel: String(row['channel']),
        member: String(row['member']),
        instance: String(row['instance']),
        presence: String(row['presence']),
      })),
  };
}

/** Writes what one look changed, with what it is compared with next time: either both or neither. */
export function writeRoster(db: DatabaseSync, connection: string, write: RosterWrite): void {
  transaction(db, () => {
    const { events, put, drop, channelsPut, channelsDrop, until, gapFrom } = write;
    const each = (sql: string, rows: readonly SQLInputValue[][]): void => {
      if (rows.length === 0) return;
      const statement = db.prepare(sql);
      for (const row of rows) statement.run(...row);
    };
    each(
      `INSERT INTO roster_event (at, not_before, connection, channel, kind, member, instance, record, title, who, note)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      events.map((one) => [
        ...[one.at, one.notBefore, connection, one.channel, rosterKinds[one.kind], one.member, one.instance],
        ...[one.record, one.title, one.by, one.note],
      ]),
    );
    each(
      'INSERT OR IGNORE INTO roster_channel (connection, channel) VALUES (?, ?)',
      channelsPut.map((channel) => [connection, channel]),
    );
    each(
      'DELETE FROM roster_channel WHERE connection = ? AND channel = ?',
      channelsDrop.map((channel) => [connection, channel]),
    );
    each(
      'DELETE FROM roster_member WHERE connection = ? AND channel = ?',
      channelsDrop.map((channel) => [connection, channel]),
    );
    each(
      'DELETE FROM roster_member WHERE connection = ? AND channel = ? AND member = ? AND instance = ?',
      drop.map(({ channel, member, instance }) => [connection, channel, member, instance]),
    );
    each(
      `INSERT INTO roster_member (connection, channel, member, instance, presence) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT DO UPDATE SET presence = ?5`,
      put.map(({ channel, member, instance, presence }) => [connection, channel, member, instance, presence]),
    );
    if (until > 0)
      db.prepare(
        `INSERT INTO roster_watch (connection, since, until) VALUES (?1, ?2, ?2)
         ON CONFLICT (connection) DO UPDATE SET until = ?2`,
      ).run(connection, until);
    if (gapFrom > 0)
      db.prepare('INSERT INTO roster_gap (connection, began, ended) VALUES (?, ?, ?)').run(
        connection,
        gapFrom,
        until,
      );
    trim(db, events.length, gapFrom > 0);
  });
}

function trim(db: DatabaseSync, added: number, gap: boolean): void {
  const last = (table: string): number =>
    Number(db.prepare(`SELECT max(seq) AS n FROM ${table}`).get()?.['n'] ?? 0);
  if (added > 0) {
    const events = last('roster_event');
    // Now and then, and after many at once.
    if (Math.floor(events / trimEvery) !== Math.floor((events - added) / trimEvery))
      db.prepare('DELETE FROM roster_event WHERE seq <= ?').run(events - keptEvents);
  }
  if (gap) db.prepare('DELETE FROM roster_gap WHERE seq <= ?').run(last('roster_gap') - keptGaps);
}

/** What happened in channels, newest first. */
export function rosterEvents(db: DatabaseSync, query: RosterQuery): RosterPage {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...more: SQLInputValue[]): void => {
    where.push(sql);
    values.push(...more);
  };
  if (query.connection !== '') add('connection = ?', query.connection);
  if (query.channel !== '') add('channel = ?', query.channel);
  if (query.member !== '') {
    const parts = query.member.split('/');
    add('member = ?', parts.slice(0, 3).join('/'));
    if (parts.length > 3) add('instance = ?', parts.slice(3).join('/'));
  }
  if (query.kinds.length > 0) add(`kind IN (${query.kinds.map((kind) => rosterKinds[kind]).join(',')})`);
  if (query.since > 0) add('at >= ?', query.since);
  if (query.until > 0) add('at <= ?', query.until);
  const filter = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  const events = db
    .prepare(`SELECT * FROM roster_event ${filter} ORDER BY at DESC, seq DESC LIMIT ? OFFSET ?`)
    .all(...values, query.limit, query.offset)
    .map((row) => {
      const text = (key: string): string => String(row[key] ?? '');
      return {
        seq: Number(row['seq']),
        at: Number(row['at']),
        notBefore: Number(row['not_before']),
        connection: text('connection'),
        channel: text('channel'),
        kind: (kindNames.get(Number(row['kind'])) ?? 'joined') as RosterKind,
        member: text('member'),
        instance: text('instance'),
        record: text('record'),
        title: text('title'),
        by: text('who'),
        note: text('note'),
      };
    });
  const number = (sql: string, ...more: SQLInputValue[]): number =>
    Number(db.prepare(sql).get(...more)?.['n'] ?? 0);
  const total = number(`SELECT count(*) AS n FROM roster_event ${filter}`, ...values);
  const of = query.connection;
  const first = number("SELECT min(since) AS n FROM roster_watch WHERE ?1 = '' OR connection = ?1", of);
  // Once the oldest lines were cut off, the oldest that is left says how far back it goes.
  const cut = number('SELECT min(seq) AS n FROM roster_event') > 1;
  const keptSince = cut ? Math.max(first, number('SELECT min(at) AS n FROM roster_event')) : first;
  const gaps = db
    .prepare(
      `SELECT connection, began, ended FROM roster_gap
       WHERE (?1 = '' OR connection = ?1) AND ended >= ?2 AND (?3 = 0 OR began <= ?3) ORDER BY seq DESC LIMIT ${mostGaps}`,
    )
    .all(of, query.since, query.until)
    .map((row) => ({
      connection: String(row['connection']),
      from: Number(row['began']),
      until: Number(row['ended']),
    }));
  return { events, total, keptSince, gaps };
}
