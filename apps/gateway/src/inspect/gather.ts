import { createHash, X509Certificate } from 'node:crypto';
import { bundleKeys } from '../authorities/bundle-keys.ts';
import { joinAuthorities, sameKey } from '../authorities/join.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { ViewContext } from '../views/context.ts';
import type { AgentSeen } from './agent-findings.ts';
import type { AuthoritiesSeen } from './authority-findings.ts';
import type { EntriesSeen } from './entries.ts';
import type { Past } from './entry-findings.ts';
import { authorityKind } from './facts.ts';
import type { SvidFacts } from './facts.ts';
import { pathTo } from './finding.ts';
import type { LiveSvid } from './lifetime-findings.ts';
import type { Acceptor, UseFacts } from './use-findings.ts';
import { everyEntry } from '../inventory/store/query.ts';

const mostRemovals = 20;
const mostAgents = 5;
/** Around the moment that an SVID begins, in which an action may have minted it, ms. */
const around = 60_000;

export const domainOf = ({ link, config }: SpireConnection): string =>
  link.trustDomain || (config.trustDomain ?? '');

/** What was seen of an ID's entries over time on one server. */
export async function seePast(
  { inventory }: ViewContext,
  seen: EntriesSeen,
  facts: SvidFacts,
): Promise<Past> {
  const { store } = inventory;
  const ask = (target: string, verb: 'removed' | 'changed') =>
    store.changes({
      connections: [seen.name],
      since: 0,
      until: 0,
      kind: 'entry',
      verb,
      search: '',
      target,
      offset: 0,
      limit: mostRemovals,
    });
  const [removed, changed] = await Promise.all([
    ask(facts.spiffeId, 'removed'),
    ask(facts.spiffeId, 'changed'),
  ]);
  const there = new Set(seen.entries.map(({ row }) => row.id));
  const removals = removed.changes.filter(({ id }) => !there.has(id));
  const spans = [
    ...(facts.notBefore === undefined ? [] : [[facts.notBefore - around, facts.notBefore + around] as const]),
    ...removals
      .slice(0, 1)
      .map((one) => [one.notBefore || one.seenAt - around, one.seenAt + around] as const),
  ];
  const records = await Promise.all(spans.map(([from, to]) => store.recordsBetween(from, to)));
  return {
    removals,
    changes: changed.changes.filter(({ id }) => there.has(id)),
    keptSince: removed.keptSince.find(({ connection }) => connection === seen.name)?.at,
    records: records.flat(),
  };
}

