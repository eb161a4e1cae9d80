import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ConnectionService,
  ConnectionState,
  GetOverviewResponse_AttentionSchema,
  GetOverviewResponse_TrustDomainSchema,
  GetOverviewResponseSchema,
  ListConnectionsResponseSchema,
  RetryConnectionResponseSchema,
  Severity,
} from '@muster/api';
import type { GetOverviewResponse_Attention } from '@muster/api';
import type { ConnectionStats } from '../inventory/store/query.ts';
import { authorityAttention, dueAttention } from './authority-attention.ts';
import { authorityExpiry } from './bundle-facts.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';
import { toFreshness } from './convert.ts';
import { timestamp } from './times.ts';
import { allChannels } from './channels.ts';
import { svidCounts, workloadAttention } from './workload.ts';

export function connectionService(context: ViewContext): Partial<ServiceImpl<typeof ConnectionService>> {
  const describeAll = () => context.connections.all.map(({ link }) => link.describe());
  return {
    listConnections() {
      return create(ListConnectionsResponseSchema, {
        connections: describeAll(),
        practice: context.practice,
        configFile: context.configFile,
      });
    },
    retryConnection({ name }) {
      const found = context.connections.get(bounded('name', name));
      if (!found) throw noSuchConnection(name, context.connections.all);
      found.link.retry();
      return create(RetryConnectionResponseSchema);
    },
    async getOverview() {
      const now = BigInt(Math.floor(context.now().getTime() / 1000));
      const names = context.connections.spire.map(({ link }) => link.name);
      await context.inventory.firstAgents(names);
      const [stats, groups, due] = await Promise.all([
        context.inventory.store.stats(Number(now)),
        allChannels(context),
        context.inventory.store.entriesDue(names, Number(now), Number(now) + 86_400),
      ]);
      const byName = new Map(stats.map((one) => [one.connection, one]));
      const attention: GetOverviewResponse_Attention[] = [];
      const trustDomains = context.connections.spire.map((connection) => {
        const { name } = connection.link;
        const one = byName.get(name);
        const state = context.inventory.feedState(name);
        const expires = connection.ownBundle ? authorityExpiry(connection.ownBundle) : 0n;
        attention.push(...authorityAttention(context, connection, now), ...countAttention(one));
        const federated = context.inventory.federatedNames(name);
        return create(GetOverviewResponse_TrustDomainSchema, {
          name: connection.link.trustDomain || one?.trustDomain || connection.config.trustDomain || '',
          connection: name,
          entries: BigInt(one?.entries ?? 0),
          agents: BigInt(one?.agents ?? 0),
          agentsExpired: BigInt(one?.agentsExpired ?? 0),
          agentsBanned: BigInt(one?.agentsBanned ?? 0),
          entriesExpiring: BigInt(one?.expiring ?? 0),
          federatesWith: federated,
          x509AuthorityExpiresAt: timestamp(expires),
          ...(state ? { freshness: toFreshness([{ name, state }]) } : {}),
        });
      });
      const { workload } = context.connections;
      attention.push(...workloadAttention(workload, context.now()));
      attention.push(...dueAttention(due));
      const connections = describeAll();
      for (const one of connections) {
        if (one.state !== ConnectionState.FAILED && one.state !== ConnectionState.DEGRADED) continue;
        const failed = one.state === ConnectionState.FAILED;
        attention.push(
          attend(
            failed ? Severity.DANGER : Severity.WARNING,
            `${one.name} ${failed ? 'is not connected' : 'works in part'}`,
            one.reason,
            '/connections',
          ),
        );
      }
      return create(GetOverviewResponseSchema, {
        trustDomains,
        attention: attention.toSorted((a, b) => b.severity - a.severity),
        channels: groups.channels.length,
        members: groups.channels.reduce((sum, { members }) => sum + members, 0),
        membersOnline: groups.channels.reduce((sum, { online }) => sum + online, 0),
        connections,
        svids: svidCounts(workload),
      });
    },
  };
}

function attend(
  severity: Severity,
  title: string,
  detail: string,
  link: string,
): GetOverviewResponse_Attention {
  return create(GetOverviewResponse_AttentionSchema, { severity, title, detail, link });
}

function countAttention(stats: ConnectionStats | undefined): GetOverviewResponse_Attention[] {
  if (!stats) return [];
  const out: GetOverviewResponse_Attention[] = [];
  const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  if (stats.agentsExpired > 0) {
    out.push(
      attend(
        Severity.WARNING,
        `${many(stats.agentsExpired, 'agent has', 'agents have')} an expired SVID`,
        `On ${stats.connection}: stopped, or cut off from its server.`,
        '/agents',
      ),
    );
  }
  if (stats.agentsBanned > 0) {
    out.push(
      attend(
        Severity.INFO,
        `${many(stats.agentsBanned, 'agent is', 'agents are')} banned`,
        `On ${stats.connection}.`,
        '/agents',
      ),
    );
  }
  if (stats.expiring > 0) {
    out.push(
      attend(
        Severity.WARNING,
        `${many(stats.expiring, 'entry expires', 'entries expire')} within a week`,
        `On ${stats.connection}; SPIRE prunes it then.`,
        '/entries?expiry=week',
      ),
    );
  }
  return out;
}
