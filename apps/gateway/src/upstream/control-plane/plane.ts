import { Fault } from '../fault.ts';
import type { ControlPlane, ControlPlaneAbilities, RouteChange } from './port.ts';

/** What a generation lacks, in words that finish "cannot: …". */
const lacking = {
  'routes.read': 'This generation keeps no list of routes: only its nodes tell theirs.',
  'routes.write': 'From 2.0 routes follow from the topology and from who is connected; nobody writes them.',
  'connections.write': 'Connections are made by hand in the first generation only (0.0–0.1).',
  'nodes.deregister': 'Nodes are deregistered in the first generation only (0.0–0.1).',
  'links.read': 'Links are listed from 1.4 on.',
  'node-routes.read': '',
  'topology.read': 'Segments and domains came with 2.0.',
  'topology.write': 'Segments and domains came with 2.0.',
  'domains.write': 'Segments and domains came with 2.0.',
  'channels.write': 'From 2.0 channels belong to the channel manager.',
} as const satisfies ControlPlaneAbilities;

/** Everything a generation cannot do, but for what is named: that it can. */
export function abilitiesBut(...can: readonly (keyof ControlPlaneAbilities)[]): ControlPlaneAbilities {
  const abilities: ControlPlaneAbilities = { ...lacking };
  for (const ability of can) abilities[ability] = '';
  return abilities;
}

/** Refuses before anything is sent. */
function lacks(plane: ControlPlane, ability: keyof ControlPlaneAbilities): Promise<never> {
  return Promise.reject(new Fault('lacking', 'local', { detail: plane.abilities[ability] }));
}

/** What all generations have in common: that they lack something. Each overrides what it has. */
export abstract class BasePlane implements ControlPlane {
  abstract readonly generation: ControlPlane['generation'];
  abstract readonly abilities: ControlPlaneAbilities;
  get topologyMode(): ControlPlane['topologyMode'] {
    return 'none';
  }
  abstract nodes(signal?: AbortSignal): ReturnType<ControlPlane['nodes']>;
  abstract nodeConnections(node: string, signal?: AbortSignal): ReturnType<ControlPlane['nodeConnections']>;
  abstract nodeRoutes(node: string, signal?: AbortSignal): ReturnType<ControlPlane['nodeRoutes']>;

  routes(): ReturnType<ControlPlane['routes']> {
    return { [Symbol.asyncIterator]: () => ({ next: () => lacks(this, 'routes.read') }) };
  }
  links(): ReturnType<ControlPlane['links']> {
    return lacks(this, 'links.read');
  }
  segments(): ReturnType<ControlPlane['segments']> {
    return lacks(this, 'topology.read');
  }
  domains(): ReturnType<ControlPlane['domains']> {
    return lacks(this, 'topology.read');
  }
  addRoute(..._route: Parameters<ControlPlane['addRoute']>): Promise<void> {
    return lacks(this, 'routes.write');
  }
  removeRoute(..._route: Parameters<ControlPlane['removeRoute']>): Promise<void> {
    return lacks(this, 'routes.write');
  }
  whyNotRemove(_route: RouteChange): string {
    return this.abilities['routes.write'];
  }
  createConnection(..._one: Parameters<ControlPlane['createConnection']>): Promise<string> {
    return lacks(this, 'connections.write');
  }
  deregisterNode(..._node: Parameters<ControlPlane['deregisterNode']>): Promise<void> {
    return lacks(this, 'nodes.deregister');
  }
  addSegment(..._name: Parameters<ControlPlane['addSegment']>): Promise<void> {
    return lacks(this, 'topology.write');
  }
  removeSegment(..._name: Parameters<ControlPlane['removeSegment']>): Promise<void> {
    return lacks(this, 'topology.write');
  }
  addLink(..._link: Parameters<ControlPlane['addLink']>): Promise<string[]> {
    return lacks(this, 'topology.write');
  }
  removeLink(..._link: Parameters<ControlPlane['removeLink']>): Promise<string[]> {
    return lacks(this, 'topology.write');
  }
  addDomain(..._domain: Parameters<ControlPlane['addDomain']>): Promise<void> {
    return lacks(this, 'domains.write');
  }
  removeDomain(..._name: Parameters<ControlPlane['removeDomain']>): Promise<void> {
    return lacks(this, 'domains.write');
  }
  channels(): ReturnType<ControlPlane['channels']> {
    return lacks(this, 'channels.write');
  }
  createChannel(..._moderators: Parameters<ControlPlane['createChannel']>): Promise<string> {
    return lacks(this, 'channels.write');
  }
  deleteChannel(..._channel: Parameters<ControlPlane['deleteChannel']>): Promise<void> {
    return lacks(this, 'channels.write');
  }
  participants(..._channel: Parameters<ControlPlane['participants']>): Promise<string[]> {
    return lacks(this, 'channels.write');
  }
  addParticipant(..._one: Parameters<ControlPlane['addParticipant']>): Promise<void> {
    return lacks(this, 'channels.write');
  }
  deleteParticipant(..._one: Parameters<ControlPlane['deleteParticipant']>): Promise<void> {
    return lacks(this, 'channels.write');
  }
}
