import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  GetOverviewResponse_AttentionSchema,
  GetOverviewResponse_SvidsSchema,
  GetWorkloadTimelineResponseSchema,
  Severity,
  WorkloadBundleSchema,
  WorkloadEventKind,
  WorkloadEventSchema,
  WorkloadProblemSchema,
  WorkloadSocketSchema,
  WorkloadTrackSchema,
} from '@muster/api';
import type {
  GetOverviewResponse_Attention,
  GetOverviewResponse_Svids,
  GetWorkloadTimelineRequest,
  GetWorkloadTimelineResponse,
} from '@muster/api';
import { command } from '../upstream/command.ts';
import type { WorkloadConnection } from '../upstream/workload/connection.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

const kinds = {
  issued: WorkloadEventKind.ISSUED,
  rotated: WorkloadEventKind.ROTATED,
  withdrawn: WorkloadEventKind.WITHDRAWN,
  bundle: WorkloadEventKind.BUNDLE,
  lost: WorkloadEventKind.LOST,
  back: WorkloadEventKind.BACK,
  overdue: WorkloadEventKind.OVERDUE,
  expired: WorkloadEventKind.EXPIRED,
} as const;

const usualEvents = 500;
const mostEvents = 10_000;

/** What came over each socket. Each field is named here: no key and no token is among them (S-13, S-14). */
export function workloadTimeline(
  { connections, now }: ViewContext,
  { connection, limit, spiffeId }: GetWorkloadTimelineRequest,
): GetWorkloadTimelineResponse {
  const all = connections.workload;
  bounded('spiffe_id', spiffeId, 2048);
  const sources = connection === '' ? all : all.filter(({ link }) => link.name === connection);
  if (connection !== '' && sources.length === 0) throw noSuchConnection(connection, all);
  const wanted = (name: string): boolean => spiffeId === '' || name === spiffeId;
  const events = sources
    .flatMap((source) => source.events.map((event) => ({ source, event })))
    .filter(({ event }) => wanted(event.name))
    .toSorted((a, b) => b.event.at.getTime() - a.event.at.getTime())
    .slice(0, limit === 0 ? usualEvents : Math.min(limit, mostEvents));
  return create(GetWorkloadTimelineResponseSchema, {
    now: timestampFromDate(now()),
    sockets: sources.map(toSocket),
    tracks: sources.flatMap((source) =>
      source.tracks.filter((track) => wanted(track.spiffeId)).map((track) => toTrack(source, track)),
    ),
    events: events.map(({ source, event }) =>
      create(WorkloadEventSchema, {
        at: timestampFromDate(event.at),
        connection: source.link.name,
        kind: kinds[event.kind],
        svid: event.svid,
        name: event.name,
        hint: event.hint,
        audience: event.audience,
        text: event.text,
        ...(event.leftMs === undefined ? {} : { left: BigInt(Math.round(event.leftMs / 1000)) }),
        ...(event.notBefore === undefined ? {} : { notBefore: timestampFromDate(event.notBefore) }),
        ...(event.expiresAt === undefined ? {} : { expiresAt: timestampFromDate(event.expiresAt) }),
      }),
    ),
    bundles: sources.flatMap((source) =>
      source.bundleRows.map(({ trustDomain, x509, jwt, changedAt, changes }) =>
        create(WorkloadBundleSchema, {
          connection: source.link.name,
          trustDomain,
          changes,
          changedAt: timestampFromDate(changedAt),
          ...(x509 === undefined ? {} : { x509Authorities: x509 }),
          ...(jwt === undefined ? {} : { jwtAuthorities: jwt }),
        }),
      ),
    ),
  });
}

function toSocket(source: WorkloadConnection) {
  const { link, config } = source;
  const described = link.describe();
  return create(WorkloadSocketSchema, {
    connection: link.name,
    trustDomain: link.trustDomain,
    live: link.up,
    reason: link.up ? '' : described.reason || 'It is not connected yet.',
    audiences: config.audiences ?? [],
    problems: [...source.problems].map(([audience, reason]) =>
      create(WorkloadProblemSchema, { audience, reason }),
    ),
    eventsDropped: BigInt(source.eventsDropped),
    command: watchCommand(config.address),
    ...(described.since === undefined ? {} : { since: described.since }),
  });
}

function watchCommand(address: string) {
  return command(
    'spire-agent',
    ['api', 'watch', '-socketPath', address.replace(/^unix:\/\//u, '')],
    'As the user that Muster runs as: another user is another workload.',
  );
}

function toTrack(source: WorkloadConnection, track: WorkloadConnection['tracks'][number]) {
  return create(WorkloadTrackSchema, {
    connection: source.link.name,
    svid: track.svid,
    spiffeId: track.spiffeId,
    hint: track.hint,
    audience: track.audience,
    notBefore: timestampFromDate(track.notBefore),
    expiresAt: timestampFromDate(track.expiresAt),
    nextExpectedAt: timestampFromDate(track.nextExpectedAt),
    overdueAt: timestampFromDate(track.overdueAt),
    receivedAt: timestampFromDate(track.receivedAt),
    overdue: track.overdue,
    expired: track.expired,
    rotations: track.rotations,
    chainPem: track.chainPem,
    ...(track.withdrawnAt === undefined ? {} : { withdrawnAt: timestampFromDate(track.withdrawnAt) }),
  });
}

/** SVIDs by trust domain, for the counts of the navigation. */
export function svidCounts(workload: readonly WorkloadConnection[]): GetOverviewResponse_Svids[] {
  const counts = new Map<string, { svids: number; overdue: number }>();
  for (const { tracks } of workload) {
    for (const { spiffeId, withdrawnAt, overdue } of tracks) {
      if (withdrawnAt) continue;
      const name = /^spiffe:\/\/([^/]+)/u.exec(spiffeId)?.[1] ?? '';
      const one = counts.get(name) ?? { svids: 0, overdue: 0 };
      counts.set(name, { svids: one.svids + 1, overdue: one.overdue + Number(overdue) });
    }
  }
  return [...counts].map(([trustDomain, one]) =>
    create(GetOverviewResponse_SvidsSchema, { trustDomain, ...one }),
  );
}

/** What a person must look at: SVIDs whose renewal fails to come. */
export function workloadAttention(
  workload: readonly WorkloadConnection[],
  now: Date,
): GetOverviewResponse_Attention[] {
  return workload.flatMap(({ link, tracks }) => {
    const late = tracks.filter(({ overdue }) => overdue);
    const [first] = late.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
    if (!first) return [];
    const dead = late.filter(({ expired }) => expired).length;
    const minutes = Math.max(0, Math.round((first.expiresAt.getTime() - now.getTime()) / 60_000));
    const soonest = dead > 0 ? `${dead} of them expired` : `the first expires in ${minutes} min`;
    return create(GetOverviewResponse_AttentionSchema, {
      severity: dead > 0 ? Severity.DANGER : Severity.WARNING,
      title: `${late.length === 1 ? 'An SVID was' : `${late.length} SVIDs were`} not renewed in time`,
      detail: `On ${link.name}; ${late.length === 1 && dead > 0 ? 'it expired' : soonest}. Look at the agent and its way to the server.`,
      link: '/workload?state=overdue',
    });
  });
}
