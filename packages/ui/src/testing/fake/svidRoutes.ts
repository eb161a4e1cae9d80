import { SvidService, WorkloadEventKind } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { WorkloadEventSchema, WorkloadTrackSchema } from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';

const minute = 60_000;
const at = (ms: number) => timestampFromMs(Date.now() + ms);

type Track = MessageInitShape<typeof WorkloadTrackSchema>;
type Event = MessageInitShape<typeof WorkloadEventSchema>;

/** An SVID issued so long ago, of so long a life. */
function track(spiffeId: string, ago: number, life: number, more: Track = {}): Track {
  return {
    connection: 'workload-org-a',
    svid: 'x509',
    spiffeId,
    notBefore: at(-ago),
    receivedAt: at(-ago),
    expiresAt: at(life - ago),
    nextExpectedAt: at(life / 2 - ago),
    overdueAt: at(life * 0.75 - ago),
    overdue: ago > life * 0.75,
    expired: ago > life,
    rotations: 3,
    chainPem: 'PEM',
    ...more,
  };
}

const web = 'spiffe://org-a.test/web';
const late = 'spiffe://org-a.test/late';

const event = (kind: WorkloadEventKind, name: string, ago: number, more: Event = {}): Event => ({
  at: at(-ago),
  connection: 'workload-org-a',
  kind,
  svid: 'x509',
  name,
  notBefore: at(-ago),
  expiresAt: at(4 * minute - ago),
  text: 'What happened.',
  ...more,
});

/** What two Workload APIs give; one of them is away. */
export function svidRoutes(router: ConnectRouter): void {
  router.service(SvidService, {
    listSvids: () => ({ svids: [] }),
    getWorkloadTimeline: () => ({
      now: at(0),
      sockets: [
        {
          connection: 'workload-org-a',
          trustDomain: 'org-a.test',
          live: true,
          audiences: ['billing'],
          problems: [{ audience: 'billing', reason: 'It says it is not available right now.' }],
          since: at(-10 * minute),
          command: { tool: 'spire-agent', line: 'spire-agent api watch -socketPath /run/a.sock' },
        },
        {
          connection: 'workload-org-b',
          trustDomain: 'org-b.test',
          live: false,
          reason: 'There is no socket at its address. Start the server, or correct the address.',
          since: at(-2 * minute),
        },
      ],
      tracks: [
        track(web, minute, 4 * minute),
        track(web, minute, 4 * minute, { svid: 'jwt', audience: 'billing', chainPem: '' }),
        track(late, 3.5 * minute, 4 * minute, { hint: 'late' }),
        track('spiffe://org-b.test/away', minute, 4 * minute, { connection: 'workload-org-b' }),
        track('spiffe://org-a.test/gone', minute, 4 * minute, { withdrawnAt: at(-minute / 2) }),
      ],
      events: [
        event(WorkloadEventKind.OVERDUE, late, 0.2 * minute, { hint: 'late' }),
        event(WorkloadEventKind.WITHDRAWN, 'spiffe://org-a.test/gone', 0.5 * minute),
        event(WorkloadEventKind.ROTATED, web, minute, { left: 120n }),
        event(WorkloadEventKind.LOST, 'workload-org-b', 2 * minute, {
          svid: '',
          connection: 'workload-org-b',
        }),
        event(WorkloadEventKind.ROTATED, web, 3 * minute, { left: -5n }),
        event(WorkloadEventKind.ISSUED, late, 3.5 * minute, { hint: 'late' }),
        event(WorkloadEventKind.BUNDLE, 'org-b.test', 4 * minute),
        event(WorkloadEventKind.ISSUED, web, 5 * minute),
      ],
      bundles: [
        {
          connection: 'workload-org-a',
          trustDomain: 'org-a.test',
          x509Authorities: 1,
          jwtAuthorities: 2,
          changedAt: at(-minute),
        },
        {
          connection: 'workload-org-a',
          trustDomain: 'org-b.test',
          x509Authorities: 1,
          changes: 1,
          changedAt: at(-minute),
        },
      ],
    }),
  });
}
