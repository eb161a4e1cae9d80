import { type Member, Presence } from '@muster/api';
import { formatDuration, formatExact, toDate } from '../../components/index.ts';

/** A member's presence with its reason: what a chip, a dot of the picture and a screen reader all say. */
export type PresenceState =
  | { readonly state: 'online'; readonly since: Date | undefined; readonly reason: string }
  | { readonly state: 'offline'; readonly since: Date | undefined; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

export function presenceOf(member: Pick<Member, 'presence' | 'since' | 'presenceReason'>): PresenceState {
  const since = toDate(member.since);
  const seen = since ? `Our polls have seen it so since ${formatExact(since)}.` : 'Our last poll saw it so.';
  switch (member.presence) {
    case Presence.ONLINE:
      return { state: 'online', since, reason: seen };
    case Presence.OFFLINE:
      return { state: 'offline', since, reason: seen };
    default:
      return {
        state: 'unknown',
        reason: member.presenceReason || 'Its manager does not tell who is online.',
      };
  }
}

export const presenceTone = { online: 'ok', offline: 'bad', unknown: 'unknown' } as const;

/** "online", "offline 2 min", "unknown". How long counts only for who is missing. */
export function presenceLabel(presence: PresenceState, now: Date): string {
  if (presence.state !== 'offline' || !presence.since) return presence.state;
  return `offline ${formatDuration(now.getTime() - presence.since.getTime())}`;
}

/** Who needs a look first: offline, then unknown, then online; by name within each. */
export function byAttention(members: readonly Member[]): Member[] {
  const rank = { offline: 0, unknown: 1, online: 2 } as const;
  return members.toSorted(
    (a, b) =>
      rank[presenceOf(a).state] - rank[presenceOf(b).state] ||
      a.name.localeCompare(b.name) ||
      a.instance.localeCompare(b.instance),
  );
}
