import type { GetWorkloadTimelineResponse } from '@muster/api';
import { useRef } from 'react';
import {
  Button,
  DataTable,
  EmptyState,
  ErrorState,
  FilterChip,
  formatCount,
  ListKeys,
  Mono,
  Page,
  SearchBox,
  Skeleton,
  Tabs,
  useSlash,
} from '../../components/index.ts';
import { BUNDLE_COLUMNS, EVENT_COLUMNS, trackColumns } from './columns.tsx';
import { Legend, RotationPicture } from './RotationPicture.tsx';
import {
  eventKey,
  filterEvents,
  filterTracks,
  fittingSpan,
  socketOf,
  SPANS,
  trackKey,
  trackState,
  type WorkloadSearch,
} from './rows.ts';
import { Sockets } from './Sockets.tsx';
import { TrackDetail } from './TrackDetail.tsx';
import './workload.css';

interface Props {
  data: GetWorkloadTimelineResponse | undefined;
  error: unknown;
  retry: () => void;
  search: WorkloadSearch;
  now: Date;
  onChange: (change: WorkloadSearch, replace?: boolean) => void;
}

const CLEAR = { q: undefined, socket: undefined, kind: undefined, state: undefined } as const;

/** What the Workload APIs give, as it comes: identities, each renewal, bundles, and what fails to come. */
export function WorkloadView({ data, error, retry, search, now, onChange }: Props) {
  const box = useRef<HTMLInputElement>(null);
  useSlash(box);
  const tracks = data ? filterTracks(data, search, now.getTime()) : [];
  const key = search.id;
  const selected = data?.tracks.find((track) => trackKey(track) === key);
  return (
    <div className="workload">
      <Page
        title="Workload API"
        count={data && <Count data={data} now={now.getTime()} />}
        toolbar={data && <Toolbar {...{ data, search, onChange, box }} />}
        detail={
          data &&
          selected && (
            <TrackDetail
              track={selected}
              socket={socketOf(data, selected)}
              events={data.events.filter((event) => eventKey(event) === key)}
              onClose={() => onChange({ id: undefined } as WorkloadSearch)}
            />
          )
        }
        footer={
          <>
            <ListKeys more={['/ search']} />
            <span className="grow" />
            <span>What the agents give to Muster’s own process. Other workloads’ SVIDs go to them only.</span>
          </>
        }
      >
        {error ? (
          <ErrorState error={error} retry={retry} />
        ) : !data ? (
          <Skeleton rows={8} />
        ) : data.sockets.length === 0 ? (
          <NoSockets />
        ) : (
          <Work {...{ data, tracks, search, now, onChange }} />
        )}
      </Page>
    </div>
  );
}

function Count({ data, now }: { data: GetWorkloadTimelineResponse; now: number }) {
  const live = data.tracks.filter(({ withdrawnAt }) => !withdrawnAt);
  const late = live.filter((track) =>
    ['overdue', 'expired'].includes(trackState(track, undefined, now).name),
  ).length;
  return (
    <>
      {formatCount(live.length)} {live.length === 1 ? 'SVID' : 'SVIDs'} from {data.sockets.length}{' '}
      {data.sockets.length === 1 ? 'socket' : 'sockets'}
      {late > 0 && <b className="workload-late"> · {late} overdue</b>}
    </>
  );
}

interface ToolbarProps extends Pick<Props, 'search' | 'onChange'> {
  data: GetWorkloadTimelineResponse;
  box: React.RefObject<HTMLInputElement | null>;
}

function Toolbar({ data, search, onChange, box }: ToolbarProps) {
  const set = (name: keyof WorkloadSearch) => (value: string | undefined) =>
    onChange({ [name]: value || undefined }, name === 'q');
  return (
    <>
      <SearchBox ref={box} label="Search identities" value={search.q ?? ''} onChange={set('q')} />
      <FilterChip
        label="Workload API"
        value={search.socket}
        options={data.sockets.map(({ connection }) => ({ value: connection }))}
        onChange={set('socket')}
      />
      <FilterChip
        label="SVID"
        value={search.kind}
        valueLabel={search.kind === 'jwt' ? 'JWT' : 'X.509'}
        options={[
          { value: 'x509', label: 'X.509' },
          { value: 'jwt', label: 'JWT' },
        ]}
        onChange={set('kind')}
      />
      <FilterChip
        label="State"
        value={search.state}
        options={[
          { value: 'current' },
          { value: 'overdue', label: 'overdue or expired' },
          { value: 'unwatched', label: 'not watched' },
          { value: 'withdrawn' },
        ]}
        onChange={set('state')}
      />
    </>
  );
}

