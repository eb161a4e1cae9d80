import type { Channel } from '@muster/api';
import { useState } from 'react';
import { Dialog, PlanReview } from '../../components/index.ts';
import { InviteForm } from './InviteForm.tsx';
import type { Manager } from './managers.ts';
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

const titles = {
  create: 'New channel',
  invite: 'Invite a member',
  remove: 'Remove a member',
  delete: 'Delete the channel',
} as const;

/** Chooses where there is something to choose, then reviews the plan, in one place over the work. */
export function TaskDialog({ task, onClose, onDone }: TaskDialogProps) {
  const [invited, setInvited] = useState<string>();
  const [created, setCreated] = useState<NewChannel>();
  const chooses = task.task === 'create' || task.task === 'invite';
  const [reviewing, setReviewing] = useState(!chooses);
  if (reviewing) {
    return (
      <PlanReview
        {...actionOf(task, invited, created)}
        onDone={() => onDone(task, created)}
        onCancel={chooses ? () => setReviewing(false) : onClose}
      />
    );
  }
  return (
    <Dialog open title={titles[task.task]} onClose={onClose}>
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
          onChoose={(member) => {
            setInvited(member);
            setReviewing(true);
          }}
        />
      )}
    </Dialog>
  );
}

type JsonInput = Record<string, string | boolean | string[]>;

/** The action and its input that a task plans. */
export function actionOf(
  task: Task,
  invited?: string,
  created?: NewChannel,
): { readonly action: string; readonly input: JsonInput } {
  switch (task.task) {
    case 'create':
      return { action: 'channel.create', input: { ...created } };
    case 'invite':
      return { action: 'member.invite', input: { ...place(task.channel), member: invited ?? '' } };
    case 'remove':
      return { action: 'member.remove', input: { ...place(task.channel), member: task.member } };
    case 'delete':
      return {
        action: 'channel.delete',
        input: { connection: task.channel.connection, name: task.channel.name },
      };
  }
}

function place(channel: Channel) {
  return { connection: channel.connection, channel: channel.name };
}
