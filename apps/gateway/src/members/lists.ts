import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import type { RosterConnection } from '../roster/source.ts';
import { memberOf } from '../roster/source.ts';
import type { ListedMember } from './book.ts';

type Elsewhere = Exclude<RosterConnection, SlimNodeConnection>;

/**
 * A search asks with every letter that is typed: within this time one answer serves them all, ms. What the history of
 * rosters sees to have changed is forgotten at once.
 */
const serves = 5000;
const most = 64;

interface Kept {
  until: number;
  listed: Promise<readonly ListedMember[]>;
}

/** Who is in a channel, by its manager. */
export class MemberLists {
  readonly #kept = new Map<string, Kept>();

  /** @throws Fault */
  async of(connection: RosterConnection, channel: string): Promise<readonly ListedMember[]> {
    if (connection.kind === 'slim-node')
      return connection.moderator.members(channel).map(({ status, isModerator, ...member }) => ({
        ...member,
        presence: status,
        presenceReason: status === 'unknown' ? 'Our session has not heard of it yet, or is closed.' : '',
        moderator: isModerator,
      }));
    return this.#elsewhere(connection, channel);
  }

  /** Something changed there, or may have. */
  forget(connection: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(`${connection}\n`)) this.#kept.delete(key);
  }

  #elsewhere(connection: Elsewhere, channel: string): Promise<readonly ListedMember[]> {
    const key = `${connection.link.name}\n${channel}`;
    const now = performance.now();
    const before = this.#kept.get(key);
    if (before && before.until > now) return before.listed;
    const listed = read(connection, channel);
    this.#kept.set(key, { until: now + serves, listed });
    listed.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > most && oldest !== undefined) this.#kept.delete(oldest);
    return listed;
  }
}

async function read(connection: Elsewhere, channel: string): Promise<readonly ListedMember[]> {
  const names = await (connection.kind === 'channel-manager'
    ? connection.participants(channel)
    : connection.plane.participants(channel));
  const presenceReason = silence(connection);
  // A channel manager is a member of its channels, by the name that signed requests are for.
  const own = connection.kind === 'channel-manager' ? connection.config.audience : undefined;
  return names.map(memberOf).map((member) => ({
    ...member,
    presence: 'unknown',
    since: undefined,
    presenceReason,
    moderator: member.name === own,
  }));
}

function silence(connection: Elsewhere): string {
  if (connection.kind === 'channel-manager') return 'A channel manager does not tell who is online.';
  return connection.plane.generation === 'a'
    ? 'This control plane notes names only: nobody is asked to join, and nobody looks whether they are there.'
    : 'A control plane does not tell who is online.';
}
