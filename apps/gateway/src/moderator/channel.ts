import { History } from './history.ts';
import type { Seen } from './protocol.ts';
import { compareRoster, unwatched } from './roster.ts';
import type { RosterChange } from './roster.ts';
import type { Member, ModeratedChannel } from './types.ts';

export interface Self {
  name: string;
  instance: string;
}

/** What the gateway keeps of one channel, so that it outlives the worker's process. */
export class Channel {
  readonly name: string;
  readonly mls: boolean;
  readonly createdAt = new Date();
  readonly history = new History();
  #members: Member[] = [];

  constructor(name: string, mls: boolean) {
    this.name = name;
    this.mls = mls;
  }

  get members(): Member[] {
    return this.#members;
  }

  /** Those to invite again after a restart. */
  get invited(): string[] {
    return [...new Set(this.#members.filter((one) => !one.isModerator).map((one) => one.name))];
  }

  summary(): ModeratedChannel {
    return {
      name: this.name,
      mls: this.mls,
      createdAt: this.createdAt.toISOString(),
      memberCount: this.#members.length,
      online: this.#members.filter((one) => one.status === 'online').length,
    };
  }

  /** Takes over what a poll saw. */
  see(seen: readonly Seen[], self: Self, keepUnknown: boolean): RosterChange[] {
    // SLIM does not list the moderator before the first member has joined.
    const listed = seen.some((one) => one.name === self.name && one.instance === self.instance);
    const all = listed ? seen : [{ ...self, online: true }, ...seen];
    const { members, changes } = compareRoster(this.#members, all, self, new Date(), keepUnknown);
    this.#members = members;
    return changes;
  }

  /** The worker is away: nobody watches. */
  unwatch(): void {
    this.#members = unwatched(this.#members, new Date());
  }

  /** Those a restore did not bring back are no members any more. */
  dropUnknown(): RosterChange[] {
    const lost = this.#members.filter((one) => one.status === 'unknown');
    this.#members = this.#members.filter((one) => one.status !== 'unknown');
    return lost.map((member) => ({ type: 'member-left', member }));
  }
}
