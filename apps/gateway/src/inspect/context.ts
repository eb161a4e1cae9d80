import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ContextTopic, GetContextResponseSchema } from '@muster/api';
import type { GetContextRequest, GetContextResponse } from '@muster/api';
import { serverCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { ViewContext } from '../views/context.ts';
import { toEntry } from '../views/convert.ts';
import { toChange } from '../views/history.ts';
import { ownAgentFindings, servingFindings } from './agent-findings.ts';
import { authorityFindings } from './authority-findings.ts';
import { seeEntries } from './entries.ts';
import type { EntriesSeen } from './entries.ts';
import { entryFindings } from './entry-findings.ts';
import type { Past } from './entry-findings.ts';
import { holderOf, readFacts } from './facts.ts';
import type { SvidFacts } from './facts.ts';
import { inOrder, sayOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { fitOf } from './fit.ts';
import { domainOf, seeAgent, seeAgents, seeAuthorities, seeLive, seePast, seeUse } from './gather.ts';
import { lifetimeFindings } from './lifetime-findings.ts';
import { summaryOf } from './summary.ts';
import { useFindings } from './use-findings.ts';

/** Beyond the specifications: what this console's servers know of an SVID, from facts of it. */
export async function getContext(
  context: ViewContext,
  request: GetContextRequest,
): Promise<GetContextResponse> {
  const facts = readFacts(request);
  const at = context.now();
  const servers = context.connections.spire.filter((one) => domainOf(one) === facts.trustDomain);
  await context.inventory.firstAgents(context.connections.spire.map(({ link }) => link.name));
  const holder = holderOf(facts);
  const seen =
    holder === 'workload' ? await Promise.all(servers.map((one) => seeEntries(context, one, facts))) : [];
  const pasts = await Promise.all(seen.map((one) => seePast(context, one, facts)));
  const [keys, use] = await Promise.all([
    Promise.all(servers.map((one) => seeAuthorities(context, one, facts))),
    seeUse(context, facts, seen),
  ]);
  const findings = [
    ...(servers.length === 0 ? [noServer(facts)] : []),
    ...seen.flatMap((one, index) => entryFindings(one, pasts[index] ?? nothing, facts, at.getTime())),
    ...(await agentFindings(context, servers, seen, facts)),
    ...(servers.length === 0
      ? []
      : authorityFindings(
          keys.flatMap((one) => one ?? []),
          facts,
        )),
    ...lifetimeFindings(facts, seeLive(context, facts), at.getTime()),
    ...useFindings(facts, use),
  ];
  const [first] = servers;
  return create(GetContextResponseSchema, {
    ...summaryOf(facts, findings),
    findings: inOrder(findings),
    entries: seen.flatMap(({ entries }) =>
      entries.map((entry) => {
        const { could, reasons } = fitOf(entry.row, facts);
        return { entry: toEntry(entry), couldIssue: could, reason: reasons.join(' ') };
      }),
    ),
    gone: pasts
      .flatMap(({ removals, records }) => removals.map((change) => toChange(change, records)))
      .slice(0, 20),
    unread: seen
      .filter(({ live }) => !live)
      .map(({ name, problem }) => ({ connection: name, trustDomain: facts.trustDomain, reason: problem })),
    at: timestampFromDate(at),
    ...(first && holder === 'workload'
      ? { command: serverCommand(first.config.address, ['entry', 'show'], ['-spiffeID', facts.spiffeId]) }
      : first && holder === 'agent'
        ? { command: serverCommand(first.config.address, ['agent', 'show'], ['-spiffeID', facts.spiffeId]) }
        : {}),
  });
}

const nothing: Past = { removals: [], changes: [], keptSince: undefined, records: [] };

function noServer({ trustDomain }: SvidFacts): Finding {
  return sayOf(ContextTopic.ENTRY).unknown(
    'server-none',
    `No server of ${trustDomain} is connected`,
    'Only it knows which entries, agents and authorities it has. A copy of its bundle, if a federated server here has one, tells its keys only.',
    { links: [{ text: 'Connections', link: '/connections' }] },
  );
}

/** Of an agent’s own SVID, of the agents that serve a workload, or what is there instead of an entry. */
async function agentFindings(
  context: ViewContext,
  servers: readonly SpireConnection[],
  seen: readonly EntriesSeen[],
  facts: SvidFacts,
): Promise<Finding[]> {
  const say = sayOf(ContextTopic.ENTRY);
  const lists = servers.map(async (server): Promise<Finding[]> => {
    const { name } = server.link;
    switch (holderOf(facts)) {
      case 'agent': {
        const agent = await seeAgent(context, server, facts.spiffeId);
        const now = Math.floor(context.now().getTime() / 1000);
        const served = agent.stored
          ? (await context.inventory.store.agentServes(name, facts.spiffeId, now)).impact.served
          : 0;
        return ownAgentFindings(agent, facts, served);
      }
      case 'server':
        return [
          say.plain(
            'server-own',
            'A SPIRE server’s own identity',
            `${name} issues it to itself, without an entry, for its agents and clients to know it by.`,
            { connection: name },
          ),
        ];
      case 'trust-domain':
        return [
          say.warning(
            'no-path',
            'The SPIFFE ID of a trust domain',
            'It has no path, as signing certificates have it: no workload is registered under it.',
            { connection: name },
          ),
        ];
      case 'reserved':
        return [
          say.warning(
            'reserved-path',
            'A path that SPIRE keeps for itself',
            'Below /spire only servers and agents have identities, and this is neither: SPIRE does not issue it.',
            { connection: name },
          ),
        ];
      default: {
        const found = seen.find((one) => one.name === name);
        if (!found) return [];
        const { agents, aliases } = await seeAgents(context, found);
        return servingFindings(agents, aliases);
      }
    }
  });
  return (await Promise.all(lists)).flat();
}
