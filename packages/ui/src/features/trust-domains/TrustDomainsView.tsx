import type { Bundle, UnreadServer } from '@muster/api';
import type { ReactNode } from 'react';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  NameText,
  Page,
  Tabs,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { bundleKey } from './copies.ts';
import { UnreadServers } from './UnreadServers.tsx';
import './trust-domains.css';

export type Tab = 'bundles' | 'map' | 'compare';

interface Props {
  bundles: readonly Bundle[] | undefined;
  unread: readonly UnreadServer[];
  error: unknown;
  retry: () => void;
  tab: Tab;
  onTab: (tab: Tab) => void;
  selected: string | undefined;
  onOpen: (key: string | undefined) => void;
  map: ReactNode;
  compare: ReactNode;
  detail: ReactNode;
}

const COLUMNS: readonly Column<Bundle>[] = [
  {
    id: 'name',
    header: 'Trust domain',
    width: 'minmax(0, 28fr)',
    render: (bundle) => <TrustDomainTag name={bundle.trustDomain} />,
  },
  {
    id: 'connection',
    header: 'Known to',
    width: 'minmax(0, 20fr)',
    render: (bundle) => <NameText name={bundle.connection} />,
  },
  { id: 'own', header: 'Bundle', width: '138px', render: (bundle) => <State bundle={bundle} /> },
  {
    id: 'x509',
    header: 'X.509',
    width: '64px',
    align: 'end',
    from: 560,
    render: (bundle) => bundle.x509Authorities.length,
  },
  {
    id: 'jwt',
    header: 'JWT',
    width: '64px',
    align: 'end',
    from: 560,
    render: (bundle) => bundle.jwtAuthorities.length,
  },
  {
    id: 'entries',
    header: 'Entries',
    width: '80px',
    align: 'end',
    from: 800,
    render: (bundle) => (bundle.own ? '' : formatCount(bundle.entries)),
  },
  {
    id: 'expires',
    header: 'First to expire',
    width: '128px',
    from: 620,
    render: (bundle) => <TimeAgo at={toDate(bundle.firstExpiry)} none="not stated" />,
  },
  {
    id: 'changed',
    header: 'Keys changed',
    width: '120px',
    from: 960,
    render: (bundle) => <TimeAgo at={toDate(bundle.changedAt)} none="not seen" />,
  },
  {
    id: 'read',
    header: 'Read',
    width: '100px',
    from: 1100,
    render: (bundle) => <TimeAgo at={toDate(bundle.readAt)} />,
  },
];

function State({ bundle }: { bundle: Bundle }) {
  if (bundle.x509Authorities.length + bundle.jwtAuthorities.length === 0)
    return (
      <Chip tone="bad" reason="It has no authority: every SVID of this trust domain is refused.">
        empty
      </Chip>
    );
  return bundle.own ? (
    <Chip tone="ok" reason="This server signs for the trust domain and makes its bundle.">
      its own
    </Chip>
  ) : (
    <Chip tone="info" reason="A copy of another trust domain’s bundle, so that its SVIDs are accepted here.">
      federated copy
    </Chip>
  );
}

/** Trust bundles: the authorities by which the SVIDs of each trust domain are judged. */
export function TrustDomainsView(props: Props) {
  const { bundles, unread, error, retry, tab, onTab, selected, onOpen } = props;
  const domains = new Set(bundles?.map((bundle) => bundle.trustDomain)).size;
  return (
    <Page
      title="Trust domains"
      count={bundles && `${domains} known · ${bundles.length} bundle${bundles.length === 1 ? '' : 's'}`}
      detail={props.detail}
      footer={
        tab === 'bundles' ? (
          <ListKeys />
        ) : tab === 'map' ? (
          <ListKeys move="Tab from part to part" />
        ) : undefined
      }
    >
      <Tabs
        label="Trust domains"
        tabs={[
          { id: 'bundles', label: 'Bundles', ...(bundles && { count: bundles.length }) },
          { id: 'map', label: 'Map' },
          { id: 'compare', label: 'Compare' },
        ]}
        selected={tab}
        onSelect={onTab}
      >
        {tab === 'map' ? (
          props.map
        ) : tab === 'compare' ? (
          props.compare
        ) : error ? (
          <ErrorState error={error} retry={retry} />
        ) : (
          <>
            <UnreadServers servers={unread} />
            <DataTable
              label="Trust bundles"
              columns={COLUMNS}
              rows={bundles ?? []}
              rowKey={bundleKey}
              selected={selected}
              onSelect={(bundle) => onOpen(bundleKey(bundle))}
              loading={!bundles}
              empty={
                <EmptyState title="No trust bundle">
                  A SPIRE server has the bundle of its own trust domain and of each it federates with. None is
                  connected.
                </EmptyState>
              }
            />
          </>
        )}
      </Tabs>
    </Page>
  );
}
