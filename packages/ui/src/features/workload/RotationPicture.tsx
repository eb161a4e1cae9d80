import type { GetWorkloadTimelineResponse, WorkloadEvent, WorkloadTrack } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  formatClock,
  formatExact,
  formatRelative,
  SpiffeIdText,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { eventKey, gapsOf, kindWords, socketOf, spansOf, trackKey, trackState } from './rows.ts';

interface Props {
  data: GetWorkloadTimelineResponse;
  tracks: readonly WorkloadTrack[];
  now: Date;
  /** Milliseconds from edge to edge. */
  span: number;
  selected: string | undefined;
  onOpen: (key: string) => void;
}

/** Where now stands, of the width: more past than future. */
const NOW = 0.62;
const MOST = 60;

/** Each identity a line: the lives of its SVIDs, each renewal, now, and when the next is expected. */
export function RotationPicture({ data, tracks, now, span, selected, onOpen }: Props) {
  const from = now.getTime() - span * NOW;
  const place = (at: number) => Math.min(100, Math.max(0, ((at - from) / span) * 100));
  const byTrack = Map.groupBy(data.events, eventKey);
  const bySocket = Map.groupBy(data.events, ({ connection }) => connection);
  const ticks = ticksOf(from, span);
  return (
    <div className="rot" role="group" aria-label="Rotations over time">
      <div className="rot-scale" aria-hidden="true">
        {ticks
          .filter((tick) => Math.abs(place(tick) - NOW * 100) > 5)
          .map((tick) => (
            <span key={tick} className="rot-tick" style={{ left: `${place(tick)}%` }}>
              {clockOf(tick, span)}
            </span>
          ))}
        <span className="rot-tick rot-tick-now" style={{ left: `${NOW * 100}%` }}>
          now
        </span>
      </div>
      <div className="rot-rows">
        {tracks.slice(0, MOST).map((track) => {
          const key = trackKey(track);
          return (
            <Line
              key={key}
              track={track}
              events={byTrack.get(key) ?? []}
              gaps={gapsOf(bySocket.get(track.connection) ?? [], now.getTime())}
              live={socketOf(data, track)}
              {...{ now, place, ticks }}
              selected={key === selected}
              onOpen={() => onOpen(key)}
            />
          );
        })}
      </div>
      {tracks.length > MOST && (
        <p className="small rot-more">
          The first {MOST} of {tracks.length} are drawn; search narrows them down, and the table has all.
        </p>
      )}
    </div>
  );
}

interface LineProps {
  track: WorkloadTrack;
  events: readonly WorkloadEvent[];
  gaps: readonly { from: number; until: number }[];
  live: ReturnType<typeof socketOf>;
  now: Date;
  place: (at: number) => number;
  ticks: readonly number[];
  selected: boolean;
  onOpen: () => void;
}

function Line({ track, events, gaps, live, now, place, ticks, selected, onOpen }: LineProps) {
  const at = now.getTime();
  const state = trackState(track, live, at);
  const spans = spansOf(track, events);
  const expires = toDate(track.expiresAt)?.getTime() ?? at;
  const due = toDate(track.nextExpectedAt)?.getTime() ?? at;
  const kind = escapeText(kindWords(track));
  const words = `${escapeText(track.spiffeId)}, ${kind}: ${state.word}, ${track.rotations} ${track.rotations === 1 ? 'renewal' : 'renewals'} seen, expires ${formatRelative(new Date(expires), at)}`;
  const width = (a: number, b: number) => `${Math.max(place(b) - place(a), 0.25)}%`;
  return (
    <button
      type="button"
      className={selected ? 'rot-row selected' : 'rot-row'}
      aria-label={words}
      aria-pressed={selected}
      onClick={onOpen}
    >
      <span className="rot-label">
        <SpiffeIdText id={track.spiffeId} />
        <span className="rot-kind">
          {track.svid === 'jwt' ? 'JWT' : 'X.509'}
          {track.audience !== '' && <span className="rot-audience"> for {escapeText(track.audience)}</span>}
        </span>
      </span>
      <Tooltip content={<Hint track={track} now={at} reason={state.reason} />} shrink>
        <span className="rot-track">
          {ticks.map((tick) => (
            <span key={tick} className="rot-grid" style={{ left: `${place(tick)}%` }} />
          ))}
          {gaps.map((gap) => (
            <span
              key={gap.from}
              className="rot-gap"
              style={{ left: `${place(gap.from)}%`, width: width(gap.from, gap.until) }}
            />
          ))}
          {spans
            .filter(({ current, until }) => !current && place(until) > 0)
            .map((one) => (
              <span
                key={one.from}
                className="rot-bar rot-past"
                style={{ left: `${place(one.from)}%`, width: width(one.from, one.until) }}
              />
            ))}
          {spans
            .filter(({ current }) => current)
            .map((one) => (
              <span
                key={one.from}
                className={`rot-bar rot-${state.name}`}
                style={{ left: `${place(one.from)}%`, width: width(one.from, one.until) }}
              />
            ))}
          {spans
            .filter((one) => place(one.from) > 0)
            .map((one) => (
              <span key={one.from} className="rot-mark" style={{ left: `${place(one.from)}%` }} />
            ))}
          {!track.withdrawnAt && place(due) < 100 && (
            <span
              className={state.name === 'overdue' || state.name === 'expired' ? 'rot-due late' : 'rot-due'}
              style={{ left: `${place(due)}%` }}
            />
          )}
          <span className="rot-now" style={{ left: `${NOW * 100}%` }} />
        </span>
      </Tooltip>
    </button>
  );
}

function Hint({ track, now, reason }: { track: WorkloadTrack; now: number; reason: string }) {
  const received = toDate(track.receivedAt);
  const expires = toDate(track.expiresAt);
  return (
    <>
      {reason}
      <br />
      {received && <>Received {formatRelative(received, now)}. </>}
      {expires && <>Expires {formatExact(expires)}.</>}
    </>
  );
}

const STEPS = [60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800].map((s) => s * 1000);

/** Round moments, so many that they can be read. */
function ticksOf(from: number, span: number): number[] {
  const step = STEPS.find((one) => span / one <= 7) ?? 172_800_000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((from + span - first) / step) + 1 }, (_, i) => first + i * step);
}

function clockOf(at: number, span: number): string {
  const date = new Date(at);
  const clock = formatClock(date).slice(0, 5);
  return span > 86_400_000 ? date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' }) : clock;
}

/** What the marks mean. */
export function Legend() {
  return (
    <div className="rot-legend small" aria-hidden="true">
      <span>
        <i className="rot-key rot-current" /> in use
      </span>
      <span>
        <i className="rot-key rot-past" /> renewed
      </span>
      <span>
        <i className="rot-key-mark" /> renewal
      </span>
      <span>
        <i className="rot-key-due" /> next expected
      </span>
      <span>
        <i className="rot-key rot-overdue" /> overdue
      </span>
      <span>
        <i className="rot-key rot-gap" /> stream broken
      </span>
    </div>
  );
}
