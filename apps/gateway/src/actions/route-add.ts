import { Code, ConnectError } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import type { Warning } from '@muster/api';
import { routeCommand } from '../upstream/control-plane/commands.ts';
import type { ControlPlane, NodeRow, RouteChange } from '../upstream/control-plane/port.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { configText, connectionConfig, secretsIn, settingsOf } from './connection-config.ts';
import { readPlane } from './network-target.ts';
import type { NetworkTarget } from './network-target.ts';
import { applyThenLook, nodeOf } from './plane-change.ts';
import { listedNames } from './listed-names.ts';
import { change, fieldChange } from './results.ts';
import { readRoute, routeProperties, routeTarget } from './route-plan.ts';
import type { RouteInput, RouteTarget } from './route-plan.ts';
import { badInput } from './action.ts';

interface Input extends RouteInput {
  config?: JsonObject;
}

/** A: CreateSubscription over a connection made before; B–E: AddRoute. From 2.0 on nobody writes routes. */
export const routeAdd: Action<Input> = {
  name: 'route.add',
  title: 'Add a route',
  role: 'operator',
  inverse: 'route.remove',
  secrets: ['config'],
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['node', 'name'],
    properties: { ...routeProperties, config: connectionConfig },
  },
  async plan(input, context) {
    const found = routeTarget(input, context);
    const { target, plane, item, end } = found;
    if (input.config && (plane.generation === 'a' || found.route.via === ''))
      throw badInput(
        'config',
        plane.generation === 'a'
          ? 'before 0.6 a connection is configured when it is made (connection.create).'
          : 'it goes with `via`: a route to a node needs none.',
      );
    const overAddress = plane.generation !== 'a' && found.route.via !== '';
    const config = overAddress ? configText('config', found.route.via, input.config) : '';
    const route: RouteChange = { ...found.route, config };
    const node = await nodeOf(target, 'node', route.node);
    const to = route.destinationNode === '' ? undefined : await nodeOf(target, 'to', route.destinationNode);
    const there = () => readPlane(target, (one) => known(one, route));
    if (await there())
      throw new ConnectError(`name: ${target.name} has this route already.`, Code.AlreadyExists);
    return {
      title: `Add a route to ${found.route.name}`,
      target: target.target,
      changes: [
        change('create', 'route', item, target.name, [
          fieldChange('On node', '', route.node),
          fieldChange('Name', '', route.name),
          fieldChange('Instance', '', route.instance || 'any'),
          fieldChange(to ? 'To node' : 'Over', '', end),
          ...(config === '' ? [] : [fieldChange('Connection', '', settingsOf(config))]),
        ]),
      ],
      effects: [
        `Messages for ${route.instance === '' ? `any instance of ${route.name}` : `instance ${route.instance} of ${route.name}`} that reach ${route.node} go on to ${end}.`,
        ...(overAddress ? [`${route.node} connects to ${end} for it, unless it is connected already.`] : []),
      ],
      warnings: [
        ...away(node),
        ...(to ? away(to) : []),
        ...(plane.generation === 'a' ? await noConnection(target, route) : []),
      ],
      commands: [routeCommand(plane.generation, target.config, 'add', route)],
      destructive: false,
      before: false,
      check: async () => {
        await nodeOf(target, 'node', route.node);
        return (await there()) ? 'the route was added' : '';
      },
      apply: () =>
        applyThenLook(target, {
          item,
          run: (one) => one.addRoute(route),
          look: (one) => outcome(one, found),
          unseen:
            'It was taken, and nothing shows it yet: its node may not be connected, or take it at the next reconciliation.',
          secrets: secretsIn(input.config),
        }),
      inverseInput: ([result]) => (result?.outcome === ItemOutcome.DONE ? again(found) : undefined),
    };
  },
};

/** Of what only nodes tell, somebody else's route of the same name is no reason to refuse. */
async function known(plane: ControlPlane, route: RouteChange): Promise<boolean> {
  const found = await readRoute(plane, route).catch(() => undefined);
  return found !== undefined && found.status !== 'on-node';
}

async function outcome(plane: ControlPlane, { route }: RouteTarget): Promise<string | undefined> {
  const found = await readRoute(plane, route);
  switch (found?.status) {
    case undefined:
      return undefined;
    case 'applied':
    case 'on-node':
      return 'Its node has it.';
    case 'failed':
      return `The control plane lists it, and its node refused it${found?.words ? `: ${found.words}` : '.'}`;
    case 'pending':
    case 'stale':
      return `The control plane lists it as ${found?.status}: its node has not taken it yet${found?.words ? ` (${found.words})` : ''}.`;
    default:
      return 'The control plane lists it, and does not say whether its node took it.';
  }
}

function away(node: NodeRow): Warning[] {
  return node.status === 'not-connected'
    ? [warn('not-connected', `${node.id} is not connected: it gets the route when it is, or never.`)]
    : [];
}

/** A: the connection must be there before. Its id is the endpoint it was made with. */
async function noConnection(target: NetworkTarget, { node, via }: RouteChange): Promise<Warning[]> {
  const rows = await target.copy.connection.plane.nodeConnections(node).catch(() => undefined);
  if (!rows)
    return [
      warn('unread', `The connections of ${node} cannot be read: whether one goes to ${via} is not known.`),
    ];
  if (rows.some((row) => row.endpoint === via)) return [];
  const ends = rows.flatMap((row) => row.endpoint || []);
  return [
    warn(
      'no-connection',
      `${node} has no connection to ${via}, and the route will be refused without one: make it first (connection.create). It has: ${listedNames(ends)}.`,
    ),
  ];
}

export function again({ target, route }: Pick<RouteTarget, 'target' | 'route'>): JsonObject {
  return {
    connection: target.name,
    node: route.node,
    name: route.name,
    ...(route.instance === '' ? {} : { instance: route.instance }),
    ...(route.destinationNode === '' ? { via: route.via } : { to: route.destinationNode }),
  };
}
