import type { Agent, ListAgentsResponse, ListJoinTokensResponse } from '@muster/api';
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react';
import {
  Age,
  Button,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  Mono,
  Page,
  type RowList,
  Tabs,
  Tooltip,
  useSlash,
} from '../../components/index.ts';
import { AgentFilters } from './AgentFilters.tsx';
import { COLUMNS } from './columns.tsx';
import { JoinTokensTable } from './JoinTokensTable.tsx';
import { type AgentsSearch, CLEAR, isFiltered } from './search.ts';
import './agents.css';

export interface Read<T> {
  data: T | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
}

export interface AgentsViewProps {
  search: AgentsSearch;
  rows: RowList<Agent>;
  list: Read<ListAgentsResponse>;
  /** What is shown answers an earlier question. */
  stale: boolean;
  tokens: Read<ListJoinTokensResponse>;
  ticked: ReadonlyMap<string, Agent>;
  /** Why no agent can be changed on any server; undefined when some can. */
  problem: string | undefined;
  onRange: (first: number, last: number) => void;
  onTick: (agent: Agent) => void;
  onUntickAll: () => void;
  onChange: (search: AgentsSearch, replace?: boolean) => void;
  onOpen: (agent: Agent) => void;
  onBan: (agents: readonly Agent[]) => void;
  onEvict: (agents: readonly Agent[]) => void;
  onPurge: () => void;
  onExport: () => void;
  onNewToken: () => void;
  detail: ReactNode;
}

export const agentKey = (agent: Pick<Agent, 'connection' | 'id'>): string =>
  `${agent.connection}/${agent.id}`;

/** SPIRE agents: who attested, until when, what hangs on them; and the join tokens made here. */
export function AgentsView(props: AgentsViewProps) {
  const { search, list, tokens, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  const onTokens = search.tab === 'tokens';
  useSlash(input);
  return (
    <Page
      title="Agents"
      count={list.data && <ListCount list={list.data} filtered={isFiltered(search)} />}
      actions={
        <>
          {!onTokens && <Button onClick={props.onExport}>Export…</Button>}
          <Button disabledReason={props.problem} onClick={props.onPurge}>
            Purge expired…
          </Button>
          <Button variant="primary" disabledReason={props.problem} onClick={props.onNewToken}>
            New join token…
          </Button>
        </>
      }
      detail={!onTokens && props.detail}
      footer={onTokens ? <TokensFooter /> : <Footer {...props} />}
    >
      <Tabs
        label="Agents and join tokens"
        tabs={[
          { id: 'agents', label: 'Agents' },
          {
            id: 'tokens',
            label: 'Join tokens',
            ...(tokens.data && tokens.data.outstanding > 0n
              ? { count: Number(tokens.data.outstanding) }
              : {}),
          },
        ]}
        selected={onTokens ? 'tokens' : 'agents'}
        onSelect={(tab) => onChange({ tab: tab === 'tokens' ? tab : undefined })}
      >
        {onTokens ? (
          <JoinTokensTable
            list={tokens.data}
            loading={tokens.loading}
            error={tokens.error}
            retry={tokens.retry}
          />
        ) : (
          <>
            <div className="page-bar page-tools agent-tools">
              <AgentFilters search={search} list={list.data} inputRef={input} onChange={onChange} />
            </div>
            <AgentsTable {...props} />
          </>
        )}
      </Tabs>
    </Page>
  );
}

function AgentsTable(props: AgentsViewProps) {
  const { search, rows, list, ticked, onChange } = props;
  const checked = useMemo(() => new Set(ticked.keys()), [ticked]);
  const onRowKey = (event: KeyboardEvent, agent: Agent) => {
    if (event.key !== 'b' && event.key !== 'Delete') return;
    if (props.problem) return;
    event.preventDefault();
    if (event.key === 'b') props.onBan([agent]);
    else props.onEvict([agent]);
  };
  if (list.error) return <ErrorState error={list.error} retry={list.retry} />;
  return (
    <DataTable
      label="Agents"
      columns={COLUMNS}
      rows={rows}
      rowKey={agentKey}
      // A link may name an agent without the server it is on.
      isSelected={(agent) => agent.id === search.id && (!search.on || agent.connection === search.on)}
      onSelect={props.onOpen}
      checked={checked}
      onCheck={props.onTick}
      sort={{ column: search.sort ?? 'id', descending: search.desc === '1' }}
      onSort={({ column, descending }) => onChange({ sort: column, desc: descending ? '1' : undefined })}
      total={rows.length}
      loading={list.loading || props.stale}
      onRange={props.onRange}
      onRowKey={onRowKey}
      empty={<NoAgents {...props} />}
    />
  );
}

function ListCount({ list, filtered }: { list: ListAgentsResponse; filtered: boolean }) {
  return (
    <>
      {filtered ? `${formatCount(list.total)} of ${formatCount(list.all)}` : formatCount(list.all)} ·{' '}
      <Age freshness={list.freshness} />
    </>
  );
}

function Footer({ ticked, problem, onBan, onEvict, onUntickAll }: AgentsViewProps) {
  const chosen = [...ticked.values()];
  if (chosen.length > 0)
    return (
      <>
        <b className="num">{chosen.length} selected</b>
        <Button small variant="danger" disabledReason={problem} onClick={() => onBan(chosen)}>
          Ban {chosen.length}…
        </Button>
        <Button small variant="danger" disabledReason={problem} onClick={() => onEvict(chosen)}>
          Evict {chosen.length}…
        </Button>
        <Button small variant="quiet" onClick={onUntickAll}>
          Clear selection
        </Button>
      </>
    );
  return (
    <>
      <ListKeys more={['x select', 'b ban', '/ search']} />
      <span className="grow" />
      <Tooltip content="A new SVID seen between two readings is the nearest to it: a running agent renews at about half of its SVID’s life.">
        <span tabIndex={0}>SPIRE does not say when an agent was last seen.</span>
      </Tooltip>
    </>
  );
}

function TokensFooter() {
  return (
    <span>
      Made here only: a SPIRE server can neither list nor revoke join tokens. Of each, its SHA-256 and its
      last four characters are kept.
    </span>
  );
}

function NoAgents({ search, onChange, onNewToken, problem }: AgentsViewProps) {
  if (isFiltered(search))
    return (
      <EmptyState
        title="No agent matches"
        action={<Button onClick={() => onChange(CLEAR)}>Clear search and filters</Button>}
      >
        Search looks in the ID, the attestation type, the serial number, the version and the selectors.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No agents yet"
      action={
        <Button variant="primary" disabledReason={problem} onClick={onNewToken}>
          New join token…
        </Button>
      }
    >
      An agent appears here once it has attested to its server, for example with{' '}
      <Mono>spire-agent run -joinToken …</Mono>
    </EmptyState>
  );
}
