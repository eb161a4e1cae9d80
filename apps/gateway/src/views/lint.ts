import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  FindingGroupSchema,
  FindingSchema,
  LintService,
  ListFindingsResponseSchema,
  Severity,
} from '@muster/api';
import type { Finding } from '@muster/api';
import type { LintAgent } from '../inventory/store/lint.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import { LintCache } from '../lint/cache.ts';
import type { LintState } from '../lint/cache.ts';
import { catalog } from '../lint/catalog.ts';
import type { FindingCode } from '../lint/catalog.ts';
import { lintFacts } from '../lint/facts.ts';
import { entryProblems, twinProblems } from '../lint/rules.ts';
import type { LintFacts } from '../lint/rules.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { bounded, freshnessOf, pageOf, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { iso } from './times.ts';

/** An agent whose SVID expired so long ago has not merely lost its server for a moment, seconds. */
const longGone = 86_400;
const twinCodes: ReadonlySet<FindingCode> = new Set(['similar', 'duplicate', 'hint-twice']);

/** What was found on one server: rows of entries by code, and agents. */
interface Scope {
  connection: SpireConnection;
  facts: LintFacts;
  state: LintState;
  agents: { code: FindingCode; agent: LintAgent }[];
}

/** What is unhealthy or risky in entries and agents. */
export function lintService(context: ViewContext): Partial<ServiceImpl<typeof LintService>> {
  const { inventory } = context;
  const cache = new LintCache(inventory, context.now);
  return {
    async listFindings(request) {
      const code = bounded('code', request.code, 64) as FindingCode | '';
      if (code !== '' && !catalog.has(code))
        throw new ConnectError(
          `code: there is no such kind of finding; there are ${[...catalog.keys()].join(', ')}.`,
          Code.InvalidArgument,
        );
      const connections = spireOf(context, request.trustDomains);
      await inventory.firstAgents(connections.map(({ link }) => link.name));
      const stats = await inventory.store.stats(0);
      const scopes = await Promise.all(
        connections.map(async (connection): Promise<Scope> => {
          const { name } = connection.link;
          const facts = lintFacts(inventory, connection, context.now());
          const entries = stats.find((one) => one.connection === name)?.entries ?? 0;
          const [state, agents] = await Promise.all([
            cache.ask(name, facts, entries),
            inventory.store.lintAgents(name, facts.now - longGone),
          ]);
          const coded = agents.map((agent) => ({
            code: (agent.row.banned ? 'banned-agent' : 'stale-agent') as FindingCode,
            agent,
          }));
          return { connection, facts, state, agents: coded };
        }),
      );
      const groups = [...catalog.keys()].map((one) => groupOf(one, scopes));
      const there = groups.filter(({ count }) => count > 0n).toSorted((a, b) => b.severity - a.severity);
      const codes = code === '' ? there.map((group) => group.code as FindingCode) : [code];
      const { offset, limit } = pageOf(request.page);
      const finished = scopes.map(({ state }) => state.result?.finishedAt);
      const oldest = finished.includes(undefined)
        ? undefined
        : finished.reduce((least, at) => (least === undefined || (at && at < least) ? at : least), undefined);
      return create(ListFindingsResponseSchema, {
        groups: there,
        clean: groups.filter(({ count }) => count === 0n),
        findings: await findings(context, scopes, codes, offset, limit),
        total: codes.reduce(
          (sum, one) => sum + (groups.find((group) => group.code === one)?.listed ?? 0n),
          0n,
        ),
        freshness: freshnessOf(inventory, connections),
        conventions: scopes.flatMap(({ connection, state }) =>
          state.result && state.result.forms.length > 0
            ? [
                `${connection.link.trustDomain || connection.link.name}: SPIFFE IDs have the form ${state.result.forms.join(' or ')}`,
              ]
            : [],
        ),
        progress: {
          running: scopes.some(({ state }) => state.running),
          examined: sum(scopes, ({ state }) =>
            state.running ? state.progress.examined : (state.result?.examined ?? 0),
          ),
          of: sum(scopes, ({ state }) => (state.running ? state.progress.of : (state.result?.examined ?? 0))),
          outdated: scopes.some(({ state }) => state.outdated),
          ...(oldest ? { finishedAt: timestampFromDate(oldest) } : {}),
        },
      });
    },
  };
}