/** Agents that the entries hang on directly, at most some of them; the rest are reached through aliases. */
export async function seeAgents(
  context: ViewContext,
  seen: EntriesSeen,
): Promise<{ agents: AgentSeen[]; aliases: string[] }> {
  const parents = [...new Set(seen.entries.map(({ row }) => row.parentId))];
  const direct = parents.filter((id) => /^spiffe:\/\/[^/]+\/spire\/agent\//u.test(id));
  const agents = await Promise.all(
    direct.slice(0, mostAgents).map((id) => seeAgent(context, seen.connection, id)),
  );
  const aliases = parents.filter((id) => !direct.includes(id) && !id.endsWith('/spire/server'));
  return { agents, aliases };
}

/** An agent as its server has it now; of a server that cannot be asked, as our copy has it. */
export async function seeAgent(
  { inventory, now }: ViewContext,
  connection: SpireConnection,
  id: string,
): Promise<AgentSeen> {
  const { name } = connection.link;
  const at = now();
  const stored = await inventory.store.agentById(name, id, Math.floor(at.getTime() / 1000));
  try {
    const row = await connection.client.agents.get(id, { timeoutMs: 5000 });
    if (row && !stored) await inventory.refreshAgents(name);
    const known = stored ?? (await inventory.store.agentById(name, id, Math.floor(at.getTime() / 1000)));
    return { connection: name, id, stored: row && known ? { ...known, row } : undefined, asOf: at };
  } catch {
    return {
      connection: name,
      id,
      stored,
      asOf: stored && stored.asOf > 0 ? new Date(stored.asOf) : undefined,
    };
  }
}

/** The keys of one server that could have signed it, and whether an earlier bundle had the one that did. */
export async function seeAuthorities(
  context: ViewContext,
  connection: SpireConnection,
  facts: SvidFacts,
): Promise<AuthoritiesSeen | undefined> {
  const kind = authorityKind(facts);
  if (!kind) return undefined;
  const { name } = connection.link;
  const base = { connection: name, kind, asOf: context.now(), former: undefined, keptSince: undefined };
  try {
    const [look, own] = await Promise.all([
      context.authorities.read(connection, kind),
      connection.readOwnBundle(),
    ]);
    const now = BigInt(Math.floor(context.now().getTime() / 1000));
    const authorities = joinAuthorities(kind, look.slots, bundleKeys(own, kind), now);
    const versions = await context.inventory.store.bundleVersions(name, own.trustDomain);
    const former =
      facts.signer === ''
        ? undefined
        : versions.find(
            ({ goneAt, bundle }) =>
              goneAt > 0 &&
              bundleKeys({ ...bundle, readAt: own.readAt }, kind).some(({ id }) => sameKey(id, facts.signer)),
          );
    return { ...base, authorities, former, keptSince: versions.at(-1)?.at, problem: '' };
  } catch (error) {
    return { ...base, authorities: [], problem: sentence(classify(error)) };
  }
}

/** What the Workload APIs connected here hand out for the ID. */
export function seeLive({ connections }: ViewContext, { spiffeId }: SvidFacts): LiveSvid[] {
  return connections.workload.flatMap((source) =>
    source.svids
      .filter((svid) => svid.spiffeId === spiffeId)
      .map((svid) => ({
        connection: source.link.name,
        fingerprint: createHash('sha256').update(new X509Certificate(svid.chainPem).raw).digest('hex'),
        notBefore: svid.notBefore.getTime(),
        expiresAt: svid.expiresAt.getTime(),
        receivedAt: svid.receivedAt,
      })),
  );
}

/** What it could be used for, as far as this console sees. */
export async function seeUse(
  context: ViewContext,
  facts: SvidFacts,
  seen: readonly EntriesSeen[],
): Promise<UseFacts> {
  const { connections, inventory } = context;
  const others = connections.spire.filter((one) => domainOf(one) !== facts.trustDomain);
  const entries = seen.flatMap((one) => one.entries);
  const holders = (has: 'admin' | 'downstream'): string[] => [
    ...new Set(entries.filter(({ row }) => row[has]).map(({ connection }) => connection)),
  ];
  const named = new Map<string, string>();
  for (const audience of facts.audiences.filter((one) => one.startsWith('spiffe://')).slice(0, 5))
    for (const { link } of connections.spire) {
      const [entry] = await inventory.store.entriesBySpiffeId(link.name, audience, 0);
      if (entry) named.set(audience, pathTo('/entries', { id: `${link.name}/${entry.row.id}` }));
    }
  return {
    acceptors: await Promise.all(others.map((one) => acceptor(context, one, facts.trustDomain))),
    federatesWith: [...new Set(entries.flatMap(({ row }) => row.federatesWith))].toSorted(),
    admin: holders('admin'),
    downstream: holders('downstream'),
    moderators: moderatorsOf(context, facts),
    slim: connections.nodes.length + connections.managers.length > 0,
    named,
  };
}

async function acceptor(
  { inventory, now }: ViewContext,
  connection: SpireConnection,
  trustDomain: string,
): Promise<Acceptor> {
  const { name } = connection.link;
  const asOf = inventory.feedState(name)?.asOf;
  const base = { connection: name, trustDomain: domainOf(connection), asOf };
  if (!asOf)
    return { ...base, hasBundle: false, entries: 0, examples: [], problem: `${name} has not been read yet.` };
  const page = await inventory.entries({
    connections: [name],
    ...everyEntry,
    federatesWith: trustDomain,
    limit: 2,
    now: Math.floor(now().getTime() / 1000),
  });
  return {
    ...base,
    hasBundle: inventory.federatedNames(name).includes(trustDomain),
    entries: page.total,
    examples: page.entries.map(({ row }) => row.spiffeId),
    problem: '',
  };
}

/** Moderators of ours whose identity comes from a Workload API that hands the ID out. */
function moderatorsOf({ connections }: ViewContext, { spiffeId }: SvidFacts): UseFacts['moderators'] {
  return connections.nodes.flatMap((node) => {
    const from = node.config.moderator?.workloadApi;
    const source = connections.workload.find(({ link }) => link.name === from);
    if (!source?.svids.some((svid) => svid.spiffeId === spiffeId)) return [];
    const channels = node.link.up ? node.moderator.channels().map(({ name }) => name) : [];
    return [{ connection: node.link.name, name: node.ownName, channels }];
  });
}
