import { useNavigate, useSearch } from '@tanstack/react-router';
import { AgentsView } from './AgentsView.tsx';
import { useAgents } from './queries.ts';

export function AgentsPage() {
  const search = useSearch({ from: '/agents' });
  const navigate = useNavigate({ from: '/agents' });
  const list = useAgents(search.q ?? '', search.td);
  const agents = list.data?.pages.flatMap((page) => page.agents) ?? [];
  return (
    <AgentsView
      agents={agents}
      head={list.data?.pages.at(-1)}
      loading={list.isPending || list.isPlaceholderData}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      search={search.q ?? ''}
      selected={agents.find((agent) => agent.id === search.id)}
      onSearch={(q) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true })}
      onOpen={(id) => void navigate({ search: (old) => ({ ...old, id }) })}
      onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
    />
  );
}