const sum = (scopes: readonly Scope[], pick: (scope: Scope) => number): bigint =>
  BigInt(scopes.reduce((total, scope) => total + pick(scope), 0));

function groupOf(code: FindingCode, scopes: readonly Scope[]) {
  const agents = (scope: Scope): number => scope.agents.filter((one) => one.code === code).length;
  return create(FindingGroupSchema, {
    code,
    ...catalog.get(code),
    count: sum(scopes, (scope) => (scope.state.result?.counts.get(code) ?? 0) + agents(scope)),
    listed: sum(scopes, (scope) => (scope.state.result?.rids.get(code)?.length ?? 0) + agents(scope)),
  });
}

/** One page of findings: rows are read, and the rules asked again for their words, only of what is shown. */
async function findings(
  context: ViewContext,
  scopes: readonly Scope[],
  codes: readonly FindingCode[],
  offset: number,
  limit: number,
): Promise<Finding[]> {
  const out: Finding[] = [];
  let skip = offset;
  for (const code of codes)
    for (const scope of scopes) {
      if (out.length >= limit) return out;
      const rids = scope.state.result?.rids.get(code) ?? [];
      const from = Math.min(skip, rids.length);
      skip -= from;
      const shown = rids.slice(from, from + limit - out.length);
      out.push(...(await entryFindings(context, scope, code, shown)));
      const agents = scope.agents.filter((one) => one.code === code);
      const start = Math.min(skip, agents.length);
      skip -= start;
      for (const { agent } of agents.slice(start, start + limit - out.length))
        out.push(agentFinding(scope, code, agent));
    }
  return out;
}

async function entryFindings(
  { inventory }: ViewContext,
  { connection, facts, state }: Scope,
  code: FindingCode,
  rids: readonly number[],
): Promise<Finding[]> {
  const rows = await inventory.store.lintRows([...rids], facts.now);
  const out: Finding[] = [];
  for (const { stored } of rows) {
    const text = await wordsOf(stored);
    out.push(
      create(FindingSchema, {
        code,
        severity: catalog.get(code)?.severity ?? Severity.UNSPECIFIED,
        connection: connection.link.name,
        target: stored.row.spiffeId,
        entryId: stored.row.id,
        text,
        remedy: catalog.get(code)?.remedy ?? '',
        link: `/entries?${new URLSearchParams({ id: `${connection.link.name}/${stored.row.id}` }).toString()}`,
      }),
    );
  }
  return out;

  async function wordsOf({ row, state: entryState, connection: name }: StoredEntry): Promise<string> {
    if (code === 'odd-id')
      return `Its path has not the form ${(state.result?.forms ?? []).join(' or ')} that nearly all have.`;
    const problems = twinCodes.has(code)
      ? twinProblems(row, await inventory.store.entryTwins(name, row))
      : entryProblems(row, entryState, facts);
    const own = problems.filter((problem) => problem.code === code).map((problem) => problem.text);
    // It was mended since the entries were looked through.
    return own.join(' ') || 'It has changed since it was looked at, and this is not so any more.';
  }
}

function agentFinding({ connection, facts }: Scope, code: FindingCode, { row, entries }: LintAgent): Finding {
  const under =
    entries === 0
      ? 'No entry has it as parent.'
      : `${entries} ${entries === 1 ? 'entry has' : 'entries have'} it as parent.`;
  const days = Math.floor((facts.now - Number(row.expiresAt)) / 86_400);
  const again = row.canReattest
    ? 'It attests again by itself once it runs.'
    : row.attestationType === 'join_token'
      ? 'It needs a new join token to come back, and has another SPIFFE ID then.'
      : `Attested by ${row.attestationType}, it cannot attest again until it is evicted.`;
  return create(FindingSchema, {
    code,
    severity: catalog.get(code)?.severity ?? Severity.UNSPECIFIED,
    connection: connection.link.name,
    target: row.id,
    text: row.banned
      ? `It is banned. ${under}`
      : `Its SVID expired at ${iso(row.expiresAt)}, ${days} ${days === 1 ? 'day' : 'days'} ago. ${under} ${again}`,
    remedy: catalog.get(code)?.remedy ?? '',
    link: `/agents?${new URLSearchParams({ id: row.id }).toString()}`,
  });
}
