import type { Agent } from '@muster/api';
import {
  Chip,
  type Column,
  formatCount,
  Mono,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { AGENT_STATE } from './state.ts';

export const COLUMNS: readonly Column<Agent>[] = [
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 40fr)',
    sortable: true,
    render: (agent) => <SpiffeIdText id={agent.id} />,
  },
  {
    id: 'type',
    header: 'Attested by',
    width: '104px',
    sortable: true,
    from: 600,
    render: (agent) => <Mono>{agent.attestationType}</Mono>,
  },
  {
    id: 'version',
    header: 'Version',
    width: '92px',
    sortable: true,
    from: 1040,
    render: (agent) => <Version agent={agent} />,
  },
  {
    id: 'entries',
    header: 'Entries',
    width: '84px',
    align: 'end',
    sortable: true,
    from: 720,
    render: (agent) => formatCount(agent.entries),
  },
  {
    id: 'renewed',
    header: 'Last renewed',
    width: '124px',
    sortable: true,
    from: 960,
    render: (agent) => <Renewed agent={agent} />,
  },
  {
    id: 'expires',
    header: 'SVID expires',
    width: '122px',
    sortable: true,
    from: 480,
    render: (agent) => <TimeAgo at={toDate(agent.expiresAt)} none="unknown" />,
  },
  {
    id: 'state',
    header: 'State',
    width: '116px',
    sortable: true,
    render: (agent) => <AgentChip agent={agent} />,
  },
];

export function AgentChip({ agent }: { agent: Agent }) {
  const { tone, word, reason } = AGENT_STATE[agent.state];
  return (
    <Chip tone={tone} reason={proseText(agent.stateReason) || reason}>
      {word}
    </Chip>
  );
}

const NO_VERSION =
  'Its server did not say: an agent reports its version with its first status, and older agents never do.';

export function Version({ agent }: { agent: Agent }) {
  if (agent.version) return <NameText name={agent.version} />;
  return (
    <Tooltip content={NO_VERSION}>
      <span className="agent-unknown">unknown</span>
    </Tooltip>
  );
}

/** As near to "last seen" as SPIRE's API lets anyone come. */
export function Renewed({ agent }: { agent: Agent }) {
  if (agent.renewedAt) return <TimeAgo at={toDate(agent.renewedAt)} />;
  return (
    <Tooltip content="No renewal has been seen since this gateway began to watch it. SPIRE itself does not say when an agent was last seen.">
      <span className="agent-unknown">not seen yet</span>
    </Tooltip>
  );
}
