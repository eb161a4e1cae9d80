import {
  ConnectionState,
  type GetOverviewResponse,
  type ListApprovalsResponse,
  type ListConnectionsResponse,
} from '@muster/api';
import { formatCount } from '../components/index.ts';
import type { PagePath } from './navigation.ts';

export interface Count {
  /** Empty: the alarm says it all. */
  text: string;
  /** How many of them need a person, and why. */
  alarm?: { text: string; reason: string };
}

/** What stands behind each page's name. */
export function countsOf(
  overview: GetOverviewResponse | undefined,
  connections: ListConnectionsResponse | undefined,
  approvals: ListApprovalsResponse | undefined,
  trustDomain: string | undefined,
): Partial<Record<PagePath, Count>> {
  const counts: Partial<Record<PagePath, Count>> = {};
  if (overview) {
    const domains = overview.trustDomains.filter((one) => !trustDomain || one.name === trustDomain);
    const sum = (of: (one: (typeof domains)[number]) => bigint) =>
      domains.reduce((all, one) => all + of(one), 0n);
    counts['/entries'] = { text: formatCount(sum((one) => one.entries)) };
    const lost = sum((one) => one.agentsExpired + one.agentsBanned);
    counts['/agents'] = {
      text: formatCount(sum((one) => one.agents)),
      ...(lost > 0n && { alarm: { text: formatCount(lost), reason: 'expired or banned' } }),
    };
    const due = sum((one) => one.entriesExpiring);
    if (due > 0n) counts['/expiry'] = { text: formatCount(due) };
    counts['/trust-domains'] = { text: formatCount(overview.trustDomains.length) };
    const svids = overview.svids.filter((one) => !trustDomain || one.trustDomain === trustDomain);
    const overdue = svids.reduce((all, one) => all + one.overdue, 0);
    counts['/workload'] = {
      text: formatCount(svids.reduce((all, one) => all + one.svids, 0)),
      ...(overdue > 0 && { alarm: { text: formatCount(overdue), reason: 'not renewed in time' } }),
    };
    counts['/channels'] = { text: formatCount(overview.channels) };
  }
  if (connections) {
    const { failed } = healthOf(connections);
    counts['/connections'] = {
      text: formatCount(connections.connections.length),
      ...(failed > 0 && { alarm: { text: formatCount(failed), reason: 'failed' } }),
    };
  }
  // Somebody waits, for less than a minute.
  if (approvals && approvals.waiting > 0)
    counts['/approvals'] = {
      text: '',
      alarm: { text: formatCount(approvals.waiting), reason: 'waiting for an answer' },
    };
  return counts;
}

export function healthOf({ connections }: ListConnectionsResponse) {
  const in_ = (state: ConnectionState) => connections.filter((one) => one.state === state).length;
  return {
    all: connections.length,
    degraded: in_(ConnectionState.DEGRADED),
    failed: in_(ConnectionState.FAILED),
    connecting: in_(ConnectionState.CONNECTING),
  };
}
