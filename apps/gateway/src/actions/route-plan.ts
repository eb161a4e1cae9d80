import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';
import { threeParts } from './group-target.ts';
import { connectionName, networkTarget } from './network-target.ts';
import type { NetworkTarget } from './network-target.ts';
import { nodeName } from './plane-change.ts';
import type { ControlPlane, RouteChange } from '../upstream/control-plane/port.ts';
import { nameKey } from '../network/node-truth.ts';
import { serverWords } from '../upstream/sentences.ts';

export interface RouteInput {
  connection?: string;
  node: string;
  name: string;
  instance?: string;
  via?: string;
  to?: string;
}

/** Without userinfo: an address goes into plans, records and shell lines. */
export const endpoint = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  pattern: '^[^\\s@?#\\p{C}]+$',
} as const;

export const routeProperties = {
  connection: connectionName,
  node: { ...nodeName, description: 'The node that gets the route, as its control plane lists it.' },
  name: { type: 'string', minLength: 1, maxLength: 1024, description: 'organization/namespace/app' },
  instance: {
    type: 'string',
    pattern: '^[0-9]{1,20}$',
    description: 'Number of the instance; without one, any.',
  },
  via: {
    ...endpoint,
    description:
      'Address of the connection it goes over: before 0.6 always, from then on where `to` is not given.',
  },
  to: { ...nodeName, description: 'The node it goes to; from 0.6 on.' },
} as const;

export interface RouteTarget {
  target: NetworkTarget;
  plane: ControlPlane;
  route: RouteChange;
  /** What a person calls it. */
  item: string;
  /** Where it goes. */
  end: string;
}

/** The route an input means, by the rules of the generation that is to write it. */
export function routeTarget(input: RouteInput, context: ActionContext): RouteTarget {
  const target = networkTarget(context, input.connection, 'routes.write');
  const { plane } = target.copy.connection;
  const name = threeParts('name', input.name);
  const { node, instance = '', via = '', to = '' } = input;
  if (instance !== '' && BigInt(instance) > 0xffff_ffff_ffff_ffffn)
    throw badInput('instance', 'it is a number of 64 bits.');
  if (plane.generation === 'a') {
    if (to !== '')
      throw badInput('to', 'before 0.6 a route goes over a connection: name its address as `via`.');
    if (via === '') throw badInput('via', 'the address of the connection it goes over is needed.');
  } else if ((to === '') === (via === ''))
    throw badInput('to', 'either the node it goes to, or `via`, the address it goes over, is needed.');
  if (to !== '' && to === node) throw badInput('to', 'a node needs no route to itself.');
  const full = instance === '' ? name : `${name}/${instance}`;
  const end = to || via;
  return {
    target,
    plane,
    route: { node, name, instance, via, destinationNode: to, config: '' },
    item: `${full} on ${node} to ${end}`,
    end,
  };
}

/** What a control plane says of a route now; undefined: nothing. `on-node`: it keeps no list, and the node has the name. */
export async function readRoute(
  plane: ControlPlane,
  route: RouteChange,
): Promise<{ status: string; words: string } | undefined> {
  if (plane.abilities['routes.read'] === '') {
    let textOnly = false;
    for await (const rows of plane.routes())
      for (const row of rows) {
        // 0.7 lists its routes as text: only its nodes tell.
        if (row.name === '' && row.source === '') textOnly = true;
        if (row.source !== route.node || nameKey(row) !== nameKey(route) || row.status === 'deleted')
          continue;
        if ((row.destination || row.destinationEndpoint) !== (route.destinationNode || route.via)) continue;
        return { status: row.status, words: serverWords(row.statusMessage) };
      }
    if (!textOnly) return undefined;
  }
  const names = await plane.nodeRoutes(route.node);
  return names.some((row) => nameKey(row) === nameKey(route)) ? { status: 'on-node', words: '' } : undefined;
}
