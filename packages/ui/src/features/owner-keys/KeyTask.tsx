import type { JsonObject } from '@bufbuild/protobuf';
import type { ApplyResult, ItemResult, OwnerKey } from '@muster/api';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { type GrantDraft, GrantForm, grantInput } from './GrantForm.tsx';
import { GrantMade } from './GrantMade.tsx';
import { ImportForm } from './ImportForm.tsx';
import { NameForm } from './NameForm.tsx';

/** What a person does with keys, before and while its plan is reviewed. */
export type Task =
  | { task: 'new' }
  | { task: 'import' }
  | { task: 'rename'; ownerKey: OwnerKey }
  | { task: 'remove'; ownerKey: OwnerKey }
  | { task: 'export'; ownerKey: OwnerKey }
  /** `channel` as connection/org/namespace/name. */
  | { task: 'grant'; ownerKey?: OwnerKey; channel?: string };

interface Props {
  task: Exclude<Task, { task: 'export' }>;
  keys: readonly OwnerKey[];
  onClose: () => void;
  /** With the did:key that was made, where one was. */
  onDone: (did?: string) => void;
}

interface Review {
  action: string;
  input: JsonObject;
}

/** What is needed, then its plan, in one place over the work. What was typed is gone with it. */
export function KeyTask({ task, keys, onClose, onDone }: Props) {
  const fixed: Review | undefined =
    task.task === 'remove' ? { action: 'ownerKey.remove', input: { key: task.ownerKey.did } } : undefined;
  const [review, setReview] = useState<Review | undefined>(fixed);
  const [alias, setAlias] = useState(task.task === 'rename' ? task.ownerKey.alias : '');
  const [grant, setGrant] = useState<GrantDraft>();
  if (review)
    return (
      <PlanReview
        {...review}
        {...(review.action === 'grant.issue' && grant
          ? { renderNext: (items: readonly ItemResult[]) => <GrantMade items={items} draft={grant} /> }
          : {})}
        onDone={(result) => onDone(keyIn(result))}
        onCancel={fixed ? onClose : () => setReview(undefined)}
      />
    );
  switch (task.task) {
    case 'import':
      return (
        <ImportForm
          keys={keys}
          onClose={onClose}
          onReview={(input) => setReview({ action: 'ownerKey.import', input })}
        />
      );
    case 'grant':
      return (
        <GrantForm
          ownerKey={task.ownerKey}
          channel={task.channel}
          initial={grant}
          onClose={onClose}
          onReview={(draft) => {
            setGrant(draft);
            setReview({ action: 'grant.issue', input: grantInput(draft) });
          }}
        />
      );
    default: {
      const renamed = task.task === 'rename' ? task.ownerKey : undefined;
      return (
        <NameForm
          keys={keys}
          renamed={renamed}
          alias={alias}
          onAlias={setAlias}
          onClose={onClose}
          onReview={() =>
            setReview(
              renamed
                ? { action: 'ownerKey.rename', input: { key: renamed.did, alias: alias.trim() } }
                : { action: 'ownerKey.create', input: { alias: alias.trim() } },
            )
          }
        />
      );
    }
  }
}

/** The key that was made, imported or renamed: what undoes that names it. */
function keyIn({ inverseInput }: ApplyResult): string | undefined {
  const key = inverseInput?.['key'];
  return typeof key === 'string' ? key : undefined;
}
