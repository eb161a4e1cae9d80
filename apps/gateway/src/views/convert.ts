import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { EntrySchema, EntryState, FreshnessSchema } from '@muster/api';
import type { Entry, Freshness } from '@muster/api';
import type { FeedState } from '../inventory/feed.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import { entryStates } from '../inventory/store/query.ts';
import { iso, timestamp } from './times.ts';

export function toEntry(stored: StoredEntry): Entry {
  const { connection, row } = stored;
  return create(EntrySchema, {
    ...row,
    connection,
    expiresAt: timestamp(row.expiresAt),
    createdAt: timestamp(row.createdAt),
    state: stored.state as EntryState,
    stateReason: stateReason(stored),
  });
}

function stateReason({ row, state, via, until }: StoredEntry): string {
  switch (state) {
    case entryStates.served:
      return via === row.parentId ? 'Its agent is attested.' : `Reached through ${via}.`;
    case entryStates.agentExpired:
      return `The SVID of its agent expired at ${iso(until)}: the agent has stopped or lost its server.`;
    case entryStates.agentBanned:
      return 'Its agent is banned.';
    case entryStates.expired:
      return `It expired at ${iso(row.expiresAt)} and awaits pruning; SPIRE still issues for it until then.`;
    case entryStates.nodeAlias:
      return 'Its parent is the server: it names a set of nodes.';
    case entryStates.unknown:
      return 'Whether an agent serves it is not known yet: its server is still being read.';
    default:
      return 'No attested agent and no alias of nodes has its parent ID.';
  }
}

/** Of several copies shown together: as old as the oldest of them. */
export function toFreshness(states: readonly { name: string; state: FeedState }[]): Freshness {
  const oldest = states
    .map(({ state }) => state.asOf)
    .reduce<Date | undefined>((least, asOf) => (asOf && (!least || asOf < least) ? asOf : least), undefined);
  const stale = states.filter(({ state }) => state.stale !== '');
  const sum = (pick: (state: FeedState) => number): bigint =>
    BigInt(states.reduce((total, { state }) => total + pick(state), 0));
  return create(FreshnessSchema, {
    asOf: oldest && timestampFromDate(oldest),
    refreshing: states.some(({ state }) => state.refreshing),
    read: sum(({ read }) => read),
    expected: sum(({ expected }) => expected),
    staleReason: stale.map(({ name, state }) => `${name}: ${state.stale}`).join(' '),
  });
}
