import { ConnectError, Code } from '@connectrpc/connect';
import { Presence } from '@muster/api';
import type { SlimIdentityRule } from '../config/types.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { NetworkCopy } from '../network/copy.ts';
import type { Networks } from '../network/networks.ts';
import type { Connections } from '../upstream/connections.ts';
import type { RosterConnection } from '../roster/source.ts';
import { within } from '../within.ts';
import { MemberBook } from './book.ts';
import type { Members as ChannelMembers, MemberRow } from './book.ts';
import { candidatesOf } from './candidates.ts';
import type { Candidate } from './candidates.ts';
import { hostsVersion } from './hosts.ts';
import { Identities } from './identities.ts';
import type { Identity } from './identities.ts';
import { MemberLists } from './lists.ts';
import { IdentityRules } from './rules.ts';

export interface MembersOptions {
  connections: Connections;
  networks: Networks;
  inventory: Inventory;
  rules: readonly SlimIdentityRule[];
  now: () => Date;
  /** Names known to be reachable, e.g. the members of the practice network. */
  candidates: () => readonly string[];
}

export interface MemberQuery {
  /** Lower case. */
  search: string;
  presences: readonly string[];
  identityStates: readonly string[];
}

/** At most this long does a list wait for a control plane's first answer, ms. */
const firstMs = 20;
/** How many of the candidates are shown with who stands behind them. */
const shownCandidates = 200;

/** Members of channels, with where they are and who stands behind them. */
export class MemberViews {
  readonly identities: Identities;
  readonly lists = new MemberLists();
  readonly #book: MemberBook;
  readonly #candidates = new WeakMap<
    ChannelMembers,
    { version: string; shown: readonly Candidate[]; total: number }
  >();
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
    this.identities = new Identities({ ...options, rules: new IdentityRules(options.rules) });
    this.#book = new MemberBook(this.identities);
  }

  /** Members of a channel. @throws Fault */
  async of(connection: RosterConnection, channel: string): Promise<ChannelMembers> {
    const copies = this.#copies(connection);
    const members = this.#placed(connection, channel, copies);
    // Routes by the hundred thousand are read a little later.
    const settled = members.then(
      () => {},
      () => {},
    );
    for (const copy of copies) copy.giveWay(settled);
    return members;
  }

  async #placed(
    connection: RosterConnection,
    channel: string,
    copies: readonly NetworkCopy[],
  ): Promise<ChannelMembers> {
    const [listed] = await Promise.all([
      this.lists.of(connection, channel),
      // Who is there is not kept back for where they are: that is told again when it is known.
      within(firstMs, Promise.all(copies.map(({ first }) => first))),
    ]);
    return this.#book.of(`${connection.link.name}\n${channel}`, listed, copies);
  }

  /** Who could be invited; the first of them with who stands behind them. */
  async candidates(
    connection: RosterConnection,
    channel: string,
    members: ChannelMembers,
  ): Promise<{ shown: (Candidate & { identity: Identity })[]; total: number }> {
    const copies = this.#copies(connection);
    const not = this.#notInvited(channel);
    const more = this.#options.candidates();
    // A search asks with every letter: who is a member and who runs did not change in between.
    const version = JSON.stringify([copies.map(hostsVersion), [...not], more]);
    let kept = this.#candidates.get(members);
    if (kept?.version !== version) {
      const all = candidatesOf({ copies, members: members.rows, not, more });
      kept = { version, shown: all.slice(0, shownCandidates), total: all.length };
      this.#candidates.set(members, kept);
    }
    const { shown, total } = kept;
    const identities = await this.identities.of(shown.map(({ name }) => name));
    return {
      total,
      shown: shown.flatMap((one) => {
        const identity = identities.get(one.name);
        return identity ? [{ ...one, identity }] : [];
      }),
    };
  }

  /** The control planes that may know a connection's members: the one it names, else all. */
  #copies(connection: RosterConnection): readonly NetworkCopy[] {
    const { networks } = this.#options;
    const name =
      connection.kind === 'slim-control-plane' ? connection.link.name : connection.config.controlPlane;
    // A node that is read directly tells of itself only: where there is a control plane, that knows more.
    if (name === undefined) return networks.all.length > 0 ? networks.all : networks.listed;
    const copy = networks.get(name);
    return copy ? [copy] : [];
  }

  #notInvited(channel: string): Set<string> {
    const { nodes, managers } = this.#options.connections;
    const names = new Set([channel]);
    for (const node of nodes) {
      if (node.ownName === '') continue;
      names.add(node.ownName).add(node.approvalName);
      if (node.link.up) for (const { name } of node.moderator.channels()) names.add(name);
    }
    // A manager's audience is its own name unless somebody chose another; it asks owners by a second one.
    for (const { config } of managers)
      if (config.audience !== undefined) names.add(config.audience).add(`${config.audience}-approval`);
    return names;
  }
}

const presenceWords = new Map<Presence, string>([
  [Presence.ONLINE, 'online'],
  [Presence.OFFLINE, 'offline'],
  [Presence.UNKNOWN, 'unknown'],
]);

export const presenceOf = (word: string): Presence =>
  [...presenceWords].find(([, one]) => one === word)?.[0] ?? Presence.UNKNOWN;

export function presenceWord(presence: Presence): string {
  const word = presenceWords.get(presence);
  if (word === undefined)
    throw new ConnectError('presences: one of them is not known.', Code.InvalidArgument);
  return word;
}

/** Rows that fit. */
export function matching({ rows, texts }: ChannelMembers, query: MemberQuery): readonly MemberRow[] {
  const { search, presences, identityStates } = query;
  if (search === '' && presences.length === 0 && identityStates.length === 0) return rows;
  const text = search === '' ? [] : texts();
  const [there, states] = [new Set(presences), new Set(identityStates)];
  return rows.filter(
    (row, at) =>
      (search === '' || text[at]?.includes(search) === true) &&
      (there.size === 0 || there.has(row.presence)) &&
      (states.size === 0 || states.has(row.identity.state)),
  );
}
