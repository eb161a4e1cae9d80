import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome } from '@muster/api';
import { compareKeys, countedKeys, keyName, keysOf } from '../doctor/keys.ts';
import { setBundleCommand } from '../upstream/spire/federation-commands.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import {
  bundleHash,
  ownBundleOf,
  peerOf,
  readSource,
  replaceWarnings,
  sourceProperties,
  toExact,
  trustDomainProperty,
} from './bundle-input.ts';
import type { BundleSource } from './bundle-input.ts';
import { checkSide, readSideFor, runSteps, setBundleStep, sidePrint } from './federation-side.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input extends BundleSource {
  connection?: string;
  trust_domain: string;
}

export const bundleSet: Action<Input> = {
  name: 'bundle.set',
  title: 'Set a federated bundle',
  // Whoever is in a bundle can pass for any workload of its trust domain.
  role: 'administrator',
  inverse: 'bundle.set',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      trust_domain: trustDomainProperty,
      ...sourceProperties,
    },
  },

  async plan(input, context) {
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const own = await ownBundleOf(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const next = await readSource(context, input, peer, own);
    if (!next)
      throw badInput('bundle', 'give the bundle: as a document, or `from` a connection to its server.');
    const before = await readSideFor(context, connection, peer);
    if (before.copy && bundleHash(before.copy) === bundleHash({ ...before.copy, ...next.fields }))
      throw badInput('bundle', `${target.connection} has exactly this copy of ${peer} already.`);
    const step = setBundleStep(connection, peer, before, next);
    const pairs = compareKeys(before.copy ? keysOf(before.copy) : [], next.keys);
    const gone = pairs.flatMap(({ left, right }) => (left && !right ? [left] : []));
    const added = pairs.flatMap(({ left, right }) => (right && !left ? [right] : []));
    const { copy } = before;
    return {
      title: copy ? `Replace the copy of ${peer}` : `Set the bundle of ${peer}`,
      target,
      changes: [step.change],
      effects: [
        ...(added.length > 0
          ? [
              `SVIDs signed by ${countedKeys(added)} of ${peer} are accepted from now on: ${added.slice(0, 3).map(keyName).join(', ')}${added.length > 3 ? ' …' : ''}.`,
            ]
          : []),
        ...(gone.length > 0
          ? [
              `SVIDs signed by ${countedKeys(gone)} are refused from now on: ${gone.slice(0, 3).map(keyName).join(', ')}${gone.length > 3 ? ' …' : ''}.`,
            ]
          : []),
        'Workloads whose entries federate with it get it at their agent’s next sync, usually within 10 seconds.',
        ...(before.relationship
          ? [`The relationship with ${peer} replaces it by what the endpoint serves, at the next refresh.`]
          : [`There is no relationship with ${peer}: nobody refreshes it.`]),
      ],
      warnings: [...next.warnings, ...replaceWarnings(copy, next)],
      commands: [setBundleCommand(connection.config.address, peer)],
      destructive: false,
      inverse: copy ? 'bundle.set' : 'bundle.delete',
      before: sidePrint(before),
      check: () => checkSide(context, connection, target, peer, before),
      apply: () => runSteps(context, [step]),
      inverseInput: ([result]): JsonObject | undefined => {
        if (result?.outcome !== ItemOutcome.DONE) return undefined;
        const where = { connection: target.connection, trust_domain: peer };
        return copy ? { ...where, authorities: toExact(copy) } : { ...where, mode: 'restrict' };
      },
    };
  },
};
