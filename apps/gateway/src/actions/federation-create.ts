import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { Action } from './action.ts';
import {
  ownBundleOf,
  peerOf,
  readSource,
  replaceWarnings,
  sourceProperties,
  trustDomainProperty,
} from './bundle-input.ts';
import type { BundleSource } from './bundle-input.ts';
import { endpointProperties, readEndpoint } from './federation-input.ts';
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
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input extends BundleSource, EndpointInput {
  connection?: string;
  trust_domain: string;
  /** Fetch at once, which shows whether it works; true unless said otherwise. */
  refresh?: boolean;
}

export const federationCreate: Action<Input> = {
  name: 'federation.create',
  title: 'Create a federation relationship',
  role: 'administrator',
  inverse: 'federation.delete',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain', 'bundle_endpoint_url'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      trust_domain: trustDomainProperty,
      ...endpointProperties,
      ...sourceProperties,
      refresh: { type: 'boolean' },
    },
  },

  async plan(input, context) {
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const next = readEndpoint(input, peer);
    const own = await ownBundleOf(connection);
    const source = await readSource(context, input, peer, own);
    const before = await readSideFor(context, connection, peer);
    if (before.relationship)
      throw new ConnectError(
        `trust_domain: ${target.connection} has a relationship with ${peer} already. Change it with federation.update.`,
        Code.AlreadyExists,
      );
    const { copy } = before;
    const { warnings, canRefresh } = await startWarnings(connection, next, (source ?? copy) !== undefined);
    const refresh = (input.refresh ?? true) && canRefresh;
    const first = source && setBundleStep(connection, peer, before, source);
    const save = saveRelationshipStep(connection, next, undefined, first);
    const steps = [
      ...(first ? [first] : []),
      save,
      ...(refresh ? [refreshStep(connection, peer, save)] : []),
    ];
    return {
      title: `Federate with ${peer}`,
      target,
      changes: steps.map((step) => step.change),
      effects: [
        `${target.connection} keeps a copy of the bundle of ${peer} and refreshes it from ${next.bundleEndpointUrl}.`,
        `Workloads accept SVIDs of ${peer} once their entry federates with it; no entry is changed here.`,
        `${peer} accepts SVIDs of ${target.trustDomain} only when its administrator federates in turn.`,
        ...(refresh ? ['The bundle is fetched at once: a wrong URL, profile or ID shows right away.'] : []),
      ],
      warnings: [...warnings, ...(source ? [...source.warnings, ...replaceWarnings(copy, source)] : [])],
      commands: commandsOf(connection, peer, { bundle: source !== undefined, create: next, refresh }),
      destructive: false,
      before: sidePrint(before),
      check: () => checkSide(context, connection, target, peer, before),
      apply: () => runSteps(context, steps),
      inverseInput: (results): JsonObject | undefined =>
        results[steps.indexOf(save)]?.outcome === ItemOutcome.DONE
          ? { connection: target.connection, trust_domain: peer, bundle: copy ? 'keep' : 'restrict' }
          : undefined,
    };
  },
};
