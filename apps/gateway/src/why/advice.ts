import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AdviceSchema } from '@muster/api';
import type { AgentRow, SelectorRow } from '../upstream/spire/rows.ts';
import { dockerRun, podManifest, proposeSelectors } from './generate.ts';
import type { Chained } from './words.ts';

type Advice = MessageInitShape<typeof AdviceSchema>;

export interface Situation {
  connection: string;
  trustDomain: string;
  /** What the workload has. */
  selectors: readonly SelectorRow[];
  matching: readonly Chained[];
  near: readonly Chained[];
  expectedId: string;
  agentId: string;
  /** The agent asked about, when its server knows it. */
  agent: AgentRow | undefined;
  now: number;
}

const textOf = ({ type, value }: SelectorRow): string => `${type}:${value}`;
const query = (path: string, values: Record<string, string>): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== '') params.set(name, value);
  return `${path}?${params.toString()}`;
};

/** What to do next, most promising first. */
export function adviseOn(situation: Situation): Advice[] {
  const { matching, near, agentId, agent } = situation;
  const out: Advice[] = [];
  if (
    matching.some(({ issued }) => issued) &&
    (situation.expectedId === '' ||
      matching.some((one) => one.issued && one.stored.row.spiffeId === situation.expectedId))
  )
    return [];
  if (agentId !== '' && !agent)
    out.push({
      code: 'agent-unknown',
      title: 'Look the agent up',
      text: `No attested agent of ${situation.trustDomain} has the ID ${agentId}: it was evicted, attested anew, or the ID is mistyped.`,
      link: query('/agents', {}).replace(/\?$/u, ''),
      linkText: 'Agents',
    });
  if (agent) out.push(...ofAgent(situation, agent));
  const [match] = matching;
  if (match && !match.served) out.push(ofParent(situation, match));
  const [miss] = near;
  if (!match && miss) out.push(...ofMiss(situation, miss));
  const wanted = [...matching, ...near].some(({ stored }) => stored.row.spiffeId === situation.expectedId);
  if ((!match || (situation.expectedId !== '' && !wanted)) && situation.selectors.length > 0)
    out.push(newEntry(situation));
  return out;
}

function ofAgent({ connection, now }: Situation, agent: AgentRow): Advice[] {
  const link = query('/agents', { id: agent.id });
  if (agent.banned)
    return [
      {
        code: 'agent-banned',
        title: 'Its agent is banned',
        text: 'A banned agent stops and serves nobody. Evict it, so that the host may attest again.',
        link,
        linkText: 'Show the agent',
      },
    ];
  if (agent.expiresAt > BigInt(now)) return [];
  return [
    {
      code: 'agent-expired',
      title: 'Its agent’s SVID has expired',
      text: agent.canReattest
        ? `Start spire-agent on that host and see that it reaches the server of ${connection}: it attests again by itself.`
        : agent.attestationType === 'join_token'
          ? 'This kind of agent cannot attest again by itself: start it with a new join token. It then has another SPIFFE ID, so entries under the old one need the new parent.'
          : 'This kind of agent is accepted once only: evict it, then start it again.',
      link,
      linkText: 'Show the agent',
    },
  ];
}

function ofParent(situation: Situation, { stored, broken }: Chained): Advice {
  const { row, connection } = stored;
  const copy = query('/entries/new', { copy: `${connection}/${row.id}`, parent: situation.agentId });
  return situation.agentId === ''
    ? {
        code: 'parent',
        title: 'Give the entry a parent that reaches an agent',
        text: `${broken} Change its parent to the agent of the host that the workload runs on, or to an alias of nodes.`,
        link: query('/entries/new', { edit: `${connection}/${row.id}` }),
        linkText: 'Change the entry…',
      }
    : {
        code: 'host-entry',
        title: 'This host’s agent needs its own entry',
        text: 'An entry is given only to agents that its parent reaches. Every host has its own agent, so a component that runs on many hosts has one entry for each host’s agent, with the same SPIFFE ID and selectors, or one under an alias that all these nodes have.',
        link: copy,
        linkText: 'Copy it under this agent…',
      };
}

function ofMiss(situation: Situation, miss: Chained): Advice[] {
  const { row, connection } = miss.stored;
  const failing = miss.selectors.filter(({ verdict }) => verdict !== 'matches' && verdict !== 'cannot-tell');
  if (failing.length === 0) return miss.served ? [] : [ofParent(situation, miss)];
  const out: Advice[] = [];
  const typed = failing.some(({ verdict }) => verdict === 'unknown-key' || verdict === 'node-only');
  const docker = row.selectors.some(({ type }) => type === 'docker');
  const run = docker ? dockerRun(row.selectors) : podManifest(row.selectors);
  if (!typed && run.text !== '')
    out.push({
      code: 'change-workload',
      title: docker ? 'Run the container so that it matches' : 'Write the pod so that it matches',
      text:
        run.left.length === 0
          ? 'Labels, environment and image must be the same in the entry and in what is run, letter by letter.'
          : `Letter by letter. This cannot bring about ${run.left.slice(0, 3).join(', ')}.`,
      snippet: run.text,
      link: query('/generate', { connection, entry: row.id }),
      linkText: 'More generators',
    });
  const swaps = failing.flatMap(({ wanted, has }) => (has === '' ? [] : [`${textOf(wanted)} → ${has}`]));
  out.push({
    code: 'change-entry',
    title: 'Or change the entry',
    text:
      swaps.length > 0
        ? `To what the workload has: ${swaps.slice(0, 4).join('; ')}.`
        : `Take away what the workload does not have: ${failing
            .map(({ wanted }) => textOf(wanted))
            .slice(0, 4)
            .join(', ')}.`,
    link: query('/entries/new', { edit: `${connection}/${row.id}` }),
    linkText: 'Change the entry…',
  });
  if (!miss.served) out.push(ofParent(situation, miss));
  return out;
}

function newEntry(situation: Situation): Advice {
  const { connection, trustDomain, selectors, expectedId, agentId } = situation;
  const chosen = proposeSelectors(selectors);
  const account = (key: string): string => {
    const found = chosen.find(({ type, value }) => type === 'k8s' && value.startsWith(`${key}:`));
    return found?.value.slice(key.length + 1) ?? '';
  };
  const usual =
    account('ns') && account('sa') ? `spiffe://${trustDomain}/ns/${account('ns')}/sa/${account('sa')}` : '';
  return {
    code: 'create-entry',
    title: 'Make an entry for it',
    text: `One for each component and server${agentId === '' ? ', under the agent of the host it runs on' : ''}. These selectors tell it from the rest: ${chosen.map(textOf).join(', ')}.`,
    link: query('/entries/new', {
      connection,
      spiffeId: expectedId || usual,
      parent: agentId,
      selectors: chosen.map(textOf).join('\n'),
    }),
    linkText: 'New entry…',
  };
}
