import { create } from '@bufbuild/protobuf';
import { ChainStepKind, ChainStepSchema } from '@muster/api';
import type { ChainStep } from '@muster/api';
import type { ChainFact, ParentChain } from '../inventory/store/parent-chain.ts';
import type { AgentRow } from '../upstream/spire/rows.ts';
import { toAgentRow } from './agent.ts';
import { iso } from '../views/times.ts';

const live = (agent: AgentRow, now: number): boolean => !agent.banned && agent.expiresAt > BigInt(now);

function agentWords(agent: AgentRow, now: number): string {
  if (agent.banned) return 'This agent is banned: its server refuses it, and it serves nobody.';
  if (agent.expiresAt > BigInt(now))
    return `An attested agent; its SVID is valid until ${iso(agent.expiresAt)}.`;
  const again = agent.canReattest
    ? 'It attests again by itself once it runs.'
    : agent.attestationType === 'join_token'
      ? 'It cannot attest again by itself: it needs a new join token, and then has another SPIFFE ID.'
      : 'It cannot attest again until it is evicted.';
  return `The SVID of this agent expired at ${iso(agent.expiresAt)}: it has stopped, or lost its server. ${again}`;
}

/** The way from a parent to an agent, in words. `agentId` empty: any agent will do. */
export function chainSteps(
  connection: string,
  { steps }: ParentChain,
  agentId: string,
  asked: AgentRow | undefined,
  now: number,
): ChainStep[] {
  return steps.flatMap((fact) => stepsOf(connection, fact, agentId, asked, now));
}

function stepsOf(
  connection: string,
  fact: ChainFact,
  agentId: string,
  asked: AgentRow | undefined,
  now: number,
): ChainStep[] {
  const step = (
    kind: ChainStepKind,
    text: string,
    ok: boolean,
    more: { entryKey?: string; agent?: AgentRow } = {},
  ) =>
    create(ChainStepSchema, {
      id: more.agent?.id ?? fact.id,
      kind,
      text,
      ok,
      entryKey: more.entryKey ?? '',
      ...(more.agent ? { agent: toAgentRow(connection, more.agent) } : {}),
    });
  switch (fact.kind) {
    case 'agent': {
      const words = agentWords(fact.agent, now);
      const other = fact.asked ? '' : ' It is not the agent asked about: that one is not given this entry.';
      return [
        step(ChainStepKind.AGENT, words + other, fact.asked && live(fact.agent, now), { agent: fact.agent }),
      ];
    }
    case 'alias': {
      const wants = fact.selectors.map(({ type, value }) => `${type}:${value}`).join(', ');
      const entryKey = `${connection}/${fact.entryId}`;
      if (fact.total === 0)
        return [
          step(
            ChainStepKind.ALIAS,
            `An alias of nodes with ${wants}: no agent has ${fact.selectors.length === 1 ? 'it' : 'them all'}.`,
            false,
            { entryKey },
          ),
        ];
      if (!fact.asked) {
        const lacks = fact.selectors.filter(
          (wanted) =>
            !asked?.selectors.some(({ type, value }) => type === wanted.type && value === wanted.value),
        );
        const lack = lacks.map(({ type, value }) => `${type}:${value}`).join(', ');
        return [
          step(
            ChainStepKind.ALIAS,
            `An alias of nodes with ${wants}. The agent asked about lacks ${lack || 'these'}; ${fact.total} other${fact.total === 1 ? ' has' : 's have'} them.`,
            false,
            { entryKey },
          ),
        ];
      }
      const agents = agentId === '' ? fact.agents : fact.agents.filter(({ id }) => id === agentId);
      const [best] = agents.toSorted((a, b) => Number(live(b, now)) - Number(live(a, now)));
      const many =
        fact.total === 1
          ? 'One agent has'
          : `${fact.total}${fact.total >= 200 ? ' or more' : ''} agents have`;
      return [
        step(
          ChainStepKind.ALIAS,
          `An alias of nodes with ${wants}. ${many} ${fact.selectors.length === 1 ? 'it' : 'them'}.`,
          true,
          { entryKey },
        ),
        ...(best ? [step(ChainStepKind.AGENT, agentWords(best, now), live(best, now), { agent: best })] : []),
      ];
    }
    case 'entry':
      return [
        step(ChainStepKind.ENTRY, 'An entry: whoever serves it serves what is under it.', true, {
          entryKey: `${connection}/${fact.entryId}`,
        }),
      ];
    case 'server':
      return [
        step(
          ChainStepKind.NOTHING,
          'The server itself: this entry names a set of nodes, it is not given to workloads.',
          false,
        ),
      ];
    case 'loop':
      return [
        step(
          ChainStepKind.NOTHING,
          'The chain of parents comes back to itself, or is too long to follow: no agent is reached.',
          false,
        ),
      ];
    default:
      return [
        step(
          ChainStepKind.NOTHING,
          /\/spire\/agent\//u.test(fact.id)
            ? 'No attested agent has this ID: it was evicted, attested anew under another ID, or the ID is mistyped.'
            : 'Neither an agent nor an entry has this ID.',
          false,
        ),
      ];
  }
}
