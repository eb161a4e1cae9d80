import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRows } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, EntryRow, SelectorRow } from '../../upstream/spire/rows.ts';
import { openStore } from './open.ts';

const now = 1_800_000_000;
const td = 'spiffe://a.example';
const agentOne = `${td}/spire/agent/one`;

const selectors = (...texts: string[]): SelectorRow[] =>
  texts.map((text) => ({ type: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }));
const entry = (id: string, has: SelectorRow[], more: Partial<EntryRow> = {}): EntryRow => ({
  id,
  spiffeId: `${td}/${id}`,
  parentId: agentOne,
  selectors: has,
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
const agent = (name: string, more: Partial<AgentRow> = {}): AgentRow => ({
  id: `${td}/spire/agent/${name}`,
  attestationType: 'x509pop',
  serialNumber: '1',
  expiresAt: BigInt(now + 100),
  selectors: [],
  banned: false,
  canReattest: true,
  version: '',
  ...more,
});

function filled(rows: EntryRow[], agents: AgentRow[] = [agent('one')], orders = true) {
  const store = openStore(':memory:');
  store.begin('c', 'a.example', now * 1000);
  store.agents('c', agents, now * 1000);
  store.page('c', packRows(rows));
  while (store.finish('c', now * 1000).more);
  if (orders) while (store.buildOrders());
  store.reach('c');
  return store;
}
const query = (has: SelectorRow[], more: object = {}) => ({
  connections: ['c'],
  selectors: has,
  stems: [],
  expectedId: '',
  entryId: '',
  agentId: '',
  now,
  ...more,
});

describe('entries that a workload gets', () => {
  const one = fc.record({
    type: fc.constantFrom('unix', 'k8s'),
    value: fc.constantFrom('uid:1', 'uid:10', 'uid:1\tx', 'ns:a', 'ns:A', 'ns:é', 'ns:a b', 'x'),
  });
  const set = fc.uniqueArray(one, { maxLength: 5, selector: ({ type, value }) => `${type}:${value}` });

  it.each([true, false])('are those of SPIRE’s rule, whatever there is; with an order: %s', (orders) => {
    fc.assert(
      fc.property(fc.array(set, { maxLength: 40 }), set, (sets, has) => {
        const rows = sets.filter(({ length }) => length > 0).map((some, i) => entry(`e${i}`, some));
        const store = filled(rows, [], orders);
        const texts = new Set(has.map(({ type, value }) => `${type}:${value}`));
        const naive = rows
          .filter((row) => row.selectors.every(({ type, value }) => texts.has(`${type}:${value}`)))
          .map(({ id }) => id);
        const found = store.whyCandidates(query(has));
        expect(found.matching.map(({ row }) => row.id).toSorted()).toEqual(naive.toSorted());
        expect(found.matchingTotal).toBe(naive.length);
        expect(found.bounded).toEqual([]);
        store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('are counted to a bound when there are very many', () => {
    const store = filled(Array.from({ length: 12_000 }, (_, i) => entry(`e${i}`, selectors('unix:uid:0'))));
    const found = store.whyCandidates(query(selectors('unix:uid:0', 'unix:gid:0')));
    expect(found).toMatchObject({ matchingTotal: 10_000, matchingMore: true });
    expect(found.matching).toHaveLength(200);
    store.close();
  });

  it('of another server are left out', () => {
    const store = filled([entry('e', selectors('unix:uid:0'))]);
    expect(
      store.whyCandidates({ ...query(selectors('unix:uid:0')), connections: ['other'] }).matching,
    ).toEqual([]);
    store.close();
  });
});

describe('near entries', () => {
  const store = filled([
    entry('case', selectors('docker:label:app:Web')),
    entry('value', selectors('unix:uid:1001')),
    entry('second', selectors('k8s:ns:a', 'k8s:sa:b', 'k8s:pod-label:x:y')),
    entry('variable', selectors('unix:gid:7', 'docker:env:ROLE=eval')),
    entry('else', selectors('k8s:ns:zz', 'k8s:sa:zz')),
    entry('expected', selectors('systemd:id:far')),
  ]);
  const near = (has: SelectorRow[], more: object = {}) =>
    store.whyCandidates(query(has, more)).near.map(({ row }) => row.id);
  it('differ by case, by value, or by one selector of several', () => {
    expect(near(selectors('docker:label:app:web'))).toContain('case');
    expect(near(selectors('unix:uid:1000'))).toContain('value');
    expect(near(selectors('k8s:sa:b'))).toContain('second');
    expect(near(selectors('docker:env:ROLE=train'), { stems: ['docker:env:ROLE='] })).toContain('variable');
  });
  it('are the one asked about, however far', () => {
    expect(near(selectors('unix:uid:1'))).not.toContain('expected');
    expect(near(selectors('unix:uid:1'), { expectedId: `${td}/expected` })[0]).toBe('expected');
    expect(near(selectors('unix:uid:1'), { entryId: 'else' })[0]).toBe('else');
    expect(near(selectors('unix:uid:1'), { agentId: agentOne })).toContain('else');
  });
});

describe('a parent', () => {
  const nodes = selectors('k8s_psat:cluster:c', 'k8s_psat:agent_ns:spire');
  const store = filled(
    [
      entry('alias', nodes, { parentId: `${td}/spire/server`, spiffeId: `${td}/nodes` }),
      entry('none', selectors('k8s_psat:cluster:d'), {
        parentId: `${td}/spire/server`,
        spiffeId: `${td}/no-nodes`,
      }),
      entry('mid', selectors('unix:uid:0'), { parentId: `${td}/nodes`, spiffeId: `${td}/mid` }),
      entry('loop-a', selectors('unix:uid:1'), { parentId: `${td}/loop-b`, spiffeId: `${td}/loop-a` }),
      entry('loop-b', selectors('unix:uid:1'), { parentId: `${td}/loop-a`, spiffeId: `${td}/loop-b` }),
    ],
    [
      agent('one'),
      agent('node', { selectors: [...nodes, ...selectors('k8s_psat:agent_node_name:n')] }),
      agent('banned', { banned: true }),
      agent('expired', { expiresAt: BigInt(now - 1) }),
    ],
  );
  const chain = (parent: string, agentId = '') => {
    const [found] = store.parentChains('c', [parent], agentId, now);
    return found && { kinds: found.steps.map(({ kind }) => kind), served: found.served };
  };
  it.each([
    [agentOne, '', ['agent'], true],
    [`${td}/spire/agent/banned`, '', ['agent'], false],
    [`${td}/spire/agent/expired`, '', ['agent'], false],
    [`${td}/spire/agent/gone`, '', ['nothing'], false],
    [`${td}/nodes`, '', ['alias'], true],
    [`${td}/mid`, '', ['entry', 'alias'], true],
    [`${td}/no-nodes`, '', ['alias'], false],
    [`${td}/loop-a`, '', ['entry', 'entry', 'loop'], false],
    [`${td}/nowhere`, '', ['nothing'], false],
    [`${td}/spire/server`, '', ['server'], false],
    [`${td}/nodes`, `${td}/spire/agent/node`, ['alias'], true],
    [`${td}/nodes`, agentOne, ['alias'], false],
    [agentOne, `${td}/spire/agent/node`, ['agent'], false],
  ])('%s (agent %s) goes %j, served %s', (parent, agentId, kinds, served) => {
    expect(chain(parent, agentId)).toEqual({ kinds, served });
  });
});
