import { useNavigate, useSearch } from '@tanstack/react-router';
import { BundleTask } from './BundleTask.tsx';
import { BundleDetail } from './BundleDetail.tsx';
import { bundleKey, readCopyRef } from './copies.ts';
import { CompareView } from './CompareView.tsx';
import { useBundles, useComparison, useMap } from './queries.ts';
import { MapTab } from './MapTab.tsx';
import { TrustDomainsView } from './TrustDomainsView.tsx';

export function TrustDomainsPage() {
  const search = useSearch({ from: '/trust-domains' });
  const { name, td, task, connection = '', peer = '' } = search;
  const navigate = useNavigate({ from: '/trust-domains' });
  const go = (next: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...next }) });
  const tab = search.tab === 'map' || search.tab === 'compare' ? search.tab : 'bundles';
  const list = useBundles();
  const all = list.data?.bundles ?? [];
  const open = all.find((bundle) => bundleKey(bundle) === name);
  return (
    <>
      <TrustDomainsView
        bundles={list.data?.bundles.filter((bundle) => !td || bundle.trustDomain === td)}
        unread={list.data?.unread ?? []}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        tab={tab}
        onTab={(next) => go({ tab: next === 'bundles' ? undefined : next })}
        selected={name}
        onOpen={(key) => go({ name: key })}
        map={<Map selected={open?.trustDomain} bundles={all} onBundle={(key) => go({ name: key })} />}
        compare={
          <Compare bundles={all} left={search.left} right={search.right} onChange={(sides) => go(sides)} />
        }
        detail={
          open && (
            <BundleDetail
              key={bundleKey(open)}
              bundle={open}
              bundles={all}
              onClose={() => go({ name: undefined })}
              onCompare={(left, right) => go({ tab: 'compare', left, right })}
              onTask={(next, bundle) =>
                go({ task: next, connection: bundle.connection, peer: bundle.trustDomain })
              }
            />
          )
        }
      />
      {(task === 'set' || task === 'delete') && connection && peer && list.data && (
        <BundleTask
          task={task}
          connection={connection}
          trustDomain={peer}
          bundles={all}
          onClose={() => go({ task: undefined, connection: undefined, peer: undefined })}
        />
      )}
    </>
  );
}

interface MapProps {
  selected: string | undefined;
  bundles: Parameters<typeof MapTab>[0]['bundles'];
  onBundle: (key: string) => void;
}

/** Read only where it is looked at: it asks every server for its relationships. */
function Map({ selected, bundles, onBundle }: MapProps) {
  const found = useMap();
  const navigate = useNavigate({ from: '/trust-domains' });
  return (
    <MapTab
      federation={found.data}
      error={found.data ? undefined : found.error}
      retry={() => void found.refetch()}
      selected={selected}
      bundles={bundles}
      onBundle={onBundle}
      onRelationship={(id) => void navigate({ to: '/federation', search: { id } })}
    />
  );
}

interface CompareProps {
  bundles: MapProps['bundles'];
  left: string | undefined;
  right: string | undefined;
  onChange: (sides: { left?: string; right?: string }) => void;
}

function Compare({ bundles, left, right, onChange }: CompareProps) {
  const [one, other] = [readCopyRef(left), readCopyRef(right)];
  const found = useComparison(one, other);
  return (
    <CompareView
      bundles={bundles}
      left={one}
      right={other}
      comparison={found.data}
      error={found.data ? undefined : found.error}
      retry={() => void found.refetch()}
      onChange={onChange}
    />
  );
}
