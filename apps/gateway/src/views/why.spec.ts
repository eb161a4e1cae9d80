import { Code, ConnectError } from '@connectrpc/connect';
import { AgentService, ChainStepKind, SelectorVerdict, WhyService } from '@muster/api';
import type { ExplainResponse } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let live: string;
let banned: string | undefined;
const td = 'spiffe://harbor.example';

const selectors = (...texts: string[]) =>
  texts.map((text) => ({ type: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }));

interface Ask {
  connection?: string;
  selectors?: { type: string; value: string }[];
  agentId?: string;
  expectedId?: string;
  entryId?: string;
  unknown?: string[];
}
const why = (request: Ask) => harness.client(WhyService).explain({ connection: 'harbor', ...request });
const ofId = (response: ExplainResponse, id: string) =>
  response.candidates.find(({ entry }) => entry?.spiffeId === id);
const refused = async (request: Ask) => {
  const error = await why(request).catch((reason: unknown) => reason);
  if (!(error instanceof ConnectError)) throw new Error('not refused');
  return error;
};

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  const { agents } = await harness.client(AgentService).listAgents({ trustDomains: ['harbor.example'] });
  const now = Date.now() / 1000;
  live = agents.find((one) => !one.banned && Number(one.expiresAt?.seconds) > now)?.id ?? '';
  banned = agents.find((one) => one.banned)?.id;
  const entry = (name: string, parent: string, ...texts: string[]) => ({
    spiffe_id: `${td}/why/${name}`,
    parent_id: parent,
    selectors: texts,
  });
  const plan = await harness.plan('entry.create', {
    connection: 'harbor',
    entries: [
      entry('trainer', live, 'docker:label:why:trainer', 'docker:env:WHY_ROLE=trainer'),
      entry('orphan', `${td}/why/nobody`, 'docker:label:why:orphan'),
      entry('typo', live, 'docker:labels:why:typo', 'docker:label:why:typed'),
      entry('inner', `${td}/why/trainer`, 'docker:label:why:inner'),
      ...(banned === undefined ? [] : [entry('banned', banned, 'docker:label:why:banned')]),
    ],
  });
  const { result } = await harness.apply(plan.digest);
  expect(result.refused).toBe(0);
});
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('a workload with an identity', () => {
  it('is told which, and through which agent', async () => {
    const has = selectors('docker:label:why:trainer', 'docker:env:WHY_ROLE=trainer', 'unix:gid:77');
    const response = await why({ selectors: has });
    expect(response.hasIdentity).toBe(true);
    expect(response.verdict).toContain(`${td}/why/trainer`);
    expect(response.matching).toBe(1n);
    expect(response.advice).toEqual([]);
    const one = response.candidates[0];
    expect(one).toMatchObject({ matches: true, issued: true });
    expect(one?.chain.map(({ kind, ok, id }) => ({ kind, ok, id }))).toEqual([
      { kind: ChainStepKind.AGENT, ok: true, id: live },
    ]);
  });
  it('under another entry is reached through it', async () => {
    const response = await why({ selectors: selectors('docker:label:why:inner') });
    expect(response.candidates[0]?.chain.map(({ kind }) => kind)).toEqual([
      ChainStepKind.ENTRY,
      ChainStepKind.AGENT,
    ]);
    expect(response.hasIdentity).toBe(true);
  });
  it('that is not the one expected is told so', async () => {
    const has = selectors('docker:label:why:trainer', 'docker:env:WHY_ROLE=trainer');
    const response = await why({ selectors: has, expectedId: `${td}/why/other` });
    expect(response.verdict).toMatch(/another identity than expected.*No entry gives/u);
    expect(response.advice.map(({ code }) => code)).toEqual(['create-entry']);
    expect(response.advice[0]?.link).toContain(encodeURIComponent(`${td}/why/other`));
  });
});

