import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ExportKey } from './ExportKey.tsx';
import { KeyTask, type Task } from './KeyTask.tsx';
import { OwnerKeysView } from './OwnerKeysView.tsx';
import { useOwnerKeys } from './queries.ts';
import './owner-keys.css';

/** Keys that own channels: what is kept here, what it owns, what is signed with it. */
export function OwnerKeysPage() {
  const search = useSearch({ from: '/owner-keys' });
  const navigate = useNavigate({ from: '/owner-keys' });
  const list = useOwnerKeys();
  const [task, setTask] = useState<Task>();
  const keys = list.data?.keys ?? [];
  // A link may ask for a task: a channel's page leads here to grant, or to make the first key.
  const linked = linkedTask(search.task, search.channel);
  const current = task ?? linked;
  const set = (next: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const close = () => {
    setTask(undefined);
    if (linked) set({ task: undefined, channel: undefined });
  };
  return (
    <>
      <OwnerKeysView
        list={list.data}
        loading={list.isPending}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        search={search.q ?? ''}
        selected={keys.find(({ did }) => did === search.id)}
        onSearch={(q) => set({ q: q || undefined })}
        onOpen={(id) => set({ id })}
        onTask={setTask}
      />
      {current?.task === 'export' ? (
        <ExportKey ownerKey={current.ownerKey} onClose={close} />
      ) : (
        current && (
          <KeyTask
            // Another task is another form.
            key={`${current.task} ${'ownerKey' in current ? (current.ownerKey?.did ?? '') : ''}`}
            task={current}
            keys={keys}
            onClose={close}
            onDone={(did) => {
              close();
              if (did) set({ id: did, task: undefined, channel: undefined });
            }}
          />
        )
      )}
    </>
  );
}

function linkedTask(task: string | undefined, channel: string | undefined): Task | undefined {
  if (task === 'new' || task === 'import') return { task };
  return task === 'grant' ? { task, ...(channel === undefined ? {} : { channel }) } : undefined;
}
