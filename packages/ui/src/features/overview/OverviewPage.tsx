import { useSearch } from '@tanstack/react-router';
import { ErrorState, Page, Skeleton } from '../../components/index.ts';
import { OverviewView } from './OverviewView.tsx';
import { useOverview } from './queries.ts';

export function OverviewPage() {
  const overview = useOverview();
  const { td } = useSearch({ strict: false });
  return (
    <Page title="Overview" scroll>
      {overview.data ? (
        <OverviewView overview={overview.data} trustDomain={td} />
      ) : overview.error ? (
        <ErrorState error={overview.error} retry={() => void overview.refetch()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </Page>
  );
}
