import type { NetworkCopy } from '../network/copy.ts';
import { hostsVersion } from './hosts.ts';
import type { Identities, Identity, IdentityState } from './identities.ts';
import { placer } from './place.ts';
import type { Place } from './place.ts';

/** A member as its channel's manager tells it. */
export interface ListedMember {
  name: string;
  instance: string;
  presence: 'online' | 'offline' | 'unknown';
  since: Date | undefined;
  /** Why its presence is unknown; empty otherwise. */
  presenceReason: string;
  moderator: boolean;
}

export interface MemberRow extends ListedMember {
  place: Place;
  identity: Identity;
  /** What to know of it, by code. */
  notes: { code: string; text: string }[];
  /** What a search looks at, in lower case. */
  text: string;
}

export interface Members {
  /** Who needs a look first, then by name. */
  rows: readonly MemberRow[];
  presences: ReadonlyMap<string, number>;
  identities: ReadonlyMap<string, number>;
}

interface Kept {
  listed: readonly ListedMember[];
  version: string;
  members: Members;
}

const mostChannels = 32;

/** States of an identity that a person should look at, the worst first. */
const troubled: ReadonlySet<IdentityState> = new Set(['entry-gone', 'agent-gone', 'agent-banned', 'expired']);

/** Members of channels joined with where they are and who stands behind them; kept until one of the three changes. */
export class MemberBook {
  readonly #identities: Identities;
  readonly #kept = new Map<string, Kept>();

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  async of(key: string, listed: readonly ListedMember[], copies: readonly NetworkCopy[]): Promise<Members> {
    const version = [this.#identities.version, ...copies.map(hostsVersion)].join(' ');
    const before = this.#kept.get(key);
    if (before && before.version === version && same(before.listed, listed)) return before.members;
    const members = build(listed, await this.#identities.of(listed.map(({ name }) => name)), placer(copies));
    this.#kept.delete(key);
    this.#kept.set(key, { listed, version, members });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostChannels && oldest !== undefined) this.#kept.delete(oldest);
    return members;
  }
}

function same(a: readonly ListedMember[], b: readonly ListedMember[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((one, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      one.name === other.name &&
      one.instance === other.instance &&
      one.presence === other.presence &&
      one.since?.getTime() === other.since?.getTime() &&
      one.presenceReason === other.presenceReason &&
      one.moderator === other.moderator
    );
  });
}

function build(
  listed: readonly ListedMember[],
  identities: ReadonlyMap<string, Identity>,
  place: (name: string, instance: string) => Place,
): Members {
  const byName = tally(listed.map(({ name }) => name));
  const byInstance = new Map<string, string | Set<string>>();
  const bySpiffeId = new Map<string, string | Set<string>>();
  // Nearly always one name: ten thousand sets take their time.
  const put = (map: Map<string, string | Set<string>>, key: string, name: string): void => {
    if (key === '') return;
    const names = map.get(key);
    if (names === undefined) map.set(key, name);
    else if (typeof names !== 'string') names.add(name);
    else if (names !== name) map.set(key, new Set([names, name]));
  };
  const known = listed.map((one) => {
    const identity = identities.get(one.name);
    if (!identity) throw new Error(`no identity was looked up for ${one.name}`);
    put(byInstance, one.instance, one.name);
    put(bySpiffeId, identity.spiffeId, one.name);
    return { one, identity, where: place(one.name, one.instance) };
  });
  const rows = known.map(({ one, identity, where }): MemberRow => {
    const { name, instance } = one;
    const notes: MemberRow['notes'] = [];
    const note = (code: string, text: string): number => notes.push({ code, text });
    const instances = byName.get(name) ?? 1;
    if (instances > 1)
      note(
        'several-instances',
        `${instances} instances of this name are members. Remove one by its instance; a channel manager cannot tell them apart.`,
      );
    const others = (map: ReadonlyMap<string, string | ReadonlySet<string>>, key: string): string => {
      const names = map.get(key);
      if (names === undefined || typeof names === 'string') return '';
      return [...names]
        .filter((other) => other !== name)
        .slice(0, 3)
        .join(', ');
    };
    const twins = others(byInstance, instance);
    const doubles = others(bySpiffeId, identity.spiffeId);
    if (twins !== '')
      note(
        'same-instance',
        `${twins} has the same instance: both have one identity, which SLIM takes for one member.`,
      );
    else if (doubles !== '')
      note('same-identity', `By the rules, the same SPIFFE ID stands behind ${doubles}.`);
    if (instance !== '' && where.instances > instances)
      note(
        'more-instances',
        `${where.instances} instances of this name are reachable, ${instances} ${instances === 1 ? 'is a member' : 'are members'}.`,
      );
    return {
      ...one,
      place: where,
      identity,
      notes,
      text: `${name}\n${instance}\n${where.node}\n${identity.spiffeId}`.toLowerCase(),
    };
  });
  return {
    rows: rows
      .map((row) => ({ row, rank: rankOf(row) }))
      .toSorted(
        (a, b) =>
          a.rank - b.rank || compare(a.row.name, b.row.name) || compare(a.row.instance, b.row.instance),
      )
      .map(({ row }) => row),
    presences: tally(listed.map(({ presence }) => presence)),
    identities: tally(rows.map(({ identity }) => identity.state)),
  };
}

function rankOf({ presence, identity }: MemberRow): number {
  if (presence === 'offline') return 0;
  if (troubled.has(identity.state)) return 1;
  if (identity.state === 'unmapped') return 2;
  return presence === 'unknown' ? 3 : 4;
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
