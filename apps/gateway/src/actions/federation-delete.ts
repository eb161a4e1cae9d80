import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome, Severity } from '@muster/api';
import type { DeleteMode } from '../upstream/spire/federation-calls.ts';
import { deleteBundleCommand, deleteFederationCommand } from '../upstream/spire/federation-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import {
  deleteBundleStep,
  deleteEffects,
  deleteWarnings,
  entriesHit,
  entriesMoved,
  entryChangesOf,
  removeWith,
} from './bundle-delete.ts';
import type { Hit } from './bundle-delete.ts';
import { peerOf, toExact, trustDomainProperty } from './bundle-input.ts';
import { toEndpointInput } from './federation-input.ts';
import {
  checkSide,
  notThere,
  readSideFor,
  relationshipFields,
  runSteps,
  sidePrint,
  relationshipOn,
} from './federation-side.ts';
import type { Side, Step } from './federation-side.ts';
import { change } from './results.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  trust_domain: string;
  /** What becomes of the copy of the bundle, which the server keeps by itself; keep unless said otherwise. */
  bundle?: DeleteMode | 'keep';
}

const bundleModeProperty = {
  type: 'string',
  enum: ['keep', 'restrict', 'dissociate', 'delete'],
} as const;

export const federationDelete: Action<Input> = {
  name: 'federation.delete',
  title: 'Delete a federation relationship',
  role: 'administrator',
  inverse: 'federation.create',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      trust_domain: trustDomainProperty,
      bundle: bundleModeProperty,
    },
  },

  async plan(input, context) {
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const before = await readSideFor(context, connection, peer);
    const { relationship, copy } = before;
    if (!relationship) throw notThere(connection, `relationship with ${peer}`);
    const mode = copy ? (input.bundle ?? 'keep') : 'keep';
    const hit: Hit =
      mode === 'keep' ? { rows: [], more: false } : await entriesHit(connection, peer, mode, 'bundle');
    const first = deleteRelationshipStep(connection, peer, before);
    const second = mode === 'keep' ? undefined : deleteBundleStep(connection, peer, before, mode, first);
    const { address } = connection.config;
    return {
      title: second ? `End the federation with ${peer}` : `Delete the relationship with ${peer}`,
      target,
      changes: [
        first.change,
        ...(second ? [second.change] : []),
        ...(mode === 'keep' ? [] : entryChangesOf(hit.rows, peer, mode, target.connection)),
      ],
      effects:
        mode === 'keep'
          ? [
              `${target.connection} does not refresh its copy of ${peer} any more.`,
              ...(copy
                ? [
                    `The copy and the entries that federate with ${peer} stay: its SVIDs go on being accepted, by keys that get old. Delete the bundle too to end that.`,
                  ]
                : []),
            ]
          : deleteEffects(peer, mode, hit),
      warnings:
        mode === 'keep'
          ? copy
            ? [
                warn(
                  'stale-trust',
                  `Keys that ${peer} revokes from now on stay trusted here: the copy is not refreshed any more.`,
                  Severity.WARNING,
                ),
              ]
            : []
          : deleteWarnings({ relationship: undefined, copy }, peer, mode, hit),
      commands: [
        deleteFederationCommand(address, peer),
        ...(mode === 'keep' ? [] : [deleteBundleCommand(address, peer, mode)]),
      ],
      destructive: true,
      before: { side: sidePrint(before), entries: hit.rows.map(({ id }) => id) },
      check: async () => {
        const moved = await checkSide(context, connection, target, peer, before);
        return moved === '' && second ? entriesMoved(connection, peer, hit.rows) : moved;
      },
      apply: () =>
        second && mode !== 'keep'
          ? removeWith(context, [first, second], second, hit.rows, peer, mode)
          : runSteps(context, [first]),
      inverseInput: ([gone, bundleGone]): JsonObject | undefined => {
        if (gone?.outcome !== ItemOutcome.DONE || relationship.profile === '') return undefined;
        const restored = second && copy && bundleGone?.outcome === ItemOutcome.DONE;
        return {
          connection: target.connection,
          trust_domain: peer,
          ...toEndpointInput(relationship),
          ...(restored ? { authorities: toExact(copy) } : {}),
          refresh: false,
        };
      },
    };
  },
};

export function deleteRelationshipStep(connection: SpireConnection, peer: string, before: Side): Step {
  return {
    change: change(
      'delete',
      relationshipOn(connection),
      peer,
      connection.link.name,
      relationshipFields(before.relationship, undefined),
    ),
    connection,
    label: `Relationship with ${peer} on ${connection.link.name}`,
    run: () => connection.client.federation.deleteRelationship(peer),
  };
}
