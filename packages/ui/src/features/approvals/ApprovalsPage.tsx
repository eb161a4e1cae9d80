import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { usePractice } from '../../components/index.ts';
import { ApprovalPanel } from './ApprovalPanel.tsx';
import { type ApprovalsSearch, ApprovalsView } from './ApprovalsView.tsx';
import { type Deciding, DecideDialog } from './DecideDialog.tsx';
import { useDecided, useWaiting } from './queries.ts';
import { STATES } from './words.ts';

export function ApprovalsPage() {
  const search: ApprovalsSearch = useSearch({ from: '/approvals' });
  const navigate = useNavigate({ from: '/approvals' });
  const waiting = useWaiting();
  const decided = useDecided(search.q ?? '', STATES.get(search.state ?? ''));
  const [deciding, setDeciding] = useState<Deciding>();
  const { ahead } = waiting;
  const practice = usePractice();
  // Typing replaces, so that Back leaves the list and not a letter.
  const change = (next: ApprovalsSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const decide = (approval: Deciding['approval'], approve: boolean) =>
    setDeciding({ approval, approve, ahead });
  return (
    <>
      <ApprovalsView
        waiting={{
          approvals: waiting.data?.approvals,
          warnings: waiting.data?.warnings ?? [],
          callbackNames: waiting.data?.callbackNames ?? [],
          ahead,
          practice,
          error: waiting.data ? undefined : waiting.error,
          retry: () => void waiting.refetch(),
        }}
        decided={{
          approvals: decided.data?.approvals,
          total: decided.data?.total,
          error: decided.data ? undefined : decided.error,
          retry: () => void decided.refetch(),
        }}
        search={search}
        onChange={change}
        onDecide={decide}
        detail={
          search.id && (
            <ApprovalPanel
              key={search.id}
              id={search.id}
              onClose={() => change({ id: undefined })}
              onDecide={decide}
            />
          )
        }
      />
      {deciding && <DecideDialog {...deciding} onClose={() => setDeciding(undefined)} />}
    </>
  );
}
