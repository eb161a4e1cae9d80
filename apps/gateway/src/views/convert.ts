import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { AgentSchema, EntrySchema, EntryState, FreshnessSchema } from '@muster/api';
import type { Agent, Entry, Freshness } from '@muster/api';
import type { FeedState } from '../inventory/feed.ts';
import type { StoredAgent, StoredEntry } from '../inventory/store/query.ts';
import { entryStates } from '../inventory/store/query.ts';

/** Year 9999: beyond it Timestamp has no text form, and a server may send anything. */
const lastSecond = 253_402_300_799n;

/** Unix seconds; 0 is "never" and unset. */
export function timestamp(seconds: bigint): Timestamp | undefined {
  if (seconds === 0n) return undefined;
  const first = -62_135_596_800n;
  const bounded = seconds > lastSecond ? lastSecond : seconds < first ? first : seconds;
  return { $typeName: 'google.protobuf.Timestamp', seconds: bounded, nanos: 0 };
}

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
    default:
      return 'No attested agent and no alias of nodes has its parent ID.';
  }
}

function iso(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000Z', 'Z');
}

export function toAgent({ connection, row, entries }: StoredAgent): Agent {
  return create(AgentSchema, {
    ...row,
    connection,
    expiresAt: timestamp(row.expiresAt),
    entries: BigInt(entries),
  });
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
