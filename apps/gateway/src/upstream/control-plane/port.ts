/**
 * The wire families of SLIM control planes, told apart by probing: the same service name has other shapes in each.
 * `c` is 0.7 and 1.0, which only what they list tells apart; `f` and `g` are prereleases of 2.0.
 */
export type Generation = 'a' | 'b' | 'c' | 'e' | 'f' | 'g' | 'h';

/** A node as its control plane lists it. */
export interface NodeRow {
  id: string;
  /** Empty in generations without domains. */
  domain: string;
  status: 'connected' | 'not-connected' | 'unknown';
  endpoints: EndpointRow[];
}

export interface EndpointRow {
  endpoint: string;
  /** Empty: other domains cannot reach it. */
  external: string;
  tlsRequired: boolean;
  auth: '' | 'none' | 'spire' | 'basic' | 'jwt' | 'oidc';
  spireTrustDomain: string;
}

/** One connection of a node, asked of the node. Configuration is parsed for its endpoint only: it may hold credentials. */
export interface NodeConnectionRow {
  id: bigint;
  type: 'local' | 'remote' | 'peer' | 'edge' | 'unknown';
  direction: '' | 'outgoing' | 'incoming';
  endpoint: string;
  linkId: string;
  peerNode: string;
}

/** A SLIM name; `instance` is a UUID, empty when it names no instance. */
export interface NameRow {
  /** org/namespace/app */
  name: string;
  instance: string;
}

/** A row of the control plane's database of routes. */
export interface RouteRow extends NameRow {
  /** Empty where the generation has none. */
  id: string;
  /** `*`: a template for every node. */
  source: string;
  destination: string;
  destinationEndpoint: string;
  status: 'unspecified' | 'applied' | 'failed' | 'pending' | 'stale' | 'deleted';
  statusMessage: string;
  lastUpdated: Date | undefined;
  linkId: string;
}

/** What a node really has. */
export interface NodeRouteRow extends NameRow {
  /** Ids of its connections that the name is reached by; local: an app of its own. */
  connections: { id: bigint; local: boolean; peerNode: string; linkId: string }[];
}

export interface LinkRow {
  id: string;
  linkId: string;
  /** Nodes; domains while it is only wanted. */
  source: string;
  destination: string;
  destinationEndpoint: string;
  status: 'unspecified' | 'pending' | 'applied' | 'failed' | 'deleted';
  statusMessage: string;
  lastUpdated: Date | undefined;
  wantedOnly: boolean;
}

export interface SegmentRow {
  name: string;
  domains: string[];
  edges: { a: string; b: string }[];
}

export interface DomainRow {
  name: string;
  nodes: string[];
}

/** What a control plane can be asked to do; a value that is not empty says why it cannot. */
export interface ControlPlaneAbilities {
  /** Of its database; without one, only nodes tell their routes. */
  'routes.read': string;
  'routes.write': string;
  'connections.write': string;
  'nodes.deregister': string;
  'links.read': string;
  'node-routes.read': string;
  'topology.read': string;
  'topology.write': string;
  'domains.write': string;
  'channels.write': string;
}

/** A channel of generations A–E, which have no channel manager. */
export interface PlaneChannelRow {
  /** A: `<moderator>-<random>`, made by the server; B–E: a name. */
  id: string;
}

/** A route to be written, generations A–E. */
export interface RouteChange extends NameRow {
  node: string;
  /** A: id of a connection; B–E: an endpoint, or empty when the destination is a node. */
  via: string;
  /** B–E; empty: `via` says where it goes. */
  destinationNode: string;
  /** B–E, with `via`: JSON with the same endpoint. */
  config: string;
}

/**
 * One control plane, whatever it speaks. Every call throws `Fault`; one that the generation lacks throws the reason
 * that `abilities` gives, before anything is sent.
 */
export interface ControlPlane {
  readonly generation: Generation;
  readonly abilities: Readonly<ControlPlaneAbilities>;
  /** Whether the API or a configuration says what the topology is: no call tells, only a change that is refused. */
  readonly topologyMode: 'api' | 'config' | 'unknown' | 'none';
  nodes(signal?: AbortSignal): Promise<NodeRow[]>;
  nodeConnections(node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]>;
  nodeRoutes(node: string, signal?: AbortSignal): Promise<NodeRouteRow[]>;
  /** The database of routes, as it comes: there may be a hundred thousand. */
  routes(signal?: AbortSignal): AsyncIterable<RouteRow[]>;
  links(signal?: AbortSignal): Promise<LinkRow[]>;
  segments(signal?: AbortSignal): Promise<SegmentRow[]>;
  domains(signal?: AbortSignal): Promise<DomainRow[]>;
  addRoute(route: RouteChange): Promise<void>;
  removeRoute(route: RouteChange): Promise<void>;
  /** Why this route cannot be removed, a sentence; empty when it can. */
  whyNotRemove(route: RouteChange): string;
  /** A only; `config` is JSON and its endpoint must equal the connection's id. */
  createConnection(node: string, endpoint: string, config: string): Promise<string>;
  deregisterNode(node: string): Promise<void>;
  addSegment(name: string): Promise<void>;
  removeSegment(name: string): Promise<void>;
  /** Warnings of the server, e.g. of a domain that it does not know yet. */
  addLink(a: string, b: string, segment: string): Promise<string[]>;
  removeLink(a: string, b: string, segment: string): Promise<string[]>;
  addDomain(name: string, secret: string): Promise<void>;
  removeDomain(name: string): Promise<void>;
  channels(): Promise<PlaneChannelRow[]>;
  createChannel(moderators: string[]): Promise<string>;
  deleteChannel(channel: string, moderators: string[]): Promise<void>;
  participants(channel: string): Promise<string[]>;
  addParticipant(channel: string, participant: string, moderators: string[]): Promise<void>;
  deleteParticipant(channel: string, participant: string, moderators: string[]): Promise<void>;
}
