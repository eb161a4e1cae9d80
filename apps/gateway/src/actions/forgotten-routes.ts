import type { Warning } from '@muster/api';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext } from './action.ts';

/**
 * Seen with SLIM 3.4.6: with the first of several members on a node that leaves a channel, the control plane forgets the
 * channel's routes to that node, and those who stay there are reached from no other node. Whoever is invited on that node next
 * brings them back. Empty where there is one node only, or nobody tells.
 */
export function forgottenRoutes({ networks }: ActionContext): Warning[] {
  const several = networks.all.some(
    ({ nodes }) => nodes.filter(({ status }) => status === 'connected').length > 1,
  );
  if (!several) return [];
  return [
    warn(
      'forgotten-routes',
      'Other members on the same node may no longer be reached from other nodes: SLIM (3.4.6) forgets the channel’s routes to a node with the first member there that leaves. Whoever is invited on that node next brings them back.',
    ),
  ];
}
