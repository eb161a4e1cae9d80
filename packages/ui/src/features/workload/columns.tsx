import type { GetWorkloadTimelineResponse, WorkloadBundle, WorkloadEvent, WorkloadTrack } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Chip,
  type Column,
  formatCount,
  NameText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { eventWords, gapWords, kindWords, socketOf, trackState } from './rows.ts';

export function trackColumns(
  data: GetWorkloadTimelineResponse | undefined,
  now: number,
): readonly Column<WorkloadTrack>[] {
  return [
    {
      id: 'id',
      header: 'SPIFFE ID',
      width: 'minmax(0, 34fr)',
      render: (track) => <SpiffeIdText id={track.spiffeId} />,
    },
    {
      id: 'kind',
      header: 'SVID',
      width: 'minmax(0, 12fr)',
      from: 560,
      render: (track) => <span title={kindWords(track)}>{escapeText(kindWords(track))}</span>,
    },
    {
      id: 'socket',
      header: 'Workload API',
      width: 'minmax(0, 20fr)',
      from: 760,
      render: (track) => <NameText name={track.connection} />,
    },
    {
      id: 'received',
      header: 'Received',
      width: '106px',
      from: 1020,
      render: (track) => <TimeAgo at={toDate(track.receivedAt)} />,
    },
    {
      id: 'expected',
      header: 'Renewal due',
      width: '106px',
      from: 880,
      render: (track) => (track.withdrawnAt ? 'none' : <TimeAgo at={toDate(track.nextExpectedAt)} />),
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '106px',
      from: 640,
      render: (track) => <TimeAgo at={toDate(track.expiresAt)} />,
    },
    {
      id: 'rotations',
      header: 'Renewals',
      width: '84px',
      align: 'end',
      from: 960,
      render: (track) => formatCount(track.rotations),
    },
    {
      id: 'state',
      header: 'State',
      width: '118px',
      render: (track) => {
        const state = trackState(track, data && socketOf(data, track), now);
        return (
          <Chip tone={state.tone} reason={state.reason}>
            {state.word}
          </Chip>
        );
      },
    },
  ];
}

export const EVENT_COLUMNS: readonly Column<WorkloadEvent>[] = [
  { id: 'at', header: 'When', width: '104px', render: (event) => <TimeAgo at={toDate(event.at)} /> },
  {
    id: 'kind',
    header: 'What',
    width: '122px',
    render: (event) => {
      const { tone, word } = eventWords(event);
      return (
        <Chip tone={tone} reason={event.text}>
          {word}
        </Chip>
      );
    },
  },
  {
    id: 'name',
    header: 'Of',
    width: 'minmax(0, 34fr)',
    render: (event) =>
      event.name.startsWith('spiffe://') ? (
        <SpiffeIdText id={event.name} />
      ) : event.svid === '' ? (
        <NameText name={event.name} />
      ) : (
        <TrustDomainTag name={event.name} />
      ),
  },
  {
    id: 'svid',
    header: 'SVID',
    width: 'minmax(0, 14fr)',
    from: 620,
    render: (event) => (event.svid === '' ? '' : escapeText(eventKind(event))),
  },
  { id: 'gap', header: 'Gap', width: '132px', from: 760, render: (event) => gapWords(event) },
  {
    id: 'socket',
    header: 'Workload API',
    width: 'minmax(0, 14fr)',
    from: 900,
    render: (event) => <NameText name={event.connection} />,
  },
];

const eventKind = (event: WorkloadEvent): string =>
  event.name.startsWith('spiffe://')
    ? kindWords(event)
    : event.svid === 'jwt'
      ? 'JWT authorities'
      : 'X.509 authorities';

export const BUNDLE_COLUMNS: readonly Column<WorkloadBundle>[] = [
  {
    id: 'name',
    header: 'Trust domain',
    width: 'minmax(0, 30fr)',
    render: (bundle) => <TrustDomainTag name={bundle.trustDomain} />,
  },
  {
    id: 'socket',
    header: 'Workload API',
    width: 'minmax(0, 22fr)',
    render: (bundle) => <NameText name={bundle.connection} />,
  },
  {
    id: 'x509',
    header: 'X.509 authorities',
    width: '132px',
    align: 'end',
    render: (bundle) => bundle.x509Authorities ?? 'not told yet',
  },
  {
    id: 'jwt',
    header: 'JWT authorities',
    width: '124px',
    align: 'end',
    from: 560,
    render: (bundle) => bundle.jwtAuthorities ?? 'not told yet',
  },
  {
    id: 'changes',
    header: 'Changes seen',
    width: '112px',
    align: 'end',
    from: 760,
    render: (bundle) => formatCount(bundle.changes),
  },
  {
    id: 'changed',
    header: 'Last change',
    width: '116px',
    from: 640,
    render: (bundle) => (bundle.changes === 0 ? 'none seen' : <TimeAgo at={toDate(bundle.changedAt)} />),
  },
];
