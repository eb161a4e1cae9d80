import { useNavigate, useSearch } from '@tanstack/react-router';
import { useNow } from '../../components/index.ts';
import { useTimeline } from './queries.ts';
import { WorkloadView } from './WorkloadView.tsx';

export function WorkloadPage() {
  const search = useSearch({ from: '/workload' });
  const navigate = useNavigate({ from: '/workload' });
  const timeline = useTimeline();
  return (
    <WorkloadView
      data={timeline.data}
      error={timeline.data ? undefined : timeline.error}
      retry={() => void timeline.refetch()}
      search={search}
      now={useNow()}
      onChange={(change, replace) =>
        void navigate({ search: (old) => ({ ...old, ...change }), replace: replace ?? false })
      }
    />
  );
}
