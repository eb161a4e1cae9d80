import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packRows } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { agentStates } from './agents.ts';
import type { AgentQuery } from './agents.ts';
import { openStore } from './open.ts';

const start = 1_800_000_000;
const td = 'spiffe://a.example';
const id = (name: string) => `${td}/spire/agent/${name}`;

const agent = (name: string, more: Partial<AgentRow> = {}): AgentRow => ({
  id: id(name),
  attestationType: 'x509pop',
  serialNumber: '1',
  expiresAt: BigInt(start + 3600),
  selectors: [],
  banned: false,
  canReattest: true,
  version: '1.15.2',
  ...more,
});

const entry = (name: string, parentId: string, more: Partial<EntryRow> = {}): EntryRow => ({
  id: name,
  spiffeId: `${td}/${name}`,
  parentId,
  selectors: [{ type: 'unix', value: 'uid:1' }],
  x509SvidTtl: 0,
  jwtSvidTtl: 0,
  federatesWith: [],
  admin: false,
  downstream: false,
  expiresAt: 0n,
  dnsNames: [],
  revisionNumber: 0n,
  storeSvid: false,
  disableX509SvidPrefetch: false,
  jwtSvidIncludeJti: false,
  hint: '',
  createdAt: 1n,
  ...more,
});

function filled(agents: AgentRow[], entries: EntryRow[] = []) {
  const store = openStore(':memory:');
  store.begin('c', 'a.example', start * 1000);
  store.page('c', packRows(entries));
  store.agents('c', agents, start * 1000);
  while (store.finish('c', 1).more);
  while (store.buildOrders());
  store.reach('c');
  const page = (more: Partial<AgentQuery> = {}) =>
    store.agentPage({
      connections: ['c'],
      search: '',
      attestationType: '',
      version: '',
      state: 0,
      order: 'id',
      descending: false,
      offset: 0,
      limit: 100,
      now: start,
      ...more,
    });
  const names = (more: Partial<AgentQuery> = {}) =>
    page(more).agents.map(({ row }) => row.id.slice(id('').length));
  return { store, page, names };
}

describe('the list of agents', () => {
  const rows = [
    agent('b', { attestationType: 'k8s_psat', version: '', serialNumber: '77' }),
    agent('a', { selectors: [{ type: 'k8s_psat', value: 'cluster:Pier' }], version: '1.14.1' }),
    agent('d', { banned: true, serialNumber: '' }),
    agent('c', { expiresAt: BigInt(start - 1) }),
  ];

  it('finds, filters, sorts, pages and counts', () => {
    const { page, names } = filled(rows, [entry('x', id('c')), entry('y', id('c')), entry('z', id('a'))]);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    expect(names({ search: 'CLUSTER:pier' })).toEqual(['a']);
    expect(names({ search: '77' })).toEqual(['b']);
    expect(names({ search: '1.14' })).toEqual(['a']);
    expect(names({ search: 'a\nx' })).toEqual([]);
    expect(names({ search: '%' })).toEqual([]);
    expect(names({ attestationType: 'k8s_psat' })).toEqual(['b']);
    expect(names({ version: 'unknown' })).toEqual(['b']);
    expect(names({ version: '1.14.1' })).toEqual(['a']);
    expect(names({ state: agentStates.banned })).toEqual(['d']);
    expect(names({ order: 'entries', descending: true })).toEqual(['c', 'a', 'd', 'b']);
    expect(names({ order: 'version' })).toEqual(['b', 'a', 'c', 'd']);
    expect(names({ order: 'expires_at', limit: 1 })).toEqual(['c']);
    expect(names({ offset: 2, limit: 1, descending: true })).toEqual(['b']);
    expect(page({ attestationType: 'x509pop', limit: 1 })).toMatchObject({ total: 3, all: 4 });
    expect(page()).toMatchObject({
      attestationTypes: [
        { value: 'x509pop', count: 3 },
        { value: 'k8s_psat', count: 1 },
      ],
      versions: [
        { value: '1.15.2', count: 2 },
        { value: '1.14.1', count: 1 },
        { value: 'unknown', count: 1 },
      ],
      watchedSince: start * 1000,
    });
    expect(page({ connections: ['other'] })).toMatchObject({ agents: [], total: 0, watchedSince: 0 });
  });

  it('calls overdue only what is surely past half of its SVID’s life, and nobody by a guess', () => {
    const { store, names, page } = filled([agent('runs'), agent('stopped'), agent('gone')]);
    const later = (seconds: number, more: AgentRow[]) =>
      store.agents('c', [...more, agent('stopped'), agent('gone')], (start + seconds) * 1000);
    // Seen at the start with an hour to go: until 36 minutes it may just not have been due.
    later(35 * 60, [agent('runs', { serialNumber: '2', expiresAt: BigInt(start + 35 * 60 + 3600) })]);
    expect(names({ state: agentStates.overdue, now: start + 35 * 60 })).toEqual([]);
    later(40 * 60, [agent('runs', { serialNumber: '2', expiresAt: BigInt(start + 35 * 60 + 3600) })]);
    expect(names({ state: agentStates.overdue, now: start + 40 * 60 })).toEqual(['gone', 'stopped']);
    const [, runs] = page({ now: start + 40 * 60 }).agents;
    expect(runs).toMatchObject({
      state: agentStates.attested,
      knownSince: start * 1000,
      renewedAt: (start + 35 * 60) * 1000,
    });
    // The server has not been read since: what is past its end now may have renewed.
    expect(names({ state: agentStates.unknown, now: start + 61 * 60 })).toEqual(['gone', 'stopped']);
    later(62 * 60, [agent('runs', { serialNumber: '2', expiresAt: BigInt(start + 35 * 60 + 3600) })]);
    expect(names({ state: agentStates.expired, now: start + 62 * 60 })).toEqual(['gone', 'stopped']);
  });

  it('S-25: names like prototype members are data', () => {
    const { names, page } = filled([
      agent('__proto__', { attestationType: 'constructor', version: 'toString' }),
    ]);
    expect(names({ attestationType: 'constructor' })).toEqual(['__proto__']);
    expect(page().versions).toEqual([{ value: 'toString', count: 1 }]);
  });
});

