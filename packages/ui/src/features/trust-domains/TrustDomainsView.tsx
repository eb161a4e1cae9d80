import type { Bundle, EquivalentCommand } from '@muster/api';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  Page,
  TimeAgo,
  toDate,
  TrustDomainTag,
  NameText,
} from '../../components/index.ts';
import { BundleDetail } from './BundleDetail.tsx';
import { soonestEnd } from './authorities.ts';

interface Props {
  bundles: readonly Bundle[] | undefined;
  command: EquivalentCommand | undefined;
  error: unknown;
  retry: () => void;
  selected: string | undefined;
  onOpen: (key: string | undefined) => void;
}

export const bundleKey = (bundle: Bundle): string => `${bundle.connection}/${bundle.trustDomain}`;

const COLUMNS: readonly Column<Bundle>[] = [
  {
    id: 'name',
    header: 'Trust domain',
    width: 'minmax(0, 30fr)',
    render: (bundle) => <TrustDomainTag name={bundle.trustDomain} />,
  },
  {
    id: 'connection',
    header: 'Known to',
    width: 'minmax(0, 22fr)',
    render: (bundle) => <NameText name={bundle.connection} />,
  },
  {
    id: 'own',
    header: 'Bundle',
    width: '150px',
    render: (bundle) =>
      bundle.own ? (
        <Chip tone="ok" reason="This server signs for the trust domain and makes its bundle.">
          its own
        </Chip>
      ) : (
        <Chip
          tone="info"
          reason="A copy of another trust domain’s bundle, so that its SVIDs are accepted here."
        >
          federated copy
        </Chip>
      ),
  },
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
    id: 'sequence',
    header: 'Sequence',
    width: '92px',
    align: 'end',
    from: 860,
    render: (bundle) => String(bundle.sequenceNumber),
  },
  {
    id: 'expires',
    header: 'First to expire',
    width: '128px',
    from: 620,
    render: (bundle) => <TimeAgo at={soonestEnd(bundle)} />,
  },
  {
    id: 'read',
    header: 'Read',
    width: '110px',
    from: 960,
    render: (bundle) => <TimeAgo at={toDate(bundle.readAt)} />,
  },
];

/** Trust bundles: the authorities by which the SVIDs of each trust domain are judged. */
export function TrustDomainsView({ bundles, command, error, retry, selected, onOpen }: Props) {
  const open = bundles?.find((bundle) => bundleKey(bundle) === selected);
  return (
    <Page
      title="Trust domains"
      count={bundles && `${bundles.length} bundle${bundles.length === 1 ? '' : 's'}`}
      detail={open && <BundleDetail bundle={open} command={command} onClose={() => onOpen(undefined)} />}
      footer={
        <>
          <span className="keys">↑↓ move</span>
          <span className="keys">Enter open</span>
        </>
      }
    >
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : (
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
      )}
    </Page>
  );
}
