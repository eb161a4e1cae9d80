import type { JoinToken, ListJoinTokensResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  Mono,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { TOKEN_STATE } from './state.ts';

interface Props {
  list: ListJoinTokensResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
}

const COLUMNS: readonly Column<JoinToken>[] = [
  {
    id: 'ending',
    header: 'Token ends in',
    width: '110px',
    render: ({ ending }) => (
      <span className="copy-line">
        …<Mono>{ending}</Mono>
      </span>
    ),
  },
  {
    id: 'connection',
    header: 'Server',
    width: 'minmax(90px, 12fr)',
    from: 520,
    render: ({ connection }) => <NameText name={connection} />,
  },
  {
    id: 'alias',
    header: 'Alias',
    width: 'minmax(0, 26fr)',
    from: 700,
    render: ({ alias }) =>
      alias ? <SpiffeIdText id={alias} bare /> : <span className="agent-unknown">none</span>,
  },
  {
    id: 'made',
    header: 'Made',
    width: '110px',
    from: 600,
    render: ({ createdAt }) => <TimeAgo at={toDate(createdAt)} />,
  },
  {
    id: 'session',
    header: 'By session',
    width: '110px',
    from: 980,
    render: ({ session }) => <Mono>{session.slice(0, 8)}</Mono>,
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '110px',
    render: ({ expiresAt }) => <TimeAgo at={toDate(expiresAt)} />,
  },
  {
    id: 'state',
    header: 'State',
    width: '126px',
    render: (token) => <TokenChip token={token} />,
  },
  {
    id: 'agent',
    header: 'Agent',
    width: 'minmax(80px, 12fr)',
    from: 760,
    render: ({ agent, connection }) =>
      agent ? (
        <Link to="/agents" search={{ id: agent, on: connection }}>
          open agent
        </Link>
      ) : (
        <span className="agent-unknown">none seen</span>
      ),
  },
];

function TokenChip({ token }: { token: JoinToken }) {
  const { tone, word, reason } = TOKEN_STATE[token.state];
  return (
    <Chip tone={tone} reason={proseText(token.stateReason) || reason}>
      {word}
    </Chip>
  );
}

/** Join tokens made here: a SPIRE server can neither list nor revoke its own. */
export function JoinTokensTable({ list, loading, error, retry }: Props) {
  if (error) return <ErrorState error={error} retry={retry} />;
  return (
    <DataTable
      label="Join tokens"
      columns={COLUMNS}
      rows={list?.tokens ?? []}
      rowKey={(token) => token.fingerprint}
      loading={loading}
      empty={
        <EmptyState title="No join tokens made here">
          Tokens that were made from this console appear here until a thousand newer ones follow. SPIRE
          servers can neither list nor revoke theirs, so tokens made elsewhere cannot be shown.
        </EmptyState>
      }
    />
  );
}
