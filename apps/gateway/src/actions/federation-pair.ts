import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { EquivalentCommand, Warning } from '@muster/api';
import { keysOf, sameKeys } from '../doctor/keys.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { RelationshipRow } from '../upstream/spire/federation-rows.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext, Planned, Target } from './action.ts';
import { ownBundleOf, peerOf, readSource, replaceWarnings, trustDomainProperty } from './bundle-input.ts';
import type { BundleSource } from './bundle-input.ts';
import { endpointProperties, readEndpoint, sameRelationship } from './federation-input.ts';
import type { EndpointInput } from './federation-input.ts';
import {
  checkSide,
  commandsOf,
  readSideFor,
  refreshStep,
  runSteps,
  saveRelationshipStep,
  setBundleStep,
  sidePrint,
  startWarnings,
} from './federation-side.ts';
import type { Side, Step } from './federation-side.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface LeftInput extends EndpointInput {
  connection: string;
}
interface RightInput extends EndpointInput {
  /** Its server is connected here; or `trust_domain` and its `bundle` from the other organisation. */
  connection?: string;
  trust_domain?: string;
  bundle?: string;
}
interface Input {
  left: LeftInput;
  right: RightInput;
  refresh?: boolean;
}

const side = (properties: object, required: string[]) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties: { connection: { type: 'string', minLength: 1, maxLength: 63 }, ...properties },
});

/** Both directions at once where both servers are connected here; else ours, with a file of the other side. */
export const federationPair: Action<Input> = {
  name: 'federation.pair',
  title: 'Federate two trust domains',
  role: 'administrator',
  inverse: 'federation.unpair',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['left', 'right'],
    properties: {
      left: side(endpointProperties, ['connection']),
      right: side(
        {
          ...endpointProperties,
          trust_domain: trustDomainProperty,
          bundle: { type: 'string', minLength: 1, maxLength: 4_194_304 },
        },
        ['bundle_endpoint_url'],
      ),
      refresh: { type: 'boolean' },
    },
  },

  async plan({ left, right, refresh = true }, context) {
    const here = await open(context, left.connection, 'left.connection');
    const there =
      right.connection === undefined ? undefined : await open(context, right.connection, 'right.connection');
    if (there) {
      if (right.trust_domain !== undefined || right.bundle !== undefined)
        throw badInput(
          right.bundle === undefined ? 'right.trust_domain' : 'right.bundle',
          'its server is connected here, so this is read from it.',
        );
      if (there.target.trustDomain === here.target.trustDomain)
        throw badInput('right.connection', `both servers issue for ${here.target.trustDomain}.`);
    } else {
      if (right.trust_domain === undefined)
        throw badInput('right', 'name a `connection`, or the `trust_domain` of the other organisation.');
      if (right.bundle === undefined)
        throw badInput('right.bundle', 'the bundle of the other organisation is needed to begin with.');
    }
    const peer = peerOf(
      there?.target.trustDomain ?? right.trust_domain ?? '',
      here.target.trustDomain,
      'right.trust_domain',
    );
    const ours = await half(
      context,
      here,
      peer,
      right,
      there ? { from: there.name } : { bundle: right.bundle ?? '' },
      'right.',
      refresh,
    );
    const theirs =
      there &&
      (await half(context, there, here.target.trustDomain, left, { from: here.name }, 'left.', refresh));
    const halves = [ours, ...(theirs ? [theirs] : [])];
    // Bundles first: an endpoint over https_spiffe is asked by their keys.
    const steps = [
      ...halves.flatMap(({ bundle }) => bundle ?? []),
      ...halves.flatMap(({ save }) => save ?? []),
      ...halves.flatMap(({ fetch }) => fetch ?? []),
    ];
    if (steps.length === 0)
      throw new ConnectError(
        'right: both sides have these relationships and bundles already.',
        Code.AlreadyExists,
      );
    return {
      title: `Federate ${here.target.trustDomain} with ${peer}`,
      target: there ? bothTargets(here.target, there.target) : here.target,
      changes: steps.map((step) => step.change),
      effects: effectsOf(here.target.trustDomain, peer, left, theirs !== undefined),
      warnings: halves.flatMap(({ warnings }) => warnings),
      commands: halves.flatMap(({ commands }) => commands),
      destructive: false,
      before: halves.map(({ before }) => sidePrint(before)),
      check: async () => {
        for (const one of halves) {
          const moved = await checkSide(context, one.connection, one.target, one.peer, one.before);
          if (moved !== '') return moved;
        }
        return '';
      },
      apply: () => runSteps(context, steps),
      inverseInput: (results): JsonObject | undefined => {
        const did = (step: Step | undefined): boolean =>
          step !== undefined && results[steps.indexOf(step)]?.outcome === ItemOutcome.DONE;
        // Undoing must not take away what was there before.
        const fresh = halves.every(({ before }) => !before.relationship);
        if (!fresh || !halves.some(({ save }) => did(save))) return undefined;
        const bundles = halves.every(({ before }) => !before.copy) ? 'restrict' : 'keep';
        return {
          left: { connection: here.name },
          right: there ? { connection: there.name } : { trust_domain: peer },
          bundles,
        };
      },
    };
  },
};

