import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entryBytes } from '../../upstream/spire/entry-wire.ts';
import { agentUse, longestTtl } from './authority-use.ts';
import { encode } from './body.ts';
import { entriesDue, expiryPage } from './expiry.ts';
import type { ExpiryQuery } from './expiry.ts';
import { openDatabase } from './schema.ts';
import { never } from './entry-rows.ts';

let directory: string;
let db: DatabaseSync;
let insert: StatementSync | undefined;
const now = 1_800_000_000n;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mt-'));
  db = openDatabase(join(directory, 'muster.db'));
  db.exec("INSERT INTO connection (conn, name) VALUES (1, 'one'), (2, 'two')");
});
afterEach(() => {
  insert = undefined;
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

function entry(rid: number, conn: number, expiresAt: bigint, x509Ttl = 0): void {
  const body = entryBytes({
    id: `e${rid}`,
    spiffeId: `spiffe://a.test/${rid}`,
    parentId: '',
    selectors: [],
    x509SvidTtl: x509Ttl,
    jwtSvidTtl: 0,
    federatesWith: [],
    admin: false,
    downstream: false,
    expiresAt: expiresAt === never ? 0n : expiresAt,
    dnsNames: [],
    revisionNumber: 0n,
    storeSvid: false,
    disableX509SvidPrefetch: false,
    jwtSvidIncludeJti: false,
    hint: '',
    createdAt: 0n,
  });
  insert ??= db.prepare(
    `INSERT INTO entry (rid, conn, id, spiffe_id, parent_id, selectors, selector_types, x509_ttl, jwt_ttl, federates,
       flags, expires_at, dns_names, revision, hint, created_at, node_alias, body)
     VALUES (?, ?, ?, ?, '', '', '', ?, 0, '', 0, ?, '', 0, '', 0, 0, ?)`,
  );
  insert.run(rid, conn, `e${rid}`, `spiffe://a.test/${rid}`, x509Ttl, expiresAt, body);
}

function agent(id: string, conn: number, expiresAt: bigint, renewedAfter = 0, banned = 0): void {
  const body = encode({
    id,
    attestationType: 'join_token',
    serialNumber: '1',
    expiresAt,
    selectors: [],
    banned: banned === 1,
    canReattest: false,
    version: '',
  });
  db.prepare(
    'INSERT INTO agent (conn, id, expires_at, banned, text, body, renewed_at, renewed_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(conn, id, expiresAt, banned, '', body, renewedAfter, renewedAfter);
}

const query = (over: Partial<ExpiryQuery> = {}): ExpiryQuery => ({
  connections: ['one', 'two'],
  entries: true,
  agents: true,
  others: [],
  after: undefined,
  until: undefined,
  offset: 0,
  limit: 100,
  edges: [now, now + 100n],
  ...over,
});

const names = (over: Partial<ExpiryQuery> = {}) =>
  expiryPage(db, query(over)).rows.map((one) => (one.kind === 'other' ? `other ${one.index}` : one.row.id));

it('merges entries, agents and the rest by time, and leaves out what never expires', () => {
  entry(1, 1, now + 30n);
  entry(2, 2, now - 5n);
  entry(3, 1, never);
  agent('agent', 1, now + 20n);
  const page = expiryPage(db, query({ others: [now + 25n, now + 1000n] }));
  expect(names({ others: [now + 25n, now + 1000n] })).toEqual(['e2', 'agent', 'other 0', 'e1', 'other 1']);
  expect(page).toMatchObject({ total: 5, entryBins: [1, 1, 0], agentBins: [0, 1, 0] });
});

it('keeps to a stretch of time, to kinds and to connections', () => {
  entry(1, 1, now + 30n);
  entry(2, 2, now + 40n);
  entry(4, 2, now - 1n);
  agent('agent', 2, now + 20n);
  expect(names({ after: now })).toEqual(['agent', 'e1', 'e2']);
  expect(names({ after: now, until: now + 30n })).toEqual(['agent', 'e1']);
  expect(names({ until: now })).toEqual(['e4']);
  expect(names({ entries: false })).toEqual(['agent']);
  expect(names({ agents: false, connections: ['one'] })).toEqual(['e1']);
  expect(names({ connections: [] })).toEqual([]);
  expect(names({ connections: ['gone'], others: [now + 1n] })).toEqual(['other 0']);
  expect(entriesDue(db, ['one', 'two'], Number(now), Number(now) + 35)).toBe(1);
  expect(entriesDue(db, ['two'], Number(now), Number(now) + 60)).toBe(1);
});

it('finds any place of a long list, with many at one second too', () => {
  db.exec('BEGIN');
  const total = 26_000;
  for (let i = 0; i < total; i += 1) entry(i + 1, 1, now + BigInt(i % 3 === 0 ? 7 : i));
  db.exec('COMMIT; CREATE INDEX entry_by_expires_at ON entry (expires_at, rid, conn)');
  const all = expiryPage(db, query({ limit: total + 1, others: [now + 21_500n] })).rows.map((one) =>
    one.kind === 'other' ? 'other' : one.row.id,
  );
  expect(all).toHaveLength(total + 1);
  for (const offset of [0, 15_000, 20_001, 23_000, 25_990]) {
    const page = names({ offset, limit: 20, others: [now + 21_500n] });
    expect([offset, page.map((id) => (id === 'other 0' ? 'other' : id))]).toEqual([
      offset,
      all.slice(offset, offset + 20),
    ]);
  }
}, 20_000);

it('S-38: times beyond 2^53 stay exact', () => {
  const far = 2n ** 60n + 1n;
  entry(1, 1, far);
  const page = expiryPage(db, query({ after: far - 1n, others: [far, far - 1n] }));
  expect(page.rows.map((one) => (one.kind === 'other' ? one.index : one.kind))).toEqual([0, 'entry']);
  expect(page.rows.flatMap((one) => (one.kind === 'entry' ? [one.row.expiresAt] : []))).toEqual([far]);
});

it('counts agents that have an SVID of another key since', () => {
  const since = 5000;
  agent('before', 1, now + 60n, since - 1);
  agent('after', 1, now + 60n, since);
  agent('never seen to', 1, now + 60n);
  agent('outlives the key', 1, now + 900n);
  agent('banned', 1, now + 900n, since, 1);
  agent('expired', 1, now - 1n, since);
  agent('elsewhere', 2, now + 900n, since);
  expect(agentUse(db, 'one', Number(now), since, now + 100n)).toEqual({ known: 4, moved: 2 });
  expect(agentUse(db, 'one', Number(now), undefined, 0n)).toEqual({ known: 4, moved: 0 });
  expect(agentUse(db, 'nowhere', Number(now), since, 0n)).toEqual({ known: 0, moved: 0 });
});

it('finds the longest TTL, and how many entries leave it to the server', () => {
  entry(1, 1, never, 7200);
  entry(2, 1, never);
  entry(3, 2, never, 9999);
  expect(longestTtl(db, 'one', 'x509')).toEqual({ longest: 7200, unset: 1 });
  expect(longestTtl(db, 'one', 'jwt')).toEqual({ longest: 0, unset: 2 });
});