describe('what depends on an agent', () => {
  const node = (value: string) => ({ type: 'k8s_psat', value });
  const entries = [
    entry('direct', id('one')),
    entry('nodes', `${td}/spire/server`, { selectors: [node('pool:x')] }),
    entry('pool', `${td}/nodes`),
    entry('nested', `${td}/pool`, { admin: true }),
    entry('lonely-nodes', `${td}/spire/server`, { selectors: [node('pool:x'), node('rack:1')] }),
    entry('rack', `${td}/lonely-nodes`),
    entry('loop-a', `${td}/loop-b`),
    entry('loop-b', `${td}/loop-a`),
    entry('elsewhere', id('two')),
  ];
  const agents = [
    agent('one', { selectors: [node('pool:x'), node('rack:1')] }),
    agent('two', { selectors: [node('pool:x')] }),
    agent('old', { selectors: [node('pool:x'), node('rack:1')], expiresAt: BigInt(start - 9) }),
  ];
  const { store } = filled(agents, entries);
  const impact = (...names: string[]) => store.agentImpact('c', names.map(id), start);

  const aliases = (name: string) => store.agentServes('c', id(name), start).aliases;

  it('counts what it serves and what nobody else could, through aliases and entries under entries', () => {
    expect(impact('one')).toEqual({
      served: 4,
      lost: 2,
      names: [`${td}/direct`, `${td}/rack`],
      powerful: [`${td}/nested`],
    });
    expect(impact('one', 'two')).toMatchObject({ served: 5, lost: 5 });
    // It is expired: nothing is lost with it that is not lost already.
    expect(impact('old')).toMatchObject({ served: 3, lost: 0 });
    expect(impact('none')).toMatchObject({ served: 0, lost: 0, names: [] });
    expect(store.agentImpact('other', [id('one')], start)).toMatchObject({ served: 0 });
  });

  it('names the aliases of nodes it belongs to', () => {
    expect(aliases('one')).toEqual([
      { spiffeId: `${td}/lonely-nodes`, entryId: 'lonely-nodes', entries: 1, agents: 2 },
      { spiffeId: `${td}/nodes`, entryId: 'nodes', entries: 1, agents: 3 },
    ]);
    expect(aliases('two').map(({ entryId }) => entryId)).toEqual(['nodes']);
    expect(aliases('none')).toEqual([]);
  });

  it('names what has power under an alias', () => {
    expect(store.powerfulUnder('c', `${td}/pool`)).toEqual([`${td}/nested`]);
    expect(store.powerfulUnder('c', `${td}/nodes`)).toEqual([]);
  });
});

describe('join tokens made here', () => {
  const made = (token: string, more: object = {}) => ({
    fingerprint: createHash('sha256').update(token).digest('hex'),
    connection: 'c',
    ending: token.slice(-4),
    createdAt: start,
    expiresAt: start + 600,
    alias: '',
    session: 's',
    ...more,
  });

  it('are known as used by the agent that has the token in its ID, and stay so when it is evicted', () => {
    const { store } = filled([agent('x')]);
    store.joinTokenMade(made('token-one'));
    store.joinTokenMade(made('token-two', { createdAt: start + 1 }));
    expect(store.settleJoinTokens('c', start)).toBe(false);
    store.agents('c', [agent('join_token/token-one', { attestationType: 'join_token' })], start * 1000 + 1);
    expect(store.settleJoinTokens('other', start)).toBe(false);
    expect(store.settleJoinTokens('c', start + 5)).toBe(true);
    expect(store.settleJoinTokens('c', start + 6)).toBe(false);
    store.agents('c', [], start * 1000 + 2);
    expect(store.joinTokens(['c']).map(({ ending, agent: by, usedAt }) => [ending, by, usedAt])).toEqual([
      ['-two', '', 0],
      ['-one', id('join_token/token-one'), start + 5],
    ]);
    expect(store.joinTokens(['other'])).toEqual([]);
  });

  it('are kept a thousand at most, the newest', () => {
    const { store } = filled([]);
    for (let at = 0; at < 1003; at += 1) store.joinTokenMade(made(`t${at}`, { createdAt: start + at }));
    const kept = store.joinTokens(['c']);
    expect(kept).toHaveLength(1000);
    expect(kept[0]?.createdAt).toBe(start + 1002);
  });
});
