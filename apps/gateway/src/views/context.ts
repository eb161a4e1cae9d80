import { Code, ConnectError } from '@connectrpc/connect';
import type { Freshness } from '@muster/api';
import type { AuthorityWatch } from '../authorities/watch.ts';
import type { GroupBook } from '../groups/book.ts';
import type { MadeChannels } from '../groups/made.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { KeptOwnerKeys } from '../owner-keys/port.ts';
import type { Prober } from '../upstream/bundle-endpoint/prober.ts';
import type { Connections } from '../upstream/connections.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { toFreshness } from './convert.ts';

/** What every view reads from. */
export interface ViewContext {
  connections: Connections;
  inventory: Inventory;
  authorities: AuthorityWatch;
  groups: GroupBook;
  made: MadeChannels;
  ownerKeys: KeptOwnerKeys;
  now: () => Date;
  practice: boolean;
  /** Where the configuration came from; empty for the practice network. */
  configFile: string;
  /** Asks the bundle endpoints of other trust domains. */
  prober: Prober;
}

/** Most rows in one answer. */
const mostRows = 1000;
const usualRows = 100;

export function pageOf(page: { offset: bigint; limit: number } | undefined): {
  offset: number;
  limit: number;
} {
  const offset = page?.offset ?? 0n;
  // SQLite would take a larger one for a negative one.
  const bounded = offset > 9_007_199_254_740_991n ? Number.MAX_SAFE_INTEGER : Number(offset);
  const limit = page?.limit ?? 0;
  return { offset: bounded, limit: limit === 0 ? usualRows : Math.min(limit, mostRows) };
}

/** Refuses text longer than anything it could match. */
export function bounded(field: string, text: string, most = 4096): string {
  if (text.length > most)
    throw new ConnectError(`${field}: longer than ${most} characters.`, Code.InvalidArgument);
  return text;
}

/** The spire-server connections a request is about. */
export function spireOf(context: ViewContext, trustDomains: readonly string[]): SpireConnection[] {
  const wanted = new Set(trustDomains.map((name) => name.replace(/^spiffe:\/\//u, '')));
  const { spire } = context.connections;
  return wanted.size === 0
    ? spire
    : spire.filter(({ link, config }) => wanted.has(link.trustDomain || (config.trustDomain ?? '')));
}

/** The one connection named, or an answer that says what there is. */
export function noSuchConnection(name: string, there: readonly { link: { name: string } }[]): ConnectError {
  const names = there.map(({ link }) => link.name).join(', ');
  const what = name === '' ? 'say which one is meant' : 'there is no such connection here';
  return new ConnectError(
    `connection: ${what}; there ${there.length === 1 ? 'is' : 'are'} ${names || 'none'}.`,
    name === '' ? Code.InvalidArgument : Code.NotFound,
  );
}

/** How fresh the copies of these servers are, taken together. */
export function freshnessOf(inventory: Inventory, connections: readonly SpireConnection[]): Freshness {
  return toFreshness(
    connections.flatMap(({ link: { name } }) => {
      const state = inventory.feedState(name);
      return state ? [{ name, state }] : [];
    }),
  );
}

export function serversNote(servers: number): string {
  return servers > 1 ? `For the first of ${servers} servers; each is asked by its own socket.` : '';
}
