import type { ApplyResult } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorState, Page, PlanReview, Skeleton, useSpireServers } from '../../components/index.ts';
import { entryKey, readEntryKey } from '../../routes.ts';
import { useDrafts } from '../../stores/drafts.ts';
import { createInput, type Draft, draftOf, emptyDraft, isChanged, updateInput } from './draft.ts';
import { EntryForm, type Refused } from './EntryForm.tsx';
import { prefilled } from './prefill.ts';
import { refusedField } from './refused.ts';
import { useChoices, useEntry } from './queries.ts';

/** Makes an entry, or changes one, and reviews the plan before anything is sent. */
export function EntryCreatePage() {
  const { edit, copy, parent, td, connection, spiffeId, selectors } = useSearch({ from: '/entries/new' });
  const navigate = useNavigate();
  const servers = useSpireServers('entries.write');
  const from = useEntry(readEntryKey(edit ?? copy));
  const entry = from.data?.entry;
  // What a link brings along must not be hidden by a draft begun before.
  const brought = [connection, parent, spiffeId, selectors].filter(Boolean).join(' ');
  const key = edit ? `edit ${edit}` : copy ? `copy ${copy} ${parent ?? ''}` : `new ${brought}`.trim();
  const { drafts, setDraft, dropDraft } = useDrafts();
  const [reviewing, setReviewing] = useState(false);
  const [refused, setRefused] = useState<Refused>();

  const title = edit ? 'Edit entry' : 'New entry';
  const server =
    servers?.find((one) => one.name === connection) ??
    servers?.find((one) => one.trustDomain === td) ??
    servers?.find((one) => !one.problem) ??
    servers?.[0];
  const start = entry ? draftOf(entry) : servers && emptyDraft(server?.name ?? '', server?.trustDomain ?? '');
  const fresh = start && (edit ? start : prefilled(start, { parent, spiffeId, selectors }));
  const draft = (drafts[key] as Draft | undefined) ?? fresh;
  const trustDomain = servers?.find((one) => one.name === draft?.connection)?.trustDomain ?? '';
  const choices = useChoices(trustDomain);

  if (from.error)
    return (
      <Page title={title} scroll>
        <ErrorState error={from.error} retry={() => void from.refetch()} />
      </Page>
    );
  if (!servers || !draft || ((edit ?? copy) && !entry))
    return (
      <Page title={title} scroll>
        <Skeleton rows={10} />
      </Page>
    );
  const editing = edit ? entry : undefined;
  const leave = (id?: string) => {
    dropDraft(key);
    void navigate({ to: '/entries', search: id ? { id } : {} });
  };
  const done = (result: ApplyResult) => {
    if (editing && result.done > 0) return leave(entryKey(editing));
    const made = createdId(result);
    if (made) return leave(`${draft.connection}/${made}`);
    setReviewing(false);
  };
  return (
    <>
      <EntryForm
        title={title}
        draft={draft}
        servers={servers}
        choices={choices}
        editing={Boolean(editing)}
        unchanged={editing ? !isChanged(editing, draft) : false}
        onChange={(next) => setDraft(key, next)}
        refused={refused}
        onReview={() => {
          setRefused(undefined);
          setReviewing(true);
        }}
        onCancel={() => leave(edit)}
      />
      {reviewing && (
        <PlanReview
          action={editing ? 'entry.update' : 'entry.create'}
          input={editing ? updateInput(editing, draft) : createInput(draft)}
          onDone={done}
          onCancel={() => setReviewing(false)}
          onRefused={(error) => {
            const problems = refusedField(error);
            if (!problems) return false;
            setRefused({ problems, draft });
            setReviewing(false);
            return true;
          }}
        />
      )}
    </>
  );
}

/** The id that the server gave, as the way to undo names it. */
function createdId(result: ApplyResult): string | undefined {
  const ids = result.inverseInput?.['ids'];
  const id = Array.isArray(ids) ? ids[0] : undefined;
  return typeof id === 'string' ? id : undefined;
}
