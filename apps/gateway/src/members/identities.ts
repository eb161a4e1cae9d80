import { entryStates } from '../inventory/store/query.ts';
import type { IdentityFact } from '../inventory/store/identities.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Connections } from '../upstream/connections.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { IdentityRules, RuleMatch } from './rules.ts';

export type IdentityState =
  'no-rule' | 'unmapped' | 'mapped' | 'entry-gone' | 'agent-gone' | 'agent-banned' | 'expired' | 'unknown';

/** The SPIFFE identity behind a SLIM name. */
export interface Identity {
  state: IdentityState;
  spiffeId: string;
  rule: string;
  connection: string;
  entryId: string;
  agentId: string;
  /** Of an X.509-SVID that a Workload API connection of ours was given. */
  expiresAt: Date | undefined;
  /** What is wrong, or why it is not known; empty: nothing is. */
  reason: string;
}

/** SPIFFE IDs of one question to the store: other reads wait no longer for it than a moment. */
const chunk = 500;
/** Names remembered; a person looks at a few channels, of which one may have ten thousand members. */
const mostKept = 100_000;
/** Entries and agents expire without anything being told. */
const freshMs = 15_000;

const noRule = bare('no-rule', '', '', 'No rule joins SLIM names and SPIFFE IDs here (slimIdentities).');

/** Looks identities up by the rules of the configuration, and keeps them until an entry or agent changes. */
export class Identities {
  readonly #rules: IdentityRules;
  readonly #connections: Pick<Connections, 'spire' | 'workload'>;
  readonly #inventory: Pick<Inventory, 'feedState' | 'store'>;
  readonly #now: () => Date;
  /** By name. */
  #kept = new Map<string, Identity>();
  #matches = new Map<string, RuleMatch | undefined>();
  #version = 0;
  #at = 0;
  #refreshing = false;

  constructor(options: {
    rules: IdentityRules;
    connections: Pick<Connections, 'spire' | 'workload'>;
    inventory: Pick<Inventory, 'feedState' | 'store'>;
    now: () => Date;
  }) {
    this.#rules = options.rules;
    this.#connections = options.connections;
    this.#inventory = options.inventory;
    this.#now = options.now;
  }

