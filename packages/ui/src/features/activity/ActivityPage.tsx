import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { ActivityView } from './ActivityView.tsx';
import { useRecords } from './queries.ts';
import { RecordPanel, type Undo } from './RecordPanel.tsx';

export function ActivityPage() {
  const { id } = useSearch({ from: '/activity' });
  const navigate = useNavigate({ from: '/activity' });
  const list = useRecords();
  const [undo, setUndo] = useState<Undo>();
  const records = list.data?.pages.flatMap((page) => page.records);
  const open = (next: string | undefined) => void navigate({ search: (old) => ({ ...old, id: next }) });
  return (
    <>
      <ActivityView
        records={records}
        total={list.data?.pages.at(-1)?.total}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        selected={id}
        onOpen={open}
        onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
        detail={
          id && (
            <RecordPanel
              id={id}
              listed={records?.find((record) => record.id === id)}
              onClose={() => open(undefined)}
              onUndo={setUndo}
            />
          )
        }
      />
      {undo && (
        <PlanReview
          action={undo.action}
          input={undo.input}
          onDone={() => setUndo(undefined)}
          onCancel={() => setUndo(undefined)}
        />
      )}
    </>
  );
}
