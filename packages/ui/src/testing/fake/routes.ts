import { ConnectionService, ConnectionState, GroupService, SessionService, WatchService } from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { serverOf } from './identity.ts';
import { makeRosterEvents, memberAnswer } from './rosters.ts';
import { watchEvent, type World } from './world.ts';

export function connectionRoutes(router: ConnectRouter, world: World): void {
  router.service(ConnectionService, {
    listConnections: () => ({ connections: world.connections, practice: true }),
    retryConnection: ({ name }) => {
      const found = world.connections.find((one) => one.name === name);
      if (found) world.tell({ case: 'connection', value: { ...found, state: ConnectionState.CONNECTING } });
      return {};
    },
    getOverview: () => ({
      trustDomains: ['org-a.test', 'org-b.test'].map((name) => {
        const agents = world.agents.filter((agent) => agent.connection === serverOf(name));
        const banned = agents.filter((agent) => agent.banned).length;
        return {
          name,
          connection: serverOf(name),
          entries: BigInt(world.entries.filter((entry) => entry.connection === serverOf(name)).length),
          agents: BigInt(agents.length),
          agentsExpired: name === 'org-b.test' ? 1n : 0n,
          agentsBanned: BigInt(banned),
          federatesWith: [name === 'org-a.test' ? 'org-b.test' : 'org-a.test'],
          x509AuthorityExpiresAt: timestampFromMs(
            Date.now() + (name === 'org-a.test' ? 23 * 86_400_000 : 9 * 3_600_000),
          ),
          freshness: { asOf: timestampFromMs(world.readAt) },
          entriesExpiring: name === 'org-a.test' ? 6n : 0n,
        };
      }),
      attention: [
        {
          severity: 2,
          title: 'The X.509 authority of org-b.test expires in 9 h',
          detail: 'SPIRE prepares the next one by itself; look whether it has.',
          link: '/trust-domains?name=spire-org-b/org-b.test',
        },
        {
          severity: 3,
          title: 'An agent of org-b.test is banned, and 6 entries hang on it',
          detail: 'The workloads there get no new SVIDs.',
          link: '/entries?state=agent-banned',
        },
        {
          severity: 2,
          title: 'workload-org-b is degraded',
          detail: 'JWT-SVIDs are refused: no identity issued.',
          link: '/connections?name=workload-org-b',
        },
      ],
      channels: world.channels.length,
      members: 6,
      membersOnline: 3,
      connections: world.connections,
    }),
  });
}

export function groupRoutes(router: ConnectRouter, world: World): void {
  router.service(GroupService, {
    listChannels: () => ({
      channels: world.channels,
      candidates: ['agntcy/ops/carol', 'agntcy/ops/erin'],
      command: { tool: 'slimctl', line: 'slimctl channel list' },
    }),
    listMembers: ({ channel }) => memberAnswer(world.members.get(channel) ?? []),
    listRosterEvents: () => ({
      events: makeRosterEvents(),
      total: BigInt(makeRosterEvents().length),
      keptSince: timestampFromMs(Date.now() - 86_400_000),
    }),
    listMessages: ({ channel }) => ({ messages: channel === 'agntcy/ops/fleet' ? world.messages : [] }),
  });
}

export function sessionRoutes(router: ConnectRouter, world: World): void {
  router.service(SessionService, {
    listSessions: () => ({ sessions: world.sessions, limit: 64 }),
    endSession: ({ name }) => {
      world.sessions = world.sessions.filter((session) => session.name !== name);
      return {};
    },
    endOtherSessions: () => {
      const ended = world.sessions.filter((session) => !session.current).length;
      world.sessions = world.sessions.filter((session) => session.current);
      return { ended };
    },
    createLaunchLink: () => ({
      url: 'http://127.0.0.1:7420/#sign-in=bm90LWEtc2VjcmV0LWp1c3QtYS1waWN0dXJlLW9mLW9uZS1mb3ItdGhlLWVtcHR5LWhhcm5lc3M',
      expiresAt: timestampFromMs(Date.now() + 60_000),
    }),
  });
}

export function watchRoutes(router: ConnectRouter, world: World): void {
  router.service(WatchService, {
    async *watch(_request, { signal }) {
      const queue: ReturnType<typeof watchEvent>[] = [
        watchEvent({ case: 'beat', value: { $typeName: 'muster.v1.Beat' } }),
      ];
      let wake = () => {};
      const stop = world.onTell((event) => (queue.push(watchEvent(event)), wake()));
      signal.addEventListener('abort', () => wake());
      try {
        while (!signal.aborted) {
          yield* queue.splice(0);
          await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        stop();
      }
    },
  });
}
