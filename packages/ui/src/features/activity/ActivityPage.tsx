import { useNavigate, useSearch } from '@tanstack/react-router';
import { ActivityView } from './ActivityView.tsx';
import { useRecords } from './queries.ts';

export function ActivityPage() {
  const { id } = useSearch({ from: '/activity' });
  const navigate = useNavigate({ from: '/activity' });
  const list = useRecords();
  return (
    <ActivityView
      records={list.data?.pages.flatMap((page) => page.records)}
      total={list.data?.pages.at(-1)?.total}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      selected={id}
      onOpen={(next) => void navigate({ search: (old) => ({ ...old, id: next }) })}
      onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
    />
  );
}