interface Server {
  name: string;
  connection: SpireConnection;
  target: Target;
}

export async function open(context: ActionContext, name: string, field: string): Promise<Server> {
  try {
    const connection = spireConnection(context, name, undefined);
    return { name: connection.link.name, connection, target: await bindTarget(connection) };
  } catch (error) {
    if (error instanceof ConnectError && error.rawMessage.startsWith('connection: '))
      throw badInput(field, error.rawMessage.slice('connection: '.length));
    throw error;
  }
}

export const bothTargets = (a: Target, b: Target): Target => ({
  connection: `${a.connection} and ${b.connection}`,
  trustDomain: '',
  fingerprints: [...a.fingerprints, ...b.fingerprints],
});

interface Half {
  connection: SpireConnection;
  target: Target;
  peer: string;
  before: Side;
  bundle: Step | undefined;
  save: Step | undefined;
  fetch: Step | undefined;
  warnings: Warning[];
  commands: EquivalentCommand[];
}

/** What one server needs to federate with a peer. */
async function half(
  context: ActionContext,
  server: Server,
  peer: string,
  endpoint: EndpointInput,
  from: BundleSource,
  at: string,
  refresh: boolean,
): Promise<Half> {
  const { connection, target } = server;
  const { bundle_endpoint_url, profile, endpoint_spiffe_id } = endpoint;
  const next: RelationshipRow = readEndpoint(
    {
      bundle_endpoint_url: bundle_endpoint_url ?? '',
      profile: profile ?? 'https_spiffe',
      ...(endpoint_spiffe_id === undefined ? {} : { endpoint_spiffe_id }),
    },
    peer,
    at,
  );
  const own = await ownBundleOf(connection);
  const source = await readSource(context, from, peer, own, at);
  if (!source) throw badInput(`${at}bundle`, 'this field is needed.');
  const before = await readSideFor(context, connection, peer);
  const { copy, relationship } = before;
  const known = copy !== undefined && sameKeys(keysOf(copy), source.keys);
  const bundle = known ? undefined : setBundleStep(connection, peer, before, source);
  const save = sameRelationship(relationship, next)
    ? undefined
    : saveRelationshipStep(connection, next, relationship, bundle);
  const start = await startWarnings(connection, next, true);
  const wanted = refresh && start.canRefresh && (bundle ?? save) !== undefined;
  const where = (one: Warning): Warning => ({ ...one, text: `On ${server.name}: ${one.text}` });
  return {
    connection,
    target,
    peer,
    before,
    bundle,
    save,
    fetch: wanted ? refreshStep(connection, peer, save ?? bundle) : undefined,
    warnings: [...start.warnings, ...source.warnings, ...(known ? [] : replaceWarnings(copy, source))].map(
      where,
    ),
    commands: commandsOf(connection, peer, {
      bundle: bundle !== undefined,
      create: save && !relationship ? next : undefined,
      update: save && relationship ? next : undefined,
      refresh: wanted,
    }),
  };
}

function effectsOf(own: string, peer: string, left: LeftInput, both: boolean): Planned['effects'] {
  if (both)
    return [
      `Both servers keep a copy of the other’s bundle and refresh it from its bundle endpoint.`,
      'Workloads accept SVIDs of the other side once their entry federates with it; no entry is changed here.',
    ];
  return [
    `The server of ${own} keeps a copy of the bundle of ${peer} and refreshes it from its bundle endpoint.`,
    `${peer} trusts ${own} only when its administrator federates in turn: give them the trust domain, the bundle of ${own} (Trust domains, Download)${left.bundle_endpoint_url === undefined ? ', and the URL of your bundle endpoint' : ` and ${left.bundle_endpoint_url}`}.`,
    'Workloads accept SVIDs of the other side once their entry federates with it; no entry is changed here.',
  ];
}
