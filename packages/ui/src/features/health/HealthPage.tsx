import { useNavigate, useSearch } from '@tanstack/react-router';
import { HealthView } from './HealthView.tsx';
import { useFindings } from './queries.ts';

/** What is unhealthy or risky, by kind. */
export function HealthPage() {
  const search = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const code = search.code ?? '';
  const list = useFindings(code, search.td);
  return (
    <HealthView
      findings={list.data?.pages.flatMap((page) => page.findings) ?? []}
      head={list.data?.pages.at(-1)}
      loading={list.isPending || list.isPlaceholderData}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      code={code}
      selected={search.at}
      onCode={(next) =>
        void navigate({ search: (old) => ({ ...old, code: next || undefined, at: undefined }) })
      }
      onOpen={(at) => void navigate({ search: (old) => ({ ...old, at }) })}
      onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
    />
  );
}