interface WorkProps extends Pick<Props, 'search' | 'now' | 'onChange'> {
  data: GetWorkloadTimelineResponse;
  tracks: ReturnType<typeof filterTracks>;
}

function Work({ data, tracks, search, now, onChange }: WorkProps) {
  const tab = search.tab === 'events' || search.tab === 'bundles' ? search.tab : 'identities';
  const events = filterEvents(data, search);
  const bundles = data.bundles.filter(
    (one) =>
      (!search.socket || one.connection === search.socket) && (!search.td || one.trustDomain === search.td),
  );
  const span = SPANS.find(({ id }) => id === search.span) ?? fittingSpan(tracks);
  const open = (id: string) => onChange({ id });
  return (
    <>
      <Sockets sockets={data.sockets.filter((one) => !search.socket || one.connection === search.socket)} />
      {tracks.length > 0 && (
        <section className="rot-card" aria-label="Rotations">
          <div className="rot-head">
            <Legend />
            <div className="rot-zoom" role="group" aria-label="Time shown">
              {SPANS.map(({ id, label }) => (
                <button
                  key={id}
                  type="button"
                  aria-pressed={id === span.id}
                  onClick={() => onChange({ span: id }, true)}
                >
                  {label}
                </button>
              ))}
            </div>
          </div>
          <RotationPicture {...{ data, tracks, now }} span={span.ms} selected={search.id} onOpen={open} />
        </section>
      )}
      <Tabs
        label="The same as tables"
        selected={tab}
        onSelect={(id) => onChange({ tab: id === 'identities' ? undefined : id } as WorkloadSearch, true)}
        tabs={[
          { id: 'identities', label: 'Identities', count: tracks.length },
          { id: 'events', label: 'Events', count: events.length },
          { id: 'bundles', label: 'Bundles', count: bundles.length },
        ]}
      >
        {tab === 'identities' && (
          <DataTable
            label="Identities"
            columns={trackColumns(data, now.getTime())}
            rows={tracks}
            rowKey={trackKey}
            selected={search.id}
            onSelect={(track) => open(trackKey(track))}
            empty={<NoTracks search={search} data={data} onChange={onChange} />}
          />
        )}
        {tab === 'events' && (
          <DataTable
            label="Events"
            columns={EVENT_COLUMNS}
            rows={events}
            rowKey={(event) => `${event.at?.seconds} ${event.at?.nanos} ${event.kind} ${eventKey(event)}`}
            onSelect={(event) => event.name.startsWith('spiffe://') && open(eventKey(event))}
            empty={
              <EmptyState title="Nothing happened yet">
                Each renewal, and each change of a bundle, is noted here as it comes. Muster keeps the newest
                1,000 of each socket, since it started.
              </EmptyState>
            }
          />
        )}
        {tab === 'bundles' && (
          <DataTable
            label="Bundles"
            columns={BUNDLE_COLUMNS}
            rows={bundles}
            rowKey={(bundle) => `${bundle.connection}/${bundle.trustDomain}`}
            empty={
              <EmptyState title="No bundles">
                A Workload API gives the bundle of its own trust domain, and of those that an entry of this
                process federates with.
              </EmptyState>
            }
          />
        )}
      </Tabs>
    </>
  );
}

function NoTracks({
  search,
  data,
  onChange,
}: Pick<Props, 'search' | 'onChange'> & { data: GetWorkloadTimelineResponse }) {
  if (data.tracks.length > 0)
    return (
      <EmptyState
        title="No identity matches"
        action={
          <Button onClick={() => onChange({ ...CLEAR } as WorkloadSearch)}>Clear search and filters</Button>
        }
      >
        Search looks in the SPIFFE ID, the hint and the audience{search.td ? `, within ${search.td}` : ''}.
      </EmptyState>
    );
  return (
    <EmptyState title="No identity is given to Muster">
      A Workload API gives a process what its registration entries say. An entry for Muster’s own user, for
      example <Mono>unix:uid:1000</Mono>, under this agent makes one appear here within seconds.
    </EmptyState>
  );
}

function NoSockets() {
  return (
    <EmptyState title="No Workload API is connected">
      Add a <Mono>workload-api</Mono> connection with the socket of a SPIRE agent to <Mono>muster.yaml</Mono>:
      its identities, their renewals and its bundles are followed here.
    </EmptyState>
  );
}
