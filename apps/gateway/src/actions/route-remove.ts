import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { nameKey } from '../network/node-truth.ts';
import { routeCommand } from '../upstream/control-plane/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { readPlane } from './network-target.ts';
import { applyThenLook, nodeOf } from './plane-change.ts';
import { change, fieldChange } from './results.ts';
import { again } from './route-add.ts';
import { readRoute, routeProperties, routeTarget } from './route-plan.ts';
import type { RouteInput } from './route-plan.ts';

/** A: DeleteSubscription, by an id that only its making told; B–E: DeleteRoute. */
export const routeRemove: Action<RouteInput> = {
  name: 'route.remove',
  title: 'Remove a route',
  role: 'operator',
  inverse: 'route.add',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['node', 'name'],
    properties: routeProperties,
  },
  async plan(input, context) {
    const found = routeTarget(input, context);
    const { target, plane, route, item, end } = found;
    const cannot = plane.whyNotRemove(route);
    if (cannot !== '') throw new ConnectError(`${target.name}: ${cannot}`, Code.FailedPrecondition);
    await nodeOf(target, 'node', route.node);
    const listed = () => readPlane(target, (one) => readRoute(one, route));
    const now = await listed();
    const lists = plane.abilities['routes.read'] === '' && now?.status !== 'on-node';
    if (!now && lists)
      throw new ConnectError(`name: ${target.name} has no such route on ${route.node}.`, Code.NotFound);
    const others = target.copy.routes.rows.filter(
      (row) => row.source === route.node && row.status === 'applied' && nameKey(row) === nameKey(route),
    ).length;
    return {
      title: `Remove a route to ${route.name}`,
      target: target.target,
      changes: [
        change('delete', 'route', item, target.name, [
          fieldChange('On node', route.node, ''),
          fieldChange(route.destinationNode === '' ? 'Over' : 'To node', end, ''),
        ]),
      ],
      effects: [
        `Messages for ${route.name} that reach ${route.node} no longer go on to ${end}.`,
        ...(lists && others <= 1
          ? [
              `It is the only route of that name there: members behind ${end} hear nothing from ${route.node}.`,
            ]
          : []),
      ],
      warnings: now
        ? []
        : [warn('not-on-node', `${route.node} does not tell this name now: the route may be gone already.`)],
      commands: [routeCommand(plane.generation, target.config, 'del', route)],
      destructive: true,
      before: now?.status ?? '',
      check: async () => (now && !(await listed()) ? 'the route was removed' : ''),
      apply: () =>
        applyThenLook(target, {
          item,
          run: (one) => one.removeRoute(route),
          look: async (one) => ((await readRoute(one, route)) ? undefined : 'It is gone.'),
          unseen: lists
            ? 'It was taken, and the control plane still lists the route: it may go at the next reconciliation.'
            : 'It was taken, and the node still tells the name: another route may lead to it, or it goes later.',
        }),
      // How its connection was configured is not told: what may hold credentials is not kept here.
      inverseInput: ([result]) =>
        result?.outcome === ItemOutcome.DONE && (plane.generation === 'a' || route.destinationNode !== '')
          ? again(found)
          : undefined,
    };
  },
};
