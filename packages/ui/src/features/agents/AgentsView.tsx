import type { Agent, ListAgentsResponse } from '@muster/api';
import {
  Age,
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  Mono,
  Page,
  SearchBox,
  SpiffeIdText,
  TimeAgo,
  toDate,
  NameText,
} from '../../components/index.ts';
import { AgentDetail } from './AgentDetail.tsx';
import { agentState } from './state.ts';

interface Props {
  agents: readonly Agent[];
  head: ListAgentsResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  search: string;
  selected: Agent | undefined;
  onSearch: (text: string) => void;
  onOpen: (id: string | undefined) => void;
  onReachEnd: () => void;
}

const COLUMNS: readonly Column<Agent>[] = [
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 40fr)',
    render: (agent) => <SpiffeIdText id={agent.id} />,
  },
  {
    id: 'type',
    header: 'Attested by',
    width: 'minmax(0, 14fr)',
    from: 620,
    render: (agent) => <Mono>{agent.attestationType}</Mono>,
  },
  {
    id: 'version',
    header: 'Version',
    width: '90px',
    from: 860,
    render: (agent) => (agent.version ? <NameText name={agent.version} /> : 'unknown'),
  },
  {
    id: 'entries',
    header: 'Entries',
    width: '84px',
    align: 'end',
    from: 700,
    render: (agent) => formatCount(agent.entries),
  },
  {
    id: 'expires',
    header: 'SVID expires',
    width: '116px',
    from: 560,
    render: (agent) => <TimeAgo at={toDate(agent.expiresAt)} />,
  },
  { id: 'state', header: 'State', width: '120px', render: (agent) => <AgentChip agent={agent} /> },
];

export function AgentChip({ agent }: { agent: Agent }) {
  const { tone, word, reason } = agentState(agent, Date.now());
  return (
    <Chip tone={tone} reason={reason}>
      {word}
    </Chip>
  );
}

/** SPIRE agents: who attested, until when, and how many entries hang on them. */
export function AgentsView(props: Props) {
  const { agents, head, selected, search } = props;
  return (
    <Page
      title="Agents"
      count={
        head && (
          <>
            {formatCount(head.total)} · <Age freshness={head.freshness} />
          </>
        )
      }
      toolbar={<SearchBox label="Search agents" value={search} onChange={props.onSearch} />}
      detail={selected && <AgentDetail agent={selected} onClose={() => props.onOpen(undefined)} />}
      footer={
        <>
          <span className="keys">↑↓ move</span>
          <span className="keys">Enter open</span>
          <span className="grow" />
          <span>SPIRE does not tell when an agent was last seen, so no list shows it.</span>
        </>
      }
    >
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <DataTable
          label="Agents"
          columns={COLUMNS}
          rows={agents}
          rowKey={(agent) => `${agent.connection}/${agent.id}`}
          selected={selected && `${selected.connection}/${selected.id}`}
          onSelect={(agent) => props.onOpen(agent.id)}
          loading={props.loading}
          onReachEnd={props.onReachEnd}
          empty={
            search ? (
              <EmptyState title="No agent matches">
                Search looks in the ID, the attestation type and the selectors.
              </EmptyState>
            ) : (
              <EmptyState title="No agents yet">
                An agent appears here once it has attested to its server, for example with{' '}
                <Mono>spire-agent run -joinToken …</Mono>
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}
