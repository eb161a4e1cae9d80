import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import { CandidateSchema, ExplainResponseSchema, SelectorVerdict, Severity, WhyService } from '@muster/api';
import type { ExplainRequest } from '@muster/api';
import { detectKind } from '@muster/domain/detect';
import { WorkloadSelectors } from '@muster/domain/selector-match';
import type { SelectorJudgement } from '@muster/domain/selector-match';
import { selectorKey, unknownSelector } from '@muster/domain/selector-vocabulary';
import type { ParentChain } from '../inventory/store/parent-chain.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import type { WhyFound } from '../inventory/store/why.ts';
import type { AgentRow, SelectorRow } from '../upstream/spire/rows.ts';
import { adviseOn } from '../why/advice.ts';
import { chainSteps } from '../why/chain.ts';
import { judgeEntry, nearest, stemsOf } from '../why/workload.ts';
import type { Judged } from '../why/workload.ts';
import { candidateVerdict, verdict } from '../why/words.ts';
import type { Chained } from '../why/words.ts';
import { bounded, freshnessOf, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';
import { toEntry } from './convert.ts';
import { warn } from './entry-warnings.ts';

const mostSelectors = 256;
const mostUnknown = 512;
const mostShown = 50;
const mostMisses = 20;

const verdicts = new Map<SelectorJudgement['verdict'], SelectorVerdict>([
  ['matches', SelectorVerdict.MATCHES],
  ['missing', SelectorVerdict.MISSING],
  ['value-differs', SelectorVerdict.VALUE_DIFFERS],
  ['case-differs', SelectorVerdict.CASE_DIFFERS],
  ['unknown-key', SelectorVerdict.UNKNOWN_KEY],
  ['cannot-tell', SelectorVerdict.CANNOT_TELL],
  ['node-only', SelectorVerdict.NODE_ONLY],
]);

const limits = new Map<WhyFound['bounded'][number], string>([
  [
    'selectors',
    'Some selectors are on so many entries that only some of those were looked at for near misses.',
  ],
  [
    'index',
    'The search index is still being built: near misses were looked for by the first selectors only.',
  ],
  ['time', 'The search for near misses was ended after a quarter of a second.'],
  ['order', 'Entries are still being read: only the first 50,000 were looked at.'],
  [
    'steps',
    'So many sets of these selectors exist that not all were looked at: an entry that matches may be missing here.',
  ],
]);

/** Why has this workload no identity? */
export function whyService(context: ViewContext): Partial<ServiceImpl<typeof WhyService>> {
  return { explain: (request) => explain(context, request) };
}

async function explain(context: ViewContext, request: ExplainRequest) {
  const { inventory } = context;
  const { agentId, expectedId, entryId } = request;
  const selectors = checked(request);
  const all = context.connections.spire;
  const chosen = request.connection === '' ? all : all.filter(({ link }) => link.name === request.connection);
  if (chosen.length === 0) throw noSuchConnection(request.connection, all);
  const names = chosen.map(({ link }) => link.name);
  const now = Math.floor(context.now().getTime() / 1000);
  await inventory.firstAgents(names);
  const entryOnly = selectors.length === 0;
  const workload = new WorkloadSelectors(selectors, entryOnly ? ['*'] : request.unknown);
  const found = await inventory.store.whyCandidates({
    connections: names,
    selectors,
    stems: stemsOf(selectors),
    expectedId,
    entryId,
    agentId,
    now,
  });
  const judge = (stored: StoredEntry): Judged => judgeEntry(stored, workload);
  // The store's rule and the words' are the same; the words decide.
  const matching = found.matching.map(judge).filter((one) => one.matches);
  const asked = ({ stored: { row } }: Judged): boolean =>
    row.id === entryId || (row.spiffeId === expectedId && expectedId !== '');
  const near = nearest(
    found.near.map(judge).filter((one) => !one.matches),
    asked,
    mostMisses,
  );
  const agents = await Promise.all(
    names.map(async (name) =>
      agentId === '' ? undefined : (await inventory.store.agentById(name, agentId, now))?.row,
    ),
  );
  const agent = agents.find((one) => one !== undefined);

  const judged = [...matching, ...near];
  const chains = new Map<string, ParentChain>();
  for (const name of names) {
    const parents = judged
      .filter((one) => one.stored.connection === name)
      .map(({ stored }) => stored.row.parentId);
    if (parents.length === 0) continue;
    for (const chain of await inventory.store.parentChains(name, parents, agentId, now))
      chains.set(`${name} ${chain.parentId}`, chain);
  }
  const chained = (one: Judged): Chained & { steps: ReturnType<typeof chainSteps> } => {
    const { connection, row } = one.stored;
    const chain = chains.get(`${connection} ${row.parentId}`);
    const steps = chain ? chainSteps(connection, chain, agentId, agent, now) : [];
    const served = chain?.served ?? false;
    const stop = steps.find(({ ok }) => !ok);
    const broken = served ? '' : stop ? `${stop.id}: ${stop.text}` : 'its parent reaches no agent.';
    return { ...one, steps, served, issued: one.matches && served, broken };
  };
  const matched = matching
    .map(chained)
    .toSorted((a, b) => Number(asked(b)) - Number(asked(a)) || Number(b.issued) - Number(a.issued));
  const missed = near.map(chained);
  const [first] = chosen;
  const one = matched[0]?.stored.connection ?? missed[0]?.stored.connection ?? first?.link.name ?? '';
  const home = chosen.find(({ link }) => link.name === one) ?? first;
  const limited = found.bounded.map((what) => limits.get(what) ?? '');
  if (entryOnly && judged.length === 0)
    throw new ConnectError(`There is no such entry on ${names.join(', ')}.`, Code.NotFound);
  return create(ExplainResponseSchema, {
    verdict: verdict({
      matching: matched,
      matchingTotal: found.matchingTotal,
      near: missed,
      expectedId,
      agentId,
      bounded: limited.length > 0,
      entryOnly,
    }),
    hasIdentity: matched.some(({ issued }) => issued),
    candidates: [...matched, ...missed].slice(0, mostShown).map((candidate) =>
      create(CandidateSchema, {
        entry: toEntry(candidate.stored),
        matches: candidate.matches,
        mayMatch: candidate.mayMatch,
        issued: candidate.issued,
        verdict: candidateVerdict(candidate, entryOnly),
        chain: candidate.steps,
        selectors: candidate.selectors.map((judgement) => ({
          ...judgement,
          text: entryOnly ? '' : judgement.text,
          verdict: verdicts.get(judgement.verdict) ?? SelectorVerdict.UNSPECIFIED,
        })),
      }),
    ),
    matching: BigInt(found.matchingTotal),
    matchingIsEstimate: found.matchingMore,
    advice: adviseOn({
      connection: home?.link.name ?? '',
      trustDomain: home ? home.link.trustDomain || (home.config.trustDomain ?? '') : '',
      selectors,
      matching: matched,
      near: missed,
      expectedId,
      agentId,
      agent: agent as AgentRow | undefined,
      now,
    }),
    bounded: limited.join(' '),
    freshness: freshnessOf(inventory, chosen),
    warnings: selectors.flatMap(selectorWarning),
  });
}

function checked(request: ExplainRequest): SelectorRow[] {
  const bad = (field: string, why: string): ConnectError =>
    new ConnectError(`${field}: ${why}`, Code.InvalidArgument);
  if (request.selectors.length > mostSelectors) throw bad('selectors', `more than ${mostSelectors}.`);
  if (request.unknown.length > mostUnknown) throw bad('unknown', `more than ${mostUnknown}.`);
  const plain = (field: string, text: string, most?: number): void => {
    // S-13: the page sends selectors only, and whoever pastes a key elsewhere is told so without having it repeated.
    if (detectKind(new TextEncoder().encode(bounded(field, text, most))).kind === 'private-key')
      throw bad(
        field,
        'this is a private key, which nothing here needs. It is not kept; if others could read it, replace it.',
      );
  };
  for (const [index, text] of request.unknown.entries()) plain(`unknown[${index}]`, text);
  plain('agent_id', request.agentId, 2048);
  plain('expected_id', request.expectedId, 2048);
  plain('entry_id', request.entryId, 255);
  if (request.selectors.length === 0 && request.entryId === '' && request.expectedId === '')
    throw bad('selectors', 'give the selectors of the workload, or the entry or SPIFFE ID asked about.');
  const out = new Map<string, SelectorRow>();
  for (const [index, { type, value }] of request.selectors.entries()) {
    const field = `selectors[${index}]`;
    if (type === '' || value === '') throw bad(field, 'a selector is written type:value.');
    plain(field, `${type}:${value}`);
    plain(field, value);
    if (type.includes(':')) throw bad(field, 'its type has a colon.');
    out.set(`${type}:${value}`, { type, value });
  }
  return [...out.values()];
}

function selectorWarning(selector: SelectorRow) {
  const text = `${selector.type}:${selector.value}`;
  const unknown = unknownSelector(selector);
  if (unknown?.what === 'key')
    return [
      warn(
        'unknown-selector',
        `${text}: the ${selector.type} attestor makes no such key.${unknown.meant === undefined ? '' : ` ${unknown.meant} may be meant.`}`,
      ),
    ];
  if (unknown)
    return [
      warn(
        'unknown-selector',
        `${text}: not of an attestor of SPIRE’s own; a third party’s may make it.`,
        Severity.INFO,
      ),
    ];
  return selectorKey(selector)?.of === 'node'
    ? [warn('node-selector', `${text}: agents get this selector, workloads never do.`)]
    : [];
}
