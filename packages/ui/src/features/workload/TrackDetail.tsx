import type { WorkloadEvent, WorkloadSocket, WorkloadTrack } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  Button,
  Chip,
  CommandBox,
  CopyButton,
  DetailPanel,
  formatClock,
  formatExact,
  Mono,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  Tooltip,
  useNow,
  ValidityBar,
} from '../../components/index.ts';
import { handToInspector } from '../../stores/handoff.ts';
import { chainFacts } from './chain.ts';
import { eventWords, gapWords, trackState } from './rows.ts';

interface Props {
  track: WorkloadTrack;
  socket: WorkloadSocket | undefined;
  /** Of this identity, newest first. */
  events: readonly WorkloadEvent[];
  onClose: () => void;
}

const SHOWN = 12;

/** One identity of one socket: its SVID now, its chain, and what happened to it. */
export function TrackDetail({ track, socket, events, onClose }: Props) {
  const now = useNow();
  const navigate = useNavigate();
  const state = trackState(track, socket, now.getTime());
  const [from, to] = [toDate(track.notBefore), toDate(track.expiresAt)];
  const inspect = () => {
    handToInspector({ text: track.chainPem, name: `given by ${track.connection}` });
    void navigate({ to: '/inspect' });
  };
  return (
    <DetailPanel
      kind={`${track.svid === 'jwt' ? 'JWT-SVID' : 'X.509-SVID'} · ${escapeText(track.connection)}`}
      title={<SpiffeIdText id={track.spiffeId} copy whole />}
      state={
        <Chip tone={state.tone} reason={state.reason}>
          {state.word}
        </Chip>
      }
      onClose={onClose}
      actions={
        track.svid === 'x509' && (
          <>
            <Button variant="primary" onClick={inspect}>
              Inspect
            </Button>
            <CopyButton text={track.chainPem} label="Copy the certificates" />
            <span className="small">certificates only; the key is nowhere here</span>
          </>
        )
      }
    >
      <p className="small">{proseText(state.reason)}</p>
      {from && to && <ValidityBar notBefore={from} notAfter={to} now={now} />}
      <dl className="facts">
        <dt>Workload API</dt>
        <dd>
          <Link to="/connections" search={{ name: track.connection }}>
            <NameText name={track.connection} />
          </Link>
        </dd>
        {track.audience !== '' && (
          <>
            <dt>Audience</dt>
            <dd>
              <Mono>{track.audience}</Mono>
            </dd>
          </>
        )}
        <dt>Hint</dt>
        <dd>{track.hint === '' ? 'none' : <Mono>{track.hint}</Mono>}</dd>
        <dt>Received</dt>
        <dd>
          <TimeAgo at={toDate(track.receivedAt)} />
        </dd>
        {track.withdrawnAt ? (
          <>
            <dt>Withdrawn</dt>
            <dd>
              <TimeAgo at={toDate(track.withdrawnAt)} />
            </dd>
          </>
        ) : (
          <>
            <dt>Renewal due</dt>
            <dd>
              <TimeAgo at={toDate(track.nextExpectedAt)} />, overdue from{' '}
              <TimeAgo at={toDate(track.overdueAt)} />
            </dd>
          </>
        )}
        <dt>Renewals</dt>
        <dd>{track.rotations} seen since Muster started</dd>
        <dt>Entries</dt>
        <dd>
          <Link to="/entries" search={{ q: track.spiffeId }}>
            that give this ID
          </Link>
        </dd>
      </dl>
      {track.svid === 'x509' && <Chain pem={track.chainPem} />}
      <section aria-label="What happened" className="stack">
        <h3>What happened</h3>
        {events.length === 0 && <p className="small">What there was is too old to be kept.</p>}
        <ol className="track-events">
          {events.slice(0, SHOWN).map((event, i) => (
            <OneEvent key={i} event={event} />
          ))}
        </ol>
        {events.length > SHOWN && <p className="small">and {events.length - SHOWN} before.</p>}
      </section>
      {socket?.command && <CommandBox command={socket.command} />}
    </DetailPanel>
  );
}

function OneEvent({ event }: { event: WorkloadEvent }) {
  const at = toDate(event.at);
  const { tone, word } = eventWords(event);
  return (
    <li>
      {at && (
        <Tooltip content={formatExact(at)}>
          <time className="num" dateTime={at.toISOString()} tabIndex={0}>
            {formatClock(at)}
          </time>
        </Tooltip>
      )}
      <Chip tone={tone} reason={proseText(event.text)}>
        {word}
      </Chip>
      <span className="small">{gapWords(event)}</span>
    </li>
  );
}

function Chain({ pem }: { pem: string }) {
  const facts = chainFacts(pem);
  return (
    <section aria-label="Chain" className="stack">
      <h3>Chain</h3>
      {facts.length === 0 && (
        <p className="small">The certificates cannot be read; the inspector says why.</p>
      )}
      {facts.map(({ role, serial, issuer, key }) => (
        <div className="card" key={serial}>
          <div>
            {role} · {key}
          </div>
          <div className="small track-serial">
            serial <Mono>{serial}</Mono>
          </div>
          <div className="small">
            signed by <Mono>{issuer || '(no name)'}</Mono>
          </div>
        </div>
      ))}
    </section>
  );
}
