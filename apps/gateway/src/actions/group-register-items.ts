import type { NeededConnection, NeededRoutes } from '../groups/routes.ts';

type Route = NeededRoutes['routes'][number];

/** What is written, one item each, in this order. */
export interface Wanted {
  /** Empty: it is there. */
  channel: string;
  members: string[];
  connections: NeededConnection[];
  routes: Route[];
}

/** Words of an item: the same in the plan, its results and its record. */
export const itemOf = {
  connection: ({ node, endpoint }: NeededConnection): string => `${node} → ${endpoint}`,
  route: ({ node, to, name, instance }: Route): string =>
    `${name}${instance === '' ? '' : `/${instance}`} on ${node} → ${to}`,
};
