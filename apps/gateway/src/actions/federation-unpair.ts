import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { deleteBundleCommand, deleteFederationCommand } from '../upstream/spire/federation-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { deleteBundleStep, entriesHit, entriesMoved, entryChangesOf, removeWith } from './bundle-delete.ts';
import type { Hit } from './bundle-delete.ts';
import { peerOf, trustDomainProperty } from './bundle-input.ts';
import { deleteRelationshipStep } from './federation-delete.ts';
import { toEndpointInput } from './federation-input.ts';
import { bothTargets, open } from './federation-pair.ts';
import { checkSide, readSideFor, sidePrint, runSteps } from './federation-side.ts';
import type { Step } from './federation-side.ts';

type Bundles = 'keep' | 'restrict' | 'dissociate';

interface Input {
  left: { connection: string };
  right: { connection?: string; trust_domain?: string };
  /** What becomes of the copies of the bundles; restrict unless said otherwise. */
  bundles?: Bundles;
}

const name = { type: 'string', minLength: 1, maxLength: 63 } as const;

/** Ends a federation on both sides, or on ours. */
export const federationUnpair: Action<Input> = {
  name: 'federation.unpair',
  title: 'End the federation of two trust domains',
  role: 'administrator',
  inverse: 'federation.pair',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['left', 'right'],
    properties: {
      left: {
        type: 'object',
        additionalProperties: false,
        required: ['connection'],
        properties: { connection: name },
      },
      right: {
        type: 'object',
        additionalProperties: false,
        properties: { connection: name, trust_domain: trustDomainProperty },
      },
      bundles: { type: 'string', enum: ['keep', 'restrict', 'dissociate'] },
    },
  },

  async plan({ left, right, bundles: mode = 'restrict' }, context) {
    const here = await open(context, left.connection, 'left.connection');
    const there =
      right.connection === undefined ? undefined : await open(context, right.connection, 'right.connection');
    if (!there && right.trust_domain === undefined)
      throw badInput('right', 'name a `connection` or a `trust_domain`.');
    const peer = peerOf(
      there?.target.trustDomain ?? right.trust_domain ?? '',
      here.target.trustDomain,
      'right.trust_domain',
    );
    const halves = [
      await half(context, here, peer, mode),
      ...(there ? [await half(context, there, here.target.trustDomain, mode)] : []),
    ];
    const steps = halves.flatMap((one) => one.steps);
    if (steps.length === 0)
      throw new ConnectError(
        `right: there is no federation of ${here.target.trustDomain} with ${peer}.`,
        Code.NotFound,
      );
    const [ours, theirs] = halves;
    return {
      title: `End the federation of ${here.target.trustDomain} with ${peer}`,
      target: there ? bothTargets(here.target, there.target) : here.target,
      changes: halves.flatMap((one) => [...one.steps.map((step) => step.change), ...one.entryChanges]),
      effects: [
        mode === 'keep'
          ? 'The copies of the bundles stay and are not refreshed any more.'
          : 'SVIDs of the other side are not accepted any more, at the agents’ next sync, usually within 10 seconds.',
        ...(mode === 'dissociate'
          ? ['Entries that federate stay, without the other trust domain. Undo does not restore that.']
          : []),
        ...(there
          ? []
          : [`The server of ${peer} is not connected here: its side stays until its administrator ends it.`]),
      ],
      warnings:
        mode === 'keep'
          ? [
              warn(
                'stale-trust',
                'Keys that are revoked from now on stay trusted on the other side.',
                Severity.WARNING,
              ),
            ]
          : [],
      commands: halves.flatMap((one) => one.commands),
      destructive: true,
      before: halves.map((one) => ({
        side: sidePrint(one.before),
        entries: one.hit.rows.map(({ id }) => id),
      })),
      check: async () => {
        for (const one of halves) {
          const { connection, target } = one.server;
          const moved = await checkSide(context, connection, target, one.peer, one.before);
          if (moved !== '') return moved;
          const entries = one.bundle ? await entriesMoved(connection, one.peer, one.hit.rows) : '';
          if (entries !== '') return entries;
        }
        return '';
      },
      apply: () => applyAll(context, halves, mode),
      inverseInput: (results): JsonObject | undefined => {
        const routes = [ours?.before.relationship, theirs?.before.relationship];
        const complete = results.every(({ outcome }) => outcome === ItemOutcome.DONE);
        // Only both sides can be made again: of a peer elsewhere the document is not at hand.
        const [toPeer, toUs] = routes;
        if (!complete || !there || !toPeer || !toUs) return undefined;
        return {
          left: { connection: here.name, ...toEndpointInput(toUs) },
          right: { connection: there.name, ...toEndpointInput(toPeer) },
        };
      },
    };
  },
};

type Server = Awaited<ReturnType<typeof open>>;

async function half(context: ActionContext, server: Server, peer: string, mode: Bundles) {
  const { connection } = server;
  const { address } = connection.config;
  const before = await readSideFor(context, connection, peer);
  const relationship = before.relationship ? deleteRelationshipStep(connection, peer, before) : undefined;
  const doesBundle = mode !== 'keep' && before.copy !== undefined;
  const others = 'dissociate, which keeps the entries without it, or keep, which keeps the bundle';
  const hit: Hit = doesBundle
    ? await entriesHit(connection, peer, mode, 'bundles', others)
    : { rows: [], more: false };
  const bundle = doesBundle ? deleteBundleStep(connection, peer, before, mode, relationship) : undefined;
  const steps: Step[] = [...(relationship ? [relationship] : []), ...(bundle ? [bundle] : [])];
  return {
    server,
    peer,
    before,
    hit,
    bundle,
    steps,
    entryChanges: doesBundle ? entryChangesOf(hit.rows, peer, mode, server.name) : [],
    commands: [
      ...(relationship ? [deleteFederationCommand(address, peer)] : []),
      ...(doesBundle ? [deleteBundleCommand(address, peer, mode)] : []),
    ],
  };
}

async function* applyAll(
  context: ActionContext,
  halves: readonly Awaited<ReturnType<typeof half>>[],
  mode: Bundles,
): AsyncGenerator<ItemResult> {
  for (const { steps, bundle, hit, peer } of halves)
    yield* bundle && mode !== 'keep'
      ? removeWith(context, steps, bundle, hit.rows, peer, mode)
      : runSteps(context, steps);
}
