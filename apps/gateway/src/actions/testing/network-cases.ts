import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { JsonObject } from '@bufbuild/protobuf';
import { startPracticePlane } from '@muster/practice/slim/plane/practicePlane';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { planeA, planeE } from '../../upstream/control-plane/testing/planes.ts';

/** A control plane, and all that an action could change of it, as text. */
export interface CasePlane {
  address: string;
  state: () => string | Promise<string>;
  stop: () => unknown;
}

export interface NetworkCase {
  input: JsonObject;
  /** The practice control plane (2.0–3.4) where nothing is said. */
  start: () => Promise<CasePlane>;
  /** Of an earlier generation: refused on the practice network, with these words. */
  refused?: RegExp;
}

async function practice(): Promise<CasePlane> {
  const { address, stop } = await startPracticePlane();
  const truth = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: address }));
  const state = async () =>
    JSON.stringify([(await truth.listSegments({})).segments, (await truth.listDomains({})).domains]);
  return { address, stop, state };
}

async function first(): Promise<CasePlane> {
  const { address, close, connections, subscriptions } = await planeA();
  return { address, stop: close, state: () => `${connections.size} ${subscriptions.size}` };
}

async function later(): Promise<CasePlane> {
  const { address, close, added } = await planeE('1.4', { nodes: ['slim/0', 'slim/1'], routes: [kept] });
  return { address, stop: close, state: () => String(added.length) };
}

const kept = {
  id: 1n,
  sourceNodeId: 'slim/0',
  destNodeId: 'slim/1',
  component0: 'org',
  component1: 'ns',
  component2: 'app',
  status: 1,
} as const;
const route = { node: 'slim/0', to: 'slim/1' };
const yard = { segment: 'yard', domain_a: 'harbor', domain_b: 'drydock' };
const written = /From 2\.0 routes follow from the topology/u;

/** One input of every action on a SLIM network, on a control plane as it starts. */
export const networkCases: Readonly<Record<string, NetworkCase>> = {
  'segment.add': { input: { name: 'night' }, start: practice },
  'segment.remove': { input: { name: 'operations' }, start: practice },
  'link.add': { input: { segment: 'yard', domain_a: 'lighthouse', domain_b: 'harbor' }, start: practice },
  'link.remove': { input: yard, start: practice },
  'domain.add': { input: { name: 'quarry', secret: 'a secret of thirty-two bytes or so' }, start: practice },
  'domain.remove': { input: { name: 'lighthouse' }, start: practice },
  'route.add': { input: { ...route, name: 'org/ns/new' }, start: later, refused: written },
  'route.remove': { input: { ...route, name: 'org/ns/app' }, start: later, refused: written },
  'connection.create': {
    input: { node: 'slim/0', endpoint: 'http://10.0.0.9:46357' },
    start: first,
    refused: /made by hand in the first generation only/u,
  },
  'node.deregister': {
    input: { node: 'slim/1' },
    start: first,
    refused: /deregistered in the first generation only/u,
  },
};

export const networkActions = Object.keys(networkCases);