describe('a workload without one', () => {
  it('is shown the nearest miss, selector by selector, and what to run', async () => {
    const has = selectors('docker:label:why:Trainer', 'docker:env:WHY_ROLE=eval');
    const response = await why({ selectors: has });
    expect(response.hasIdentity).toBe(false);
    expect(response.verdict).toMatch(
      /^No entry matches\. Nearest is .*\/why\/trainer: 2 of 2 selectors fail/u,
    );
    const near = ofId(response, `${td}/why/trainer`);
    expect(near?.selectors.map(({ verdict }) => verdict)).toEqual([
      SelectorVerdict.CASE_DIFFERS,
      SelectorVerdict.VALUE_DIFFERS,
    ]);
    expect(response.advice.map(({ code }) => code)).toEqual([
      'change-workload',
      'change-entry',
      'create-entry',
    ]);
    expect(response.advice[0]?.snippet).toContain('--label why=trainer');
    expect(response.advice[0]?.snippet).toContain('--env WHY_ROLE=trainer');
    expect(response.advice[2]?.link).toMatch(/^\/entries\/new\?connection=harbor&selectors=docker/u);
  });
  it('cannot be told where the evidence is silent', async () => {
    const response = await why({
      selectors: selectors('docker:label:why:trainer'),
      unknown: ['docker:env:WHY_ROLE'],
    });
    const near = ofId(response, `${td}/why/trainer`);
    expect(near).toMatchObject({ matches: false, mayMatch: true, issued: false });
    expect(response.verdict).toMatch(/cannot be told/u);
  });
  it('because its entry’s parent is nothing', async () => {
    const response = await why({ selectors: selectors('docker:label:why:orphan') });
    expect(response.hasIdentity).toBe(false);
    expect(response.verdict).toMatch(
      /One entry matches, but none is issued: .*Neither an agent nor an entry/u,
    );
    expect(response.candidates[0]).toMatchObject({ matches: true, issued: false });
    expect(response.advice.map(({ code }) => code)).toEqual(['parent']);
  });
  it('because the agent is banned', async () => {
    expect(banned).toBeDefined();
    const response = await why({ selectors: selectors('docker:label:why:banned'), agentId: banned ?? '' });
    expect(response.verdict).toMatch(/banned/u);
    expect(response.advice[0]?.code).toBe('agent-banned');
  });
  it('because it runs on another host, whose agent needs its own entry', async () => {
    const { agents } = await harness.client(AgentService).listAgents({ trustDomains: ['harbor.example'] });
    const other = agents.find(
      (one) => one.id !== live && !one.banned && Number(one.expiresAt?.seconds) > Date.now() / 1000,
    );
    const has = selectors('docker:label:why:trainer', 'docker:env:WHY_ROLE=trainer');
    const response = await why({ selectors: has, agentId: other?.id ?? '' });
    expect(response.hasIdentity).toBe(false);
    expect(response.candidates[0]?.chain.at(-1)?.text).toMatch(/not the agent asked about/u);
    expect(response.advice.map(({ code }) => code)).toContain('host-entry');
  });
  it('because of a key that no attestor makes', async () => {
    const response = await why({ selectors: selectors('docker:label:why:typed', 'docker:label:why:typo') });
    const near = ofId(response, `${td}/why/typo`);
    expect(near?.selectors[0]).toMatchObject({
      verdict: SelectorVerdict.UNKNOWN_KEY,
      has: 'docker:label:why:typo',
    });
    expect(response.advice.map(({ code }) => code)).not.toContain('change-workload');
  });
});

describe('an entry alone', () => {
  it('is told who would get it', async () => {
    const { entries } = await harness.entries.listEntries({ search: '/why/orphan' });
    const response = await why({ entryId: entries[0]?.id ?? '' });
    expect(response.verdict).toMatch(/^No workload gets it/u);
    expect(response.candidates).toHaveLength(1);
    const good = await why({ expectedId: `${td}/why/trainer` });
    expect(good.verdict).toMatch(/all 2 selectors gets it/u);
  });
  it('that is not there is refused', async () => {
    expect((await refused({ entryId: 'nothing' })).code).toBe(Code.NotFound);
  });
});

describe('bad questions', () => {
  it.each<[string, Ask, RegExp]>([
    ['nothing', {}, /^selectors: give the selectors/u],
    [
      'a type with a colon',
      { selectors: [{ type: 'a:b', value: 'c' }] },
      /^selectors\[0\]: its type has a colon/u,
    ],
    ['an empty value', { selectors: [...selectors('a:b'), { type: 'a', value: '' }] }, /^selectors\[1\]: /u],
    ['a long one', { selectors: [{ type: 'a', value: 'x'.repeat(5000) }] }, /^selectors\[0\]: longer/u],
    [
      'too many',
      { selectors: Array.from({ length: 257 }, (_, i) => ({ type: 'a', value: `${i}` })) },
      /^selectors: more than/u,
    ],
    ['no such connection', { connection: 'nope', selectors: selectors('a:b') }, /^connection: /u],
  ])('%s', async (_name, request, words) => {
    expect((await refused(request)).rawMessage).toMatch(words);
  });
  it('warns of selectors that no workload has', async () => {
    const response = await why({ selectors: selectors('k8s:pod_name:a', 'acme:x:1', 'k8s_psat:cluster:c') });
    expect(response.warnings.map(({ code }) => code)).toEqual([
      'unknown-selector',
      'unknown-selector',
      'node-selector',
    ]);
    expect(response.warnings[0]?.text).toContain('k8s:pod-name:a may be meant');
  });
  it('S-22: gives no command with line ends, quotes or invisible characters left open', async () => {
    const evil = `x'; rm -rf /\n\u202e`;
    const plan = await harness.plan('entry.create', {
      connection: 'harbor',
      entries: [
        {
          spiffe_id: `${td}/why/evil`,
          parent_id: live,
          selectors: [`docker:label:evil:${evil}`, `docker:label:quote:a'b $(c)`],
        },
      ],
    });
    await harness.apply(plan.digest);
    const response = await why({ selectors: selectors('docker:label:quote:a') });
    const near = ofId(response, `${td}/why/evil`);
    expect(near).toBeDefined();
    const snippet = response.advice[0]?.snippet ?? '';
    expect(snippet).toContain(String.raw`--label 'quote=a'\''b $(c)'`);
    expect(snippet).not.toMatch(/rm -rf|\u202e/u);
    expect(response.advice[0]?.text).toMatch(/cannot bring about/u);
  });
});
