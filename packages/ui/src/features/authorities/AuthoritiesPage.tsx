import type { JsonObject } from '@bufbuild/protobuf';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { actionInput, PlanReview } from '../../components/index.ts';
import { AuthoritiesView } from './AuthoritiesView.tsx';
import { useAuthorities } from './queries.ts';

export function AuthoritiesPage() {
  const { at, view, td } = useSearch({ from: '/authorities' });
  const navigate = useNavigate({ from: '/authorities' });
  const list = useAuthorities();
  const [planning, setPlanning] = useState<{ action: string; input: JsonObject }>();
  const sets = list.data?.sets.filter((set) => !td || set.trustDomain === td);
  const end = () => {
    setPlanning(undefined);
    void list.refetch();
  };
  return (
    <>
      <AuthoritiesView
        sets={sets}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        tab={view === 'table' ? 'table' : 'rotation'}
        selected={at}
        onTab={(tab) =>
          void navigate({ search: (old) => ({ ...old, view: tab === 'table' ? tab : undefined }) })
        }
        onOpen={(key) => void navigate({ search: (old) => ({ ...old, at: key }) })}
        onPlan={(action, json) => {
          const input = actionInput(json);
          if (input) setPlanning({ action, input });
        }}
      />
      {planning && <PlanReview {...planning} onDone={end} onCancel={end} />}
    </>
  );
}
