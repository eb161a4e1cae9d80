import type { Channel } from '@muster/api';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { DeleteStep } from './DeleteStep.tsx';
import { GrantStep, ownedElsewhere } from './GrantField.tsx';
import { InviteForm } from './InviteForm.tsx';
import type { Manager } from './managers.ts';
import { SIGNED } from './RequestField.tsx';
import { type NewChannel, NewChannelForm } from './NewChannelForm.tsx';

/** A change that a person is making, before and while its plan is reviewed. */
export type Task =
  | { readonly task: 'create'; readonly managers: readonly Manager[]; readonly candidates: readonly string[] }
  | { readonly task: 'invite'; readonly channel: Channel; readonly candidates: readonly string[] }
  | { readonly task: 'remove'; readonly channel: Channel; readonly member: string }
  | { readonly task: 'delete'; readonly channel: Channel };

export interface TaskDialogProps {
  readonly task: Task;
  readonly onClose: () => void;
  /** The change was made. */
  readonly onDone: (task: Task, created?: NewChannel) => void;
}

/** Chooses where there is something to choose, then reviews the plan, in one place over the work. */
export function TaskDialog({ task, onClose, onDone }: TaskDialogProps) {
  const [invited, setInvited] = useState<readonly string[]>([]);
  const [created, setCreated] = useState<NewChannel>();
  const [grant, setGrant] = useState('');
  const [key, setKey] = useState('');
  const [request, setRequest] = useState('');
  const chooses = task.task === 'create' || task.task === 'invite' || ownedElsewhere(task.channel);
  const [reviewing, setReviewing] = useState(!chooses);
  if (reviewing) {
    return (
      <PlanReview
        {...actionOf(task, invited, created, { grant, key, request })}
        onDone={() => onDone(task, created)}
        onCancel={chooses ? () => setReviewing(false) : onClose}
        onLeave={onClose}
      />
    );
  }
  return (
    <>
      {task.task === 'create' && (
        <NewChannelForm
          managers={task.managers}
          candidates={task.candidates}
          initial={created}
          onCancel={onClose}
          onChoose={(channel) => {
            setCreated(channel);
            setReviewing(true);
          }}
        />
      )}
      {task.task === 'invite' && (
        <InviteForm
          channel={task.channel}
          candidates={task.candidates}
          initial={invited}
          onCancel={onClose}
          onChoose={(members, given) => {
            setInvited(members);
            setGrant(given);
            setReviewing(true);
          }}
        />
      )}
      {task.task === 'remove' && (
        <GrantStep
          channel={task.channel}
          member={task.member}
          value={grant}
          onChange={setGrant}
          onNext={() => setReviewing(true)}
          onCancel={onClose}
        />
      )}
      {task.task === 'delete' && (
        <DeleteStep
          channel={task.channel}
          value={key}
          onChange={setKey}
          request={request}
          onRequest={setRequest}
          onNext={() => setReviewing(true)}
          onCancel={onClose}
        />
      )}
    </>
  );
}

/** What signs a change of a channel that is not ours. */
interface Signing {
  readonly grant: string;
  /** did:key, or that the request was signed elsewhere. */
  readonly key: string;
  readonly request: string;
}

type JsonInput = Record<string, string | number | boolean | string[]>;

/** The action and its input that a task plans. */
export function actionOf(
  task: Task,
  invited: readonly string[] = [],
  created?: NewChannel,
  { grant, key, request }: Signing = { grant: '', key: '', request: '' },
): { readonly action: string; readonly input: JsonInput } {
  switch (task.task) {
    case 'create':
      return { action: 'channel.create', input: { ...created } };
    case 'invite':
      return {
        action: 'member.invite',
        input: {
          ...place(task.channel),
          ...(invited.length === 1 ? { member: invited[0] ?? '' } : { members: [...invited] }),
          ...(grant.trim() === '' ? {} : { grant: grant.trim() }),
        },
      };
    case 'remove':
      return {
        action: 'member.remove',
        input: {
          ...place(task.channel),
          member: task.member,
          ...(grant.trim() === '' ? {} : { grant: grant.trim() }),
        },
      };
    case 'delete':
      return {
        action: 'channel.delete',
        input: {
          connection: task.channel.connection,
          name: task.channel.name,
          ...(key === '' ? {} : key === SIGNED ? { signed_request: request.trim() } : { key }),
        },
      };
  }
}

function place(channel: Channel) {
  return { connection: channel.connection, channel: channel.name };
}
