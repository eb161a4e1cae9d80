import { type Member, Presence } from '@muster/api';
import { timestampDate } from '@bufbuild/protobuf/wkt';

/** A member's presence with its reason: what a chip, a dot of the picture and a screen reader all say. */
export type PresenceState =
  | { readonly state: 'online'; readonly since: Date | undefined; readonly reason: string }
  | { readonly state: 'offline'; readonly since: Date | undefined; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

export function presenceOf(member: Pick<Member, 'presence' | 'since' | 'presenceReason'>): PresenceState {
  const since = member.since ? timestampDate(member.since) : undefined;
  const seen = since ? `Our polls have seen it so since ${moment(since)}.` : 'Our last poll saw it so.';
  switch (member.presence) {
    case Presence.ONLINE:
      return { state: 'online', since, reason: seen };
    case Presence.OFFLINE:
      return { state: 'offline', since, reason: seen };
    default:
      return { state: 'unknown', reason: member.presenceReason || 'Its manager does not tell who is online.' };
  }
}

export const presenceTone = { online: 'ok', offline: 'bad', unknown: 'unknown' } as const;

/** How long, in the largest unit that fits: "40 s", "2 min", "3 h", "6 d". */
export function howLong(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** "online", "offline 2 min", "unknown". How long counts only for who is missing. */
export function presenceLabel(presence: PresenceState, now: Date): string {
  if (presence.state !== 'offline' || !presence.since) return presence.state;
  return `offline ${howLong(presence.since, now)}`;
}

/** An exact moment, UTC, to the second. */
export function moment(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Who needs a look first: offline, then unknown, then online; by name within each. */
export function byAttention(members: readonly Member[]): Member[] {
  const rank = { offline: 0, unknown: 1, online: 2 } as const;
  return members.toSorted(
    (a, b) => rank[presenceOf(a).state] - rank[presenceOf(b).state] || a.name.localeCompare(b.name) || a.instance.localeCompare(b.instance),
  );
}

export interface PresenceCount {
  readonly online: number;
  readonly offline: number;
  readonly unknown: number;
}

export function countPresence(members: readonly Member[]): PresenceCount {
  const count = { online: 0, offline: 0, unknown: 0 };
  for (const member of members) count[presenceOf(member).state]++;
  return count;
}
