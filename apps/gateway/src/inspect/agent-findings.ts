import { ContextTopic } from '@muster/api';
import type { StoredAgent } from '../inventory/store/agents.ts';
import { agentStates } from '../inventory/store/agents.ts';
import type { SvidFacts } from './facts.ts';
import { counted, isoMs, pathTo, sayOf } from './finding.ts';
import type { Finding } from './finding.ts';

const say = sayOf(ContextTopic.AGENT);

/** An agent that an entry hangs on, or the SVID's own; `stored` undefined: the server has none of that ID. */
export interface AgentSeen {
  connection: string;
  id: string;
  stored: StoredAgent | undefined;
  asOf: Date | undefined;
}

const link = ({ connection, id }: AgentSeen) => [
  { text: 'Agent', link: pathTo('/agents', { id, on: connection }) },
];
const from = (seen: AgentSeen) => ({ connection: seen.connection, asOf: seen.asOf, links: link(seen) });

/** The SVID is an agent's own: whether it is the one that its server has on its books. */
export function ownAgentFindings(seen: AgentSeen, facts: SvidFacts, served: number): Finding[] {
  const { stored } = seen;
  if (!stored)
    return [
      say.danger(
        'agent-gone',
        'No such agent',
        `${seen.connection} has no agent of this ID: it was evicted, or never attested there. An agent evicted may attest again under the same ID.`,
        from(seen),
      ),
    ];
  const { row } = stored;
  const out: Finding[] = [];
  if (row.banned)
    out.push(
      say.danger(
        'agent-banned',
        'This agent is banned',
        'Its server refuses it. Its SVID stays good for whoever checks only signature and time, until it expires.',
        from(seen),
      ),
    );
  else out.push(serialFinding(seen, stored, facts));
  out.push(
    say.warning(
      'agent-power',
      'An agent’s identity',
      `Whoever holds its key can fetch the SVIDs of ${served === 0 ? 'every entry under it (none now)' : counted(served, 'entry', 'entries')} from the server.`,
      from(seen),
    ),
  );
  return out;
}

function serialFinding(seen: AgentSeen, { row, state }: StoredAgent, { serial, kind }: SvidFacts): Finding {
  // SPIRE tells serial numbers as decimal digits.
  const current = /^[0-9]{1,50}$/u.test(row.serialNumber) ? BigInt(row.serialNumber) : undefined;
  if (kind !== 'x509' || serial === undefined || current === undefined)
    return say.unknown(
      'agent-serial-unknown',
      'Whether it is its current SVID is not known',
      current === undefined
        ? 'Its server does not tell the serial number of its SVID.'
        : 'It is told by the serial number of an X.509-SVID, which was not given.',
      from(seen),
    );
  if (serial === current)
    return say.good(
      'agent-current',
      'The agent’s current SVID',
      `Its serial number is the one that ${seen.connection} has for this agent; valid until ${isoMs(Number(row.expiresAt) * 1000)}.${state === agentStates.overdue ? ' It should have been renewed by now.' : ''}`,
      from(seen),
    );
  return say.warning(
    'agent-other-serial',
    'Not the agent’s current SVID',
    `${seen.connection} has another serial number for this agent: it has renewed since, or attested anew. An SVID before it stays good until it expires.`,
    from(seen),
  );
}

/** Agents that the entries of a workload hang on. Which of them fetched the SVID is not in it. */
export function servingFindings(agents: readonly AgentSeen[], aliases: readonly string[]): Finding[] {
  const out: Finding[] = agents.flatMap((seen) => stateFinding(seen));
  if (agents.length + aliases.length > 0)
    out.push(
      say.unknown(
        'agent-not-in-svid',
        'Which agent fetched it is not known',
        `An SVID does not name the agent that fetched it. ${aliases.length > 0 ? `Through ${aliases.slice(0, 2).join(', ')} any agent with its selectors could.` : `By its entries only ${agents.length === 1 ? 'this agent' : 'these agents'} could.`}`,
      ),
    );
  return out;
}

function stateFinding(seen: AgentSeen): Finding[] {
  const { stored, id } = seen;
  if (!stored)
    return [
      say.warning(
        'agent-gone',
        'The agent of the entry is gone',
        `No attested agent is ${id}: it was evicted, or attested anew under another ID. The SVID is not renewed there.`,
        from(seen),
      ),
    ];
  const { row, state } = stored;
  if (state === agentStates.banned)
    return [
      say.danger(
        'agent-banned',
        'The agent of the entry is banned',
        `${id} is refused by its server. What it fetched before, this SVID perhaps, stays good until it expires.`,
        from(seen),
      ),
    ];
  if (state === agentStates.expired)
    return [
      say.warning(
        'agent-expired',
        'The agent of the entry has stopped',
        `The SVID of ${id} expired at ${isoMs(Number(row.expiresAt) * 1000)}: nothing is renewed there.`,
        from(seen),
      ),
    ];
  return [
    say.good(
      'agent-serves',
      state === agentStates.overdue ? 'Its agent is attested, and overdue' : 'Its agent is attested',
      `${id}, valid until ${isoMs(Number(row.expiresAt) * 1000)}.`,
      from(seen),
    ),
  ];
}