  /** Another number: what was told before may not hold any more. */
  get version(): number {
    if (this.#kept.size > 0 && this.#now().getTime() - this.#at > freshMs) void this.#refresh();
    return this.#version;
  }

  /** Entries, agents or SVIDs changed. */
  forget(): void {
    this.#kept = new Map();
    this.#version += 1;
    this.#at = this.#now().getTime();
  }

  /** By name (org/namespace/app). */
  async of(names: Iterable<string>): Promise<Map<string, Identity>> {
    if (!this.#rules.any) return new Map([...names].map((name) => [name, noRule]));
    const { version } = this;
    const found = new Map<string, Identity>();
    const unknown: string[] = [];
    for (const name of names) {
      if (found.has(name)) continue;
      const known = this.#kept.get(name);
      found.set(name, known ?? noRule);
      if (!known) unknown.push(name);
    }
    if (unknown.length === 0) return found;
    for (const [name, identity] of await this.#read(unknown)) {
      found.set(name, identity);
      // What came to be out of date meanwhile is told once, not kept.
      if (version === this.#version && this.#kept.size < mostKept) this.#kept.set(name, identity);
    }
    return found;
  }

  /** Time alone makes few of them other: until it is known which, what was told goes on being told. */
  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const version = this.#version;
    this.#at = this.#now().getTime();
    try {
      const read = await this.#read([...this.#kept.keys()]);
      if (version !== this.#version) return;
      const same = [...read].every(
        ([name, one]) => JSON.stringify(one) === JSON.stringify(this.#kept.get(name)),
      );
      if (same) return;
      this.#kept = read;
      this.#version += 1;
    } catch {
      // The store is closing, or cannot be read: the next question says so.
    } finally {
      this.#refreshing = false;
    }
  }

  async #read(names: readonly string[]): Promise<Map<string, Identity>> {
    const matches = names.map((name) => ({ name, match: this.#matchOf(name) }));
    const ids = new Set(matches.flatMap(({ match }) => match?.spiffeId ?? []));
    const looked = new Map((await this.#look([...ids])).map((one) => [one.spiffeId, one]));
    return new Map(
      matches.map(({ name, match }) => {
        const one = match && looked.get(match.spiffeId);
        if (match && one) return [name, { ...one, rule: match.rule }];
        return [name, unmapped];
      }),
    );
  }

  #matchOf(name: string): RuleMatch | undefined {
    if (this.#matches.has(name)) return this.#matches.get(name);
    if (this.#matches.size >= mostKept) this.#matches.clear();
    const match = this.#rules.of(name);
    this.#matches.set(name, match);
    return match;
  }

  async #look(spiffeIds: readonly string[]): Promise<Identity[]> {
    const lists = await Promise.all(
      [...Map.groupBy(spiffeIds, trustDomainOf)].map(([trustDomain, ids]) =>
        this.#ofDomain(trustDomain, ids),
      ),
    );
    const seen = new Map<string, Date>();
    for (const { svids } of this.#connections.workload)
      for (const { spiffeId, expiresAt } of svids)
        if ((seen.get(spiffeId) ?? expiresAt) <= expiresAt) seen.set(spiffeId, expiresAt);
    return lists.flat().map((identity) => this.#withSvid(identity, seen.get(identity.spiffeId)));
  }

  #withSvid(identity: Identity, expiresAt: Date | undefined): Identity {
    if (expiresAt === undefined) return identity;
    const past = identity.state === 'mapped' && expiresAt <= this.#now();
    return {
      ...identity,
      expiresAt,
      ...(past
        ? { state: 'expired', reason: 'The X.509-SVID seen last has expired, and no newer one came.' }
        : {}),
    };
  }

  async #ofDomain(trustDomain: string, ids: readonly string[]): Promise<Identity[]> {
    const unknown = (reason: string): Identity[] => ids.map((id) => bare('unknown', id, '', reason));
    const servers = this.#connections.spire.filter(
      ({ link, config }) => (link.trustDomain || config.trustDomain) === trustDomain,
    );
    if (servers.length === 0)
      return unknown(`No SPIRE server of ${trustDomain} is connected here: its entries are not known.`);
    const unread = servers.filter(({ link }) => this.#inventory.feedState(link.name)?.asOf === undefined);
    if (unread.length > 0)
      return unknown(`The entries of ${unread.map(({ link }) => link.name).join(', ')} are not read yet.`);
    const names = servers.map(({ link }) => link.name);
    const now = Math.floor(this.#now().getTime() / 1000);
    const facts = new Map<string, IdentityFact>();
    for (let from = 0; from < ids.length; from += chunk) {
      const part = await this.#inventory.store.identities(names, ids.slice(from, from + chunk), now);
      if (!part) return unknown(`The entries of ${names.join(', ')} are being read.`);
      for (const fact of part) facts.set(fact.spiffeId, fact);
    }
    return ids.map((id) => {
      const fact = facts.get(id);
      return fact ? ofEntry(fact) : this.#gone(id, servers);
    });
  }

  #gone(spiffeId: string, servers: readonly SpireConnection[]): Identity {
    const names = servers.map(({ link }) => link.name);
    const stale = names
      .map((name) => this.#inventory.feedState(name))
      .find((state) => state !== undefined && state.stale !== '');
    const old = stale?.asOf ? `, as of ${stale.asOf.toISOString().slice(0, 19)}Z: the copy is not fresh` : '';
    return bare('entry-gone', spiffeId, '', `${names.join(', ')} has no registration entry for it${old}.`);
  }
}

const unmapped = bare('unmapped', '', '', 'No rule of the configuration fits its name (slimIdentities).');

function bare(state: IdentityState, spiffeId: string, connection: string, reason: string): Identity {
  return { state, spiffeId, rule: '', connection, entryId: '', agentId: '', expiresAt: undefined, reason };
}

const trustDomainOf = (spiffeId: string): string => spiffeId.slice('spiffe://'.length).split('/')[0] ?? '';

/** Agents are named below this path; anything else that entries are for is an alias or another entry. */
const agentPath = /^spiffe:\/\/[^/]+\/spire\/agent\//u;

function ofEntry({ spiffeId, connection, entryId, parentId, state, entries }: IdentityFact): Identity {
  const [word, reason] = wordsOf(state, parentId);
  const more = entries > 1 ? ` It is the best of ${entries} entries with this SPIFFE ID.` : '';
  return {
    ...bare(word, spiffeId, connection, reason === '' ? '' : reason + more),
    entryId,
    agentId: agentPath.test(parentId) ? parentId : '',
  };
}

function wordsOf(state: number, parentId: string): [IdentityState, string] {
  switch (state) {
    case entryStates.served:
      return ['mapped', ''];
    case entryStates.noAgent:
      return ['agent-gone', `Its entry is there, but no agent serves it: none is attested for ${parentId}.`];
    case entryStates.agentBanned:
      return ['agent-banned', `Its entry is there, but the agent that serves it is banned (${parentId}).`];
    case entryStates.agentExpired:
      return ['expired', `Its entry is there, but the SVID of its agent has expired (${parentId}).`];
    case entryStates.expired:
      return ['expired', 'Its registration entry has expired.'];
    case entryStates.nodeAlias:
      return ['mapped', 'Its entry is an alias of nodes: no workload gets this SPIFFE ID.'];
    default:
      return ['unknown', 'Its entry is there; whether an agent serves it is not worked out yet.'];
  }
}
