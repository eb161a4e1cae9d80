import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { peerOf, trustDomainProperty } from './bundle-input.ts';
import { endpointProperties, readEndpoint, sameRelationship, toEndpointInput } from './federation-input.ts';
import type { EndpointInput } from './federation-input.ts';
import {
  checkSide,
  commandsOf,
  notThere,
  readSideFor,
  refreshStep,
  runSteps,
  saveRelationshipStep,
  sidePrint,
  startWarnings,
} from './federation-side.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  trust_domain: string;
  set: EndpointInput;
  /** Fetch at once, which shows whether it works; true unless said otherwise. */
  refresh?: boolean;
}

export const federationUpdate: Action<Input> = {
  name: 'federation.update',
  title: 'Change a federation relationship',
  role: 'administrator',
  inverse: 'federation.update',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain', 'set'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      trust_domain: trustDomainProperty,
      set: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: endpointProperties,
      },
      refresh: { type: 'boolean' },
    },
  },

  async plan(input, context) {
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const before = await readSideFor(context, connection, peer);
    const { relationship, copy } = before;
    if (!relationship)
      throw notThere(connection, `relationship with ${peer}. Create it with federation.create`);
    const { set } = input;
    const profile = set.profile ?? (relationship.profile === '' ? undefined : relationship.profile);
    const former = relationship.endpointSpiffeId;
    const next = readEndpoint(
      {
        bundle_endpoint_url: set.bundle_endpoint_url ?? relationship.bundleEndpointUrl,
        ...(profile === undefined ? {} : { profile }),
        ...(set.endpoint_spiffe_id !== undefined
          ? { endpoint_spiffe_id: set.endpoint_spiffe_id }
          : profile === 'https_spiffe' && former !== ''
            ? { endpoint_spiffe_id: former }
            : {}),
      },
      peer,
      'set.',
    );
    if (sameRelationship(relationship, next)) throw badInput('set', 'the relationship is like this already.');
    const { warnings, canRefresh } = await startWarnings(connection, next, copy !== undefined);
    const refresh = (input.refresh ?? true) && canRefresh;
    const save = saveRelationshipStep(connection, next, relationship);
    const steps = [save, ...(refresh ? [refreshStep(connection, peer, save)] : [])];
    return {
      title: `Change the federation with ${peer}`,
      target,
      changes: steps.map((step) => step.change),
      effects: [
        `${target.connection} refreshes its copy of ${peer} as it says here from now on; the copy itself stays until then.`,
        refresh
          ? 'The bundle is fetched at once: a wrong URL, profile or ID shows right away.'
          : 'The server takes any URL and ID; only a refresh shows whether they are right.',
      ],
      warnings,
      commands: commandsOf(connection, peer, { update: next, refresh }),
      destructive: false,
      before: sidePrint(before),
      check: () => checkSide(context, connection, target, peer, before),
      apply: () => runSteps(context, steps),
      inverseInput: ([saved]): JsonObject | undefined =>
        saved?.outcome === ItemOutcome.DONE && relationship.profile !== ''
          ? {
              connection: target.connection,
              trust_domain: peer,
              set: toEndpointInput(relationship),
              refresh: false,
            }
          : undefined,
    };
  },
};
