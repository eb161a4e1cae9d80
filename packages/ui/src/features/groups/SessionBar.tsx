import type { Channel } from '@muster/api';
import { useState } from 'react';
import { AppLink, Button, Chip, PlanReview } from '../../components/index.ts';
import { channelKey } from './names.ts';
import { patienceWords, sessionOffers, type SessionTask, sessionWords } from './session-words.ts';
import { TakePartDialog } from './TakePartDialog.tsx';
import type { Manager } from './managers.ts';
import './session.css';

export interface SessionBarProps {
  readonly channel: Channel;
  /** Where else the same channel is listed with a session of ours. */
  readonly elsewhere: Channel | undefined;
  readonly managers: readonly Manager[];
  /** Our session in it was left: there is no such channel here any more. */
  readonly onLeft: () => void;
}

/** Our own session in a channel: its state, how patient it is, and what can be done with it. */
export function SessionBar({ channel, elsewhere, managers, onLeft }: SessionBarProps) {
  const [task, setTask] = useState<SessionTask>();
  const [takingPart, setTakingPart] = useState(false);
  const words = sessionWords(channel);
  const patience = patienceWords(channel);
  const offers = sessionOffers(channel);
  return (
    <div className="session-bar" role="group" aria-label="Our session">
      {words && (
        <Chip tone={words.tone} reason={words.reason}>
          {words.label}
        </Chip>
      )}
      {patience !== '' && (
        <span
          className="session-note"
          title="How often SLIM repeats what a member does not confirm, before it counts as absent."
        >
          {patience}
        </span>
      )}
      {offers.map(({ label, task: offered }) => (
        <Button key={label} small onClick={() => setTask(offered)}>
          {label}
        </Button>
      ))}
      {!words && elsewhere && (
        <span className="session-note">
          Muster has a session in it:{' '}
          <AppLink link={`/channels?channel=${encodeURIComponent(channelKey(elsewhere))}`}>
            {elsewhere.connection}
          </AppLink>
        </span>
      )}
      {!words && !elsewhere && (
        <Button small onClick={() => setTakingPart(true)} disabledReason={takePartProblem(managers)}>
          Take part…
        </Button>
      )}
      {task && (
        <PlanReview
          action={task.action}
          input={{
            connection: channel.connection,
            channel: channel.name,
            ...(task.action === 'session.close' && task.leave ? { leave: true } : {}),
          }}
          onCancel={() => setTask(undefined)}
          onLeave={() => setTask(undefined)}
          onDone={() => {
            setTask(undefined);
            if (task.action === 'session.close' && task.leave) onLeft();
          }}
        />
      )}
      {takingPart && (
        <TakePartDialog managers={managers} channel={channel.name} onClose={() => setTakingPart(false)} />
      )}
    </div>
  );
}

/** Why nothing here can take part in a channel; undefined when something can. */
export function takePartProblem(managers: readonly Manager[]): string | undefined {
  const nodes = managers.filter(({ kind }) => kind === 'slim-node');
  if (nodes.length === 0) return 'No SLIM node is connected that Muster has a moderator on.';
  if (nodes.some(({ problem }) => !problem)) return undefined;
  return nodes.map(({ name, problem }) => `${name}: ${problem ?? ''}`).join(' ');
}
