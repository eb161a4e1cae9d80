import { useNavigate, useSearch } from '@tanstack/react-router';
import { useBundles } from './queries.ts';
import { TrustDomainsView } from './TrustDomainsView.tsx';

export function TrustDomainsPage() {
  const { name, td } = useSearch({ from: '/trust-domains' });
  const navigate = useNavigate({ from: '/trust-domains' });
  const list = useBundles();
  return (
    <TrustDomainsView
      bundles={list.data?.bundles.filter((bundle) => !td || bundle.trustDomain === td)}
      command={list.data?.command}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      selected={name}
      onOpen={(key) => void navigate({ search: (old) => ({ ...old, name: key }) })}
    />
  );
}
