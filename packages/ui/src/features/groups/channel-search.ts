import { type Channel, Mls } from '@muster/api';
import { toDate } from '../../components/index.ts';
import { mlsWords, ownerWords } from './names.ts';

/** What the list of channels is narrowed and ordered by, as the address holds it. */
export interface ChannelSearch {
  q?: string | undefined;
  /** The connection that manages it. */
  by?: string | undefined;
  mls?: string | undefined;
  owner?: string | undefined;
  sort?: string | undefined;
  desc?: string | undefined;
}

export const NARROWS = ['q', 'by', 'mls', 'owner'] as const;
export const isNarrowed = (search: ChannelSearch): boolean => NARROWS.some((name) => search[name]);

const MLS: Readonly<Record<Mls, string>> = {
  [Mls.UNSPECIFIED]: 'unknown',
  [Mls.UNKNOWN]: 'unknown',
  [Mls.OFF]: 'off',
  [Mls.ON]: 'on',
};

/** What a filter compares of a channel. */
export const facetOf: Readonly<Record<'by' | 'mls' | 'owner', (channel: Channel) => string>> = {
  by: ({ connection }) => connection,
  mls: ({ mls }) => MLS[mls] ?? 'unknown',
  owner: (channel) => ownerWords({ ...channel, ownerAlias: '' }).label,
};

/** Each value that channels have, and how many have it. */
export function valuesOf(channels: readonly Channel[], facet: keyof typeof facetOf) {
  const counts = new Map<string, number>();
  for (const channel of channels) {
    const value = facetOf[facet](channel);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([value, count]) => ({ value, count }));
}

type Order = (a: Channel, b: Channel) => number;
const byText =
  (of: (channel: Channel) => string): Order =>
  (a, b) =>
    of(a) < of(b) ? -1 : Number(of(a) > of(b));
// Never is later than any moment.
const end = (channel: Channel): number => toDate(channel.expiresAt)?.getTime() ?? Number.MAX_SAFE_INTEGER;
const ORDERS: ReadonlyMap<string, Order> = new Map([
  ['name', byText(({ name }) => name)],
  ['members', (a, b) => a.members - b.members],
  ['mls', byText(({ mls }) => mlsWords(mls).label)],
  ['owner', byText((channel) => ownerWords(channel).label)],
  ['by', byText(({ connection }) => connection)],
  ['expires', (a, b) => end(a) - end(b)],
]);
/** Columns that the list can be ordered by. */
export const SORTABLE: ReadonlySet<string> = new Set(ORDERS.keys());

/** Channels that the address asks for, in its order; without one, as the gateway gave them. */
export function narrow(channels: readonly Channel[], search: ChannelSearch): readonly Channel[] {
  const text = search.q?.trim().toLowerCase() ?? '';
  const found = channels.filter(
    (channel) =>
      (text === '' || textOf(channel).includes(text)) &&
      (['by', 'mls', 'owner'] as const).every(
        (facet) => search[facet] === undefined || facetOf[facet](channel) === search[facet],
      ),
  );
  const order = ORDERS.get(search.sort ?? '');
  if (!order) return found;
  return found.toSorted(search.desc === '1' ? (a, b) => order(b, a) : order);
}

const textOf = ({ name, connection, owner, ownerAlias, moderators }: Channel): string =>
  [name, connection, owner, ownerAlias, ...moderators].join('\n').toLowerCase();
