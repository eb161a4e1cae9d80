import type { Bundle, FederationRelationship } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { escapeText } from '@muster/domain/display';
import { type FormEvent, useId, useState } from 'react';
import { Button, Dialog, Field, PlanReview, Select } from '../../components/index.ts';
import {
  actionOf,
  emptyEndpoint,
  endpointInput,
  endpointOf,
  idProblem,
  knownEndpoint,
  type PairDraft,
  urlProblem,
} from './draft.ts';
import { EndpointFields } from './EndpointFields.tsx';
import { PairForm } from './PairForm.tsx';

export type TaskName = 'new' | 'edit' | 'delete' | 'refresh';

interface Props {
  task: TaskName;
  /** Where it starts from; both may be empty for a new one. */
  connection: string;
  peer: string;
  servers: readonly Bundle[];
  relationships: readonly FederationRelationship[];
  onClose: () => void;
}

interface Review {
  action: string;
  input: JsonObject;
}

/** A change of a federation: what is needed, then its plan, in one place over the work. */
export function FederationTask({ task, connection, peer, servers, relationships, onClose }: Props) {
  const held = relationships.find((one) => one.connection === connection && one.peer === peer);
  const where = { connection, trust_domain: peer };
  const [review, setReview] = useState<Review | undefined>(
    task === 'refresh' ? { action: 'federation.refresh', input: where } : undefined,
  );
  const [draft, setDraft] = useState(() => firstDraft(connection, peer, servers, relationships));
  if (review)
    return (
      <PlanReview
        {...review}
        onDone={onClose}
        onCancel={task === 'refresh' ? onClose : () => setReview(undefined)}
      />
    );
  if (task === 'new')
    return (
      <PairForm
        draft={draft}
        servers={servers}
        relationships={relationships}
        onChange={setDraft}
        onReview={() => setReview(actionOf(draft))}
        onClose={onClose}
      />
    );
  if (task === 'edit')
    return (
      <EditForm
        held={held}
        peer={peer}
        onClose={onClose}
        onReview={(set) => setReview({ action: 'federation.update', input: { ...where, set } })}
      />
    );
  return (
    <DeleteForm
      held={held}
      peer={peer}
      onClose={onClose}
      onReview={(bundle) => setReview({ action: 'federation.delete', input: { ...where, bundle } })}
    />
  );
}

function firstDraft(
  connection: string,
  peer: string,
  servers: readonly Bundle[],
  relationships: readonly FederationRelationship[],
): PairDraft {
  const here = connection || (servers[0]?.connection ?? '');
  const own = servers.find((one) => one.connection === here)?.trustDomain ?? '';
  const there = peer
    ? servers.find((one) => one.trustDomain === peer)
    : servers.find((one) => one.trustDomain !== own && !joined(relationships, here, one.trustDomain));
  return {
    here,
    there: there?.connection ?? '',
    trustDomain: there ? '' : peer,
    bundle: '',
    endpoint: knownEndpoint(relationships, there?.trustDomain ?? peer),
    ours: there ? knownEndpoint(relationships, own) : emptyEndpoint,
    refresh: true,
  };
}

const joined = (
  relationships: readonly FederationRelationship[],
  here: string,
  trustDomain: string,
): boolean =>
  relationships.some((one) => one.connection === here && one.peer === trustDomain && one.hasRelationship);

interface EditProps {
  held: FederationRelationship | undefined;
  peer: string;
  onClose: () => void;
  onReview: (set: { [name: string]: string }) => void;
}

function EditForm({ held, peer, onClose, onReview }: EditProps) {
  const [endpoint, setEndpoint] = useState(() => (held ? endpointOf(held) : emptyEndpoint));
  const [asked, setAsked] = useState(false);
  const form = useId();
  const url = urlProblem(endpoint.url);
  const id = idProblem(endpoint);
  const before = held && endpointOf(held);
  const same =
    before?.url === endpoint.url.trim() &&
    before.profile === endpoint.profile &&
    before.id === endpoint.id.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!url && !id && !same) onReview(endpointInput(endpoint));
  };
  return (
    <Dialog
      wide
      title={`Edit the federation with ${escapeText(peer)}`}
      kicker={held ? `On ${escapeText(held.connection)}` : undefined}
      onClose={onClose}
      footer={
        <>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabledReason={
              held
                ? same
                  ? 'Nothing is changed yet.'
                  : undefined
                : 'There is no such relationship any more.'
            }
          >
            Review
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack pair-form" onSubmit={submit} noValidate>
        <EndpointFields
          trustDomain={peer}
          endpoint={endpoint}
          onChange={setEndpoint}
          urlError={asked ? url : undefined}
          idError={asked ? id : undefined}
        />
      </form>
    </Dialog>
  );
}

const KEEP = { value: 'keep', label: 'keep: its SVIDs go on being accepted, by keys that get old' };
const ENDS = [
  { value: 'restrict', label: 'delete it, only when no entry federates with it (restrict)' },
  { value: 'dissociate', label: 'delete it; entries stay, without it (dissociate)' },
  { value: 'delete', label: 'delete it and the entries that federate with it (delete)' },
];

interface DeleteProps {
  held: FederationRelationship | undefined;
  peer: string;
  onClose: () => void;
  onReview: (bundle: string) => void;
}

function DeleteForm({ held, peer, onClose, onReview }: DeleteProps) {
  const [mode, setMode] = useState(
    held?.hasBundle ? (held.entries > 0n ? 'dissociate' : 'restrict') : 'keep',
  );
  return (
    <Dialog
      title={`Delete the relationship with ${escapeText(peer)}`}
      kicker={held ? `On ${escapeText(held.connection)}` : undefined}
      onClose={onClose}
      footer={
        <>
          <Button
            variant="primary"
            onClick={() => onReview(mode)}
            disabledReason={held ? undefined : 'There is no such relationship any more.'}
          >
            Review
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <Field
        label="Its copy of the bundle"
        hint={
          held && held.entries > 0n
            ? `${held.entries} ${held.entries === 1n ? 'entry federates' : 'entries federate'} with ${escapeText(peer)}. The server leaves the copy in place by itself; the plan names the entries.`
            : 'The server leaves the copy in place by itself, where it is trusted and never refreshed.'
        }
      >
        <Select value={mode} onChange={setMode} options={held?.hasBundle ? [KEEP, ...ENDS] : [KEEP]} />
      </Field>
    </Dialog>
  );
}
