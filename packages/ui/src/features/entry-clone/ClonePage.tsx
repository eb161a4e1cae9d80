import type { JsonObject } from '@bufbuild/protobuf';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import {
  EmptyState,
  ErrorState,
  Page,
  PlanReview,
  Skeleton,
  useSpireServers,
} from '../../components/index.ts';
import { CloneView } from './CloneView.tsx';
import { useDraftPlan, useEntriesById, useParents } from './queries.ts';
import { cloneInput, type Replacement } from './draft.ts';

/** Entries like others, on another server or under other parents. The address names the entries and the server. */
export function ClonePage() {
  const { connection = '', ids: list = '', to } = useSearch({ from: '/entries/clone' });
  const navigate = useNavigate({ from: '/entries/clone' });
  const ids = list.split(',').filter((id) => id !== '');
  const servers = useSpireServers('entries.write');
  const from = useEntriesById(connection, ids);
  const target = servers?.find((one) => one.name === (to ?? connection));
  const known = useParents(target?.trustDomain);
  const [parents, setParents] = useState<readonly string[]>([]);
  const [replace, setReplace] = useState<readonly Replacement[]>([]);
  const [reviewing, setReviewing] = useState(false);
  const input: JsonObject | undefined =
    ids.length > 0 && target ? cloneInput(connection, ids, target.name, parents, replace) : undefined;
  const draft = useDraftPlan(useDeferredValue(input));

  if (ids.length === 0 || connection === '')
    return (
      <Page title="Clone entries" scroll>
        <EmptyState title="No entry is chosen" action={<Link to="/entries">Entries</Link>}>
          Select entries of one server in the list, and choose Clone.
        </EmptyState>
      </Page>
    );
  if (from.error)
    return (
      <Page title="Clone entries" scroll>
        <ErrorState error={from.error} />
      </Page>
    );
  if (!servers || from.pending)
    return (
      <Page title="Clone entries" scroll>
        <Skeleton rows={10} />
      </Page>
    );
  return (
    <>
      <CloneView
        connection={connection}
        entries={from.entries}
        servers={servers}
        target={target}
        parents={parents}
        known={known}
        replace={replace}
        plan={draft.error ? undefined : draft.data?.plan}
        planning={draft.isFetching}
        error={draft.isFetching ? undefined : draft.error}
        onTarget={(name) => {
          setParents([]);
          void navigate({
            search: (old) => ({ ...old, to: name === connection ? undefined : name }),
            replace: true,
          });
        }}
        onParents={setParents}
        onReplace={setReplace}
        onReview={() => setReviewing(true)}
      />
      {reviewing && input && (
        <PlanReview
          action="entry.clone"
          input={input}
          onCancel={() => setReviewing(false)}
          onDone={(result) => {
            setReviewing(false);
            if (result.done > 0 && result.refused + result.unknown === 0)
              void navigate({ to: '/entries', search: {} });
          }}
        />
      )}
    </>
  );
}
