import type { CreateLaunchLinkResponse, ListSessionsResponse, Session } from '@muster/api';
import { useState } from 'react';
import {
  Button,
  Chip,
  Dialog,
  ErrorState,
  Mono,
  Page,
  Skeleton,
  TimeAgo,
  toDate,
  NameText,
} from '../../components/index.ts';
import { LaunchLink } from './LaunchLink.tsx';
import './sessions.css';

interface Props {
  list: ListSessionsResponse | undefined;
  error: unknown;
  retry: () => void;
  link: CreateLaunchLinkResponse | undefined;
  busy: boolean;
  onSignOut: () => void;
  onEnd: (name: string) => void;
  onEndOthers: () => void;
  onCreateLink: () => void;
  onForgetLink: () => void;
}

type Question = { ask: 'one'; session: Session } | { ask: 'others' };

/** Who is signed in to this gateway, and how to end it. */
export function SessionsView(props: Props) {
  const { list, link, busy } = props;
  const [question, setQuestion] = useState<Question>();
  const others = list?.sessions.filter((session) => !session.current).length ?? 0;
  return (
    <Page
      title="Sessions"
      count={list && `${list.sessions.length} of at most ${list.limit}`}
      scroll
      actions={
        <>
          <Button
            disabledReason={others === 0 ? 'There is no other session.' : undefined}
            busy={busy}
            onClick={() => setQuestion({ ask: 'others' })}
          >
            End all others…
          </Button>
          <Button variant="primary" busy={busy} onClick={props.onCreateLink}>
            Create sign-in link
          </Button>
        </>
      }
    >
      {link && <LaunchLink link={link} onForget={props.onForgetLink} />}
      {props.error ? <ErrorState error={props.error} retry={props.retry} /> : !list && <Skeleton rows={4} />}
      {list && (
        <div className="sessions-wrap">
          <table className="sessions">
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Client</th>
                <th scope="col">Opened</th>
                <th scope="col">Last used</th>
                <th scope="col">Ends</th>
                <th scope="col">
                  <span className="vh">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.sessions.map((session) => (
                <SessionRow
                  key={session.name}
                  session={session}
                  onSignOut={props.onSignOut}
                  onEnd={() => setQuestion({ ask: 'one', session })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {question && (
        <EndDialog
          question={question}
          others={others}
          onCancel={() => setQuestion(undefined)}
          onEnd={() => {
            setQuestion(undefined);
            if (question.ask === 'one') props.onEnd(question.session.name);
            else props.onEndOthers();
          }}
        />
      )}
    </Page>
  );
}

function SessionRow({
  session,
  onSignOut,
  onEnd,
}: {
  session: Session;
  onSignOut: () => void;
  onEnd: () => void;
}) {
  return (
    <tr>
      <td>
        <span className="row">
          <Mono>{session.name}</Mono>
          {session.current && (
            <Chip tone="ok" reason="The session of this window and of every other tab of this address.">
              this one
            </Chip>
          )}
        </span>
      </td>
      <td>
        <NameText name={session.client} />
      </td>
      <td>
        <TimeAgo at={toDate(session.openedAt)} />
      </td>
      <td>
        <TimeAgo at={toDate(session.lastUsedAt)} />
      </td>
      <td>
        {session.windows > 0 ? (
          `not while ${session.windows} window${session.windows === 1 ? ' is' : 's are'} open`
        ) : (
          <TimeAgo at={toDate(session.endsAt)} />
        )}
      </td>
      <td className="sessions-do">
        {session.current ? (
          <Button small onClick={onSignOut}>
            Sign out
          </Button>
        ) : (
          <Button small onClick={onEnd}>
            End…
          </Button>
        )}
      </td>
    </tr>
  );
}

interface EndProps {
  question: Question;
  others: number;
  onEnd: () => void;
  onCancel: () => void;
}

function EndDialog({ question, others, onEnd, onCancel }: EndProps) {
  const one = question.ask === 'one';
  return (
    <Dialog
      title={one ? 'End this session?' : `End ${others} other session${others === 1 ? '' : 's'}?`}
      onClose={onCancel}
      footer={
        <>
          <Button variant="danger" onClick={onEnd}>
            {one ? 'End session' : `End ${others} session${others === 1 ? '' : 's'}`}
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </>
      }
    >
      <p>
        {one ? (
          <>
            The <NameText name={question.session.client} /> with session <Mono>{question.session.name}</Mono>{' '}
            is signed out at once.
          </>
        ) : (
          'Every window and program that is signed in with another session is signed out at once.'
        )}{' '}
        What is typed there stays on its screen. Signing in again needs a fresh link.
      </p>
    </Dialog>
  );
}
