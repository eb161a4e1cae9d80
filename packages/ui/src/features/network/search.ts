import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  LinkStatus,
  type ListLinksRequestSchema,
  type ListNodesRequestSchema,
  type ListRoutesRequestSchema,
  type NetworkLink,
  type Route,
  RouteStatus,
  RouteTruth,
} from '@muster/api';

export const TABS = ['map', 'nodes', 'routes', 'links', 'segments'] as const;
export type Tab = (typeof TABS)[number];
/** Tabs that are one list of any length. */
export type ListTab = 'nodes' | 'routes' | 'links';
export const KINDS = ['node', 'route', 'link', 'segment', 'domain'] as const;
export type Kind = (typeof KINDS)[number];

/** What the URL says. */
export interface NetworkSearch {
  tab?: string;
  /** The control plane; all when left out. */
  cp?: string;
  q?: string;
  domain?: string;
  status?: string;
  truth?: string;
  /** `templates` or `expanded`. */
  kind?: string;
  source?: string;
  dest?: string;
  sort?: string;
  desc?: string;
  /** What is open: its kind, its key, and the connection that tells of it. */
  open?: string;
  id?: string;
  on?: string;
  /** What the map shows besides: where a channel's members are, and the way from one name to another. */
  channel?: string;
  from?: string;
  to?: string;
}

/** What is open at the side. */
export interface Opened {
  kind: Kind;
  id: string;
  connection: string;
}

export const tabOf = ({ tab }: NetworkSearch): Tab => TABS.find((one) => one === tab) ?? 'map';

export function openedOf({ open, id = '', on = '' }: NetworkSearch): Opened | undefined {
  const kind = KINDS.find((one) => one === open);
  return kind && { kind, id, connection: on };
}

export const ROUTE_STATUSES: ReadonlyMap<string, RouteStatus> = new Map([
  ['failed', RouteStatus.FAILED],
  ['stale', RouteStatus.STALE],
  ['pending', RouteStatus.PENDING],
  ['applied', RouteStatus.APPLIED],
  ['deleted', RouteStatus.DELETED],
]);

export const ROUTE_TRUTHS: ReadonlyMap<string, RouteTruth> = new Map([
  ['lost', RouteTruth.NOT_ON_NODE],
  ['leftover', RouteTruth.NOT_IN_DATABASE],
  ['same', RouteTruth.SAME],
  ['unknown', RouteTruth.UNKNOWN],
]);

const ORDERS = ['name', 'source', 'destination', 'status', 'updated'];

/** The request of the routes that the URL describes, without its page. */
export function toRoutes(search: NetworkSearch) {
  const status = ROUTE_STATUSES.get(search.status ?? '');
  const truth = ROUTE_TRUTHS.get(search.truth ?? '');
  const order = ORDERS.find((one) => one === search.sort) ?? 'status';
  return {
    connection: search.cp ?? '',
    search: search.q ?? '',
    source: search.source ?? '',
    destination: search.dest ?? '',
    statuses: status === undefined ? [] : [status],
    truths: truth === undefined ? [] : [truth],
    order: search.desc === '1' ? `-${order}` : order,
    ...(search.kind === 'templates' && { wildcard: true }),
    ...(search.kind === 'expanded' && { wildcard: false }),
  } satisfies MessageInitShape<typeof ListRoutesRequestSchema>;
}

export const LINK_STATUSES: ReadonlyMap<string, LinkStatus> = new Map([
  ['applied', LinkStatus.APPLIED],
  ['pending', LinkStatus.PENDING],
  ['failed', LinkStatus.FAILED],
  ['deleted', LinkStatus.DELETED],
]);

/** The request of the links that the URL describes, without its page. */
export function toLinks({ cp = '', q = '', status = '' }: NetworkSearch) {
  const only = LINK_STATUSES.get(status);
  return {
    connection: cp,
    search: q,
    statuses: only === undefined ? [] : [only],
  } satisfies MessageInitShape<typeof ListLinksRequestSchema>;
}

/** The request of the nodes that the URL describes, without its page. */
export const toNodes = ({ cp = '', q = '', domain = '' }: NetworkSearch) =>
  ({ connection: cp, search: q, domain }) satisfies MessageInitShape<typeof ListNodesRequestSchema>;

/** All that narrows a list. */
export const CLEAR = {
  q: undefined,
  domain: undefined,
  status: undefined,
  truth: undefined,
  kind: undefined,
  source: undefined,
  dest: undefined,
  cp: undefined,
  channel: undefined,
  from: undefined,
  to: undefined,
};

export const isFiltered = (search: NetworkSearch): boolean =>
  Object.keys(CLEAR).some((key) => search[key as keyof typeof CLEAR]);

// Ids are not unique over all generations, and some have none: a key is what a row says of itself.
const part = (text: string): string => text.replaceAll('%', '%25').replaceAll('>', '%3E');
const unpart = (text: string): string => text.replaceAll('%3E', '>').replaceAll('%25', '%');
const join = (...parts: readonly string[]): string => parts.map(part).join('>');
const split = (key: string): string[] => key.split('>').map(unpart);

type RouteName = Pick<Route, 'source' | 'destination' | 'name' | 'instance'>;
export const routeKey = ({ source, destination, name, instance }: RouteName): string =>
  join(source, destination, name, instance);
export function readRouteKey(key: string): RouteName {
  const [source = '', destination = '', name = '', instance = ''] = split(key);
  return { source, destination, name, instance };
}

type LinkName = Pick<NetworkLink, 'source' | 'destination' | 'linkId'>;
export const linkKey = ({ source, destination, linkId }: LinkName): string =>
  join(source, destination, linkId);
export function readLinkKey(key: string): LinkName {
  const [source = '', destination = '', linkId = ''] = split(key);
  return { source, destination, linkId };
}
