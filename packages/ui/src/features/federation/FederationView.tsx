import { type FederationRelationship, type ListFederationResponse, Severity } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  Button,
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  Mono,
  NameText,
  Page,
  proseText,
  SearchBox,
  Tabs,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { keeping, matches, PROFILE, relationshipKey } from './state.ts';
import { StateChip } from './StateChip.tsx';
import './federation.css';

export type Tab = 'relationships' | 'doctor';

interface Props {
  federation: ListFederationResponse | undefined;
  error: unknown;
  retry: () => void;
  query: string;
  trustDomain: string | undefined;
  tab: Tab;
  onTab: (tab: Tab) => void;
  selected: string | undefined;
  onQuery: (query: string) => void;
  onOpen: (key: string | undefined) => void;
  onNew: () => void;
  doctor: ReactNode;
  detail: ReactNode;
}

const COLUMNS: readonly Column<FederationRelationship>[] = [
  {
    id: 'trusts',
    header: 'Server',
    width: 'minmax(0, 18fr)',
    render: (one) => <NameText name={one.connection} />,
  },
  {
    id: 'peer',
    header: 'Trusts',
    width: 'minmax(0, 24fr)',
    render: (one) => <TrustDomainTag name={one.peer} />,
  },
  { id: 'state', header: 'State', width: '92px', render: (one) => <StateChip one={one} /> },
  { id: 'kept', header: 'Bundle', width: '128px', from: 560, render: (one) => <Kept one={one} /> },
  {
    id: 'url',
    header: 'Bundle endpoint',
    width: 'minmax(0, 34fr)',
    from: 760,
    render: (one) =>
      one.bundleEndpointUrl ? <Mono>{one.bundleEndpointUrl}</Mono> : <span className="small">none</span>,
  },
  {
    id: 'profile',
    header: 'Profile',
    width: '104px',
    from: 1000,
    render: (one) => (one.hasRelationship ? PROFILE[one.profile] : ''),
  },
  {
    id: 'entries',
    header: 'Entries',
    width: '76px',
    align: 'end',
    from: 640,
    render: (one) => formatCount(one.entries),
  },
  {
    id: 'expires',
    header: 'First to expire',
    width: '122px',
    from: 1100,
    render: (one) => <TimeAgo at={toDate(one.firstExpiry)} none="not stated" />,
  },
];

function Kept({ one }: { one: FederationRelationship }) {
  const { tone, word, reason } = keeping(one);
  return (
    <Chip tone={tone === 'ok' ? 'info' : tone} reason={reason}>
      {word}
    </Chip>
  );
}

/** Federations of every connected server, and what the doctor says of them. */
export function FederationView(props: Props) {
  const { federation, query, trustDomain, tab } = props;
  const all = federation?.relationships.filter(
    (one) => !trustDomain || one.trustDomain === trustDomain || one.peer === trustDomain,
  );
  const rows = all?.filter((one) => matches(one, query));
  const wrong = all?.filter((one) => one.severity === Severity.DANGER).length ?? 0;
  const look = all?.filter((one) => one.severity === Severity.WARNING).length ?? 0;
  const some = [wrong > 0 && `${wrong} broken`, look > 0 && `${look} to look at`].filter(Boolean).join(', ');
  return (
    <Page
      title="Federation"
      count={
        all && `${all.length} ${all.length === 1 ? 'direction' : 'directions'}${some ? ` · ${some}` : ''}`
      }
      actions={
        <>
          <Link to="/trust-domains" search={{ tab: 'map' }} className="btn">
            Map
          </Link>
          <Button
            variant="primary"
            onClick={props.onNew}
            disabledReason={federation ? undefined : 'Still reading the servers.'}
          >
            New federation…
          </Button>
        </>
      }
      toolbar={
        tab === 'relationships' && (
          <SearchBox label="Search federations" value={query} onChange={props.onQuery} />
        )
      }
      detail={props.detail}
      footer={tab === 'relationships' && <ListKeys more={['/ search']} />}
    >
      <Unread federation={federation} />
      <Tabs
        label="Federation"
        tabs={[
          { id: 'relationships', label: 'Relationships', ...(all && { count: all.length }) },
          { id: 'doctor', label: 'Doctor', ...(all && { count: wrong + look }) },
        ]}
        selected={tab}
        onSelect={props.onTab}
      >
        {tab === 'doctor' ? (
          props.doctor
        ) : props.error ? (
          <ErrorState error={props.error} retry={props.retry} />
        ) : (
          <DataTable
            label="Federations"
            columns={COLUMNS}
            rows={rows ?? []}
            rowKey={relationshipKey}
            selected={props.selected}
            onSelect={(one) => props.onOpen(relationshipKey(one))}
            loading={!rows}
            empty={
              all && all.length > 0 ? (
                <EmptyState
                  title="No federation matches"
                  action={<Button onClick={() => props.onQuery('')}>Clear the search</Button>}
                >
                  Search looks in the trust domains, the server, the URL and what is wrong.
                </EmptyState>
              ) : (
                <EmptyState
                  title="No federation yet"
                  action={<Button onClick={props.onNew}>New federation…</Button>}
                >
                  Federated trust domains accept each other’s SVIDs: each server keeps a copy of the other’s
                  bundle and refreshes it from its bundle endpoint.
                </EmptyState>
              )
            }
          />
        )}
      </Tabs>
    </Page>
  );
}

function Unread({ federation }: { federation: ListFederationResponse | undefined }) {
  if (!federation || federation.unread.length === 0) return null;
  return (
    <ul className="federation-unread plan-warning" role="status">
      {federation.unread.map(({ connection, reason }) => (
        <li key={connection}>
          Not shown: what{' '}
          <Link to="/connections" search={{ name: connection }}>
            {escapeText(connection)}
          </Link>{' '}
          knows. {proseText(reason)}
        </li>
      ))}
    </ul>
  );
}
