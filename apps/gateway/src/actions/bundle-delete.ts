import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { DeleteMode } from '../upstream/spire/federation-calls.ts';
import { deleteBundleCommand } from '../upstream/spire/federation-commands.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { describeBundle, peerOf, toExact, trustDomainProperty } from './bundle-input.ts';
import { digestOf } from './digest.ts';
import {
  checkSide,
  entriesWith,
  notThere,
  readSideFor,
  runSteps,
  sidePrint,
  bundleOn,
} from './federation-side.ts';
import type { Side, Step } from './federation-side.ts';
import { change, count, done, fieldChange, skipped } from './results.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  trust_domain: string;
  mode?: DeleteMode;
}

const modeProperty = { type: 'string', enum: ['restrict', 'dissociate', 'delete'] } as const;

/** Entries that get a line of their own in the plan. */
const shownEntries = 200;

export const bundleDelete: Action<Input> = {
  name: 'bundle.delete',
  title: 'Delete a federated bundle',
  role: 'administrator',
  inverse: 'bundle.set',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      trust_domain: trustDomainProperty,
      mode: modeProperty,
    },
  },

  async plan(input, context) {
    const mode = input.mode ?? 'restrict';
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const before = await readSideFor(context, connection, peer);
    const { copy } = before;
    if (!copy) throw notThere(connection, `bundle of ${peer}`);
    const hit = await entriesHit(connection, peer, mode);
    const step = deleteBundleStep(connection, peer, before, mode);
    const entryChanges = entryChangesOf(hit.rows, peer, mode, target.connection);
    return {
      title:
        mode === 'delete' && hit.rows.length > 0
          ? `Delete the bundle of ${peer} and ${countOf(hit)}`
          : `Delete the bundle of ${peer}`,
      target,
      changes: [step.change, ...entryChanges],
      effects: deleteEffects(peer, mode, hit),
      warnings: [...deleteWarnings(before, peer, mode, hit)],
      commands: [deleteBundleCommand(connection.config.address, peer, mode)],
      destructive: true,
      before: { side: sidePrint(before), entries: hit.rows.map(({ id }) => id) },
      check: async () => {
        const moved = await checkSide(context, connection, target, peer, before);
        return moved === '' ? entriesMoved(connection, peer, hit.rows) : moved;
      },
      apply: () => removeWith(context, [step], step, hit.rows, peer, mode),
      inverseInput: ([result]): JsonObject | undefined =>
        // Entries that were deleted do not come back with the bundle.
        result?.outcome === ItemOutcome.DONE && (mode !== 'delete' || hit.rows.length === 0)
          ? { connection: target.connection, trust_domain: peer, authorities: toExact(copy) }
          : undefined,
    };
  },
};

export interface Hit {
  rows: EntryRow[];
  more: boolean;
}

const countOf = ({ rows, more }: Hit): string =>
  more ? `more than ${rows.length} entries` : count(rows.length, 'entry', 'entries');

/**
 * The entries that the server would touch; refused where it would refuse.
 * @param field the input's name for the mode, and what else it may be
 */
export async function entriesHit(
  connection: SpireConnection,
  peer: string,
  mode: DeleteMode,
  field = 'mode',
  others = 'dissociate, which keeps the entries without it, or delete, which deletes the entries too',
): Promise<Hit> {
  const hit = await entriesWith(connection, peer);
  if (mode === 'restrict' && hit.rows.length > 0) {
    const names = hit.rows.slice(0, 5).map(({ spiffeId }) => spiffeId);
    throw new ConnectError(
      `${field}: ${countOf(hit)} federate${hit.rows.length === 1 ? 's' : ''} with ${peer} (${names.join(', ')}${hit.rows.length > 5 ? ' …' : ''}), so the server refuses restrict. Choose ${others}.`,
      Code.FailedPrecondition,
    );
  }
  return hit;
}

export function deleteBundleStep(
  connection: SpireConnection,
  peer: string,
  before: Side,
  mode: DeleteMode,
  needs?: Step,
): Step {
  return {
    label: `Bundle of ${peer} on ${connection.link.name}`,
    change: change('delete', bundleOn(connection), peer, connection.link.name, [
      fieldChange('Authorities', describeBundle(before.copy), ''),
    ]),
    connection,
    run: () => connection.client.federation.deleteBundle(peer, mode),
    needs,
    advice: (words) =>
      /cannot delete bundle; federated with/u.test(words)
        ? 'Entries came to federate with it meanwhile: plan again.'
        : '',
  };
}

export function entryChangesOf(
  rows: readonly EntryRow[],
  peer: string,
  mode: DeleteMode,
  connection: string,
) {
  return rows
    .slice(0, shownEntries)
    .map((row) =>
      mode === 'delete'
        ? change('delete', 'registration entry', row.spiffeId, connection, [
            fieldChange('Parent ID', row.parentId, ''),
            fieldChange('Entry ID', row.id, ''),
          ])
        : change('update', 'registration entry', row.spiffeId, connection, [
            fieldChange('Federates with', row.federatesWith.join(', '), without(row, peer).join(', ')),
          ]),
    );
}

const without = ({ federatesWith }: EntryRow, peer: string): string[] =>
  federatesWith.filter((name) => name !== peer);

export function deleteEffects(peer: string, mode: DeleteMode, hit: Hit): string[] {
  const { rows } = hit;
  return [
    `SVIDs of ${peer} are not accepted any more by workloads of this trust domain, at their agent’s next sync, usually within 10 seconds.`,
    ...(rows.length > 0 && mode === 'dissociate'
      ? [
          `${countOf(hit)} stay${rows.length === 1 ? 's' : ''} and no longer federate${rows.length === 1 ? 's' : ''} with ${peer}. Setting the bundle again does not restore that.`,
        ]
      : []),
    ...(rows.length > 0 && mode === 'delete'
      ? [
          `${countOf(hit)} ${rows.length === 1 ? 'is' : 'are'} deleted: their workloads get no new SVIDs. Undo does not bring them back.`,
        ]
      : []),
    ...(rows.length > shownEntries
      ? [`The plan names ${shownEntries} of them; the server treats all alike.`]
      : []),
  ];
}

export function deleteWarnings({ relationship }: Side, peer: string, mode: DeleteMode, hit: Hit): Warning[] {
  const out: Warning[] = [];
  if (relationship)
    out.push(
      warn(
        'relationship-stays',
        relationship.profile === 'https_spiffe'
          ? `The relationship with ${peer} stays and cannot fetch a new bundle: over https_spiffe it needs one to begin with.`
          : `The relationship with ${peer} stays: the server fetches the bundle again at its next poll. Delete the relationship first to end the federation.`,
        Severity.WARNING,
      ),
    );
  if (mode !== 'delete' || hit.rows.length === 0) return out;
  out.push(
    warn(
      'deletes-entries',
      `It deletes ${countOf(hit)}, not only their federation with ${peer}.`,
      Severity.DANGER,
    ),
  );
  const powerful = hit.rows.filter(({ admin, downstream }) => admin || downstream).length;
  if (powerful > 0)
    out.push(
      warn(
        'powerful-entries',
        `${count(powerful, 'of them is an admin or downstream entry', 'of them are admin or downstream entries')}.`,
        Severity.DANGER,
      ),
    );
  return out;
}

export async function entriesMoved(
  connection: SpireConnection,
  peer: string,
  before: readonly EntryRow[],
): Promise<string> {
  const now = await entriesWith(connection, peer);
  const same = digestOf(now.rows.map(({ id }) => id)) === digestOf(before.map(({ id }) => id));
  return same ? '' : `other entries federate with ${peer} now`;
}

/** Sends the steps, then writes through what the server did to the entries with the bundle. */
export async function* removeWith(
  context: ActionContext,
  steps: readonly Step[],
  bundleStep: Step,
  rows: readonly EntryRow[],
  peer: string,
  mode: DeleteMode,
): AsyncGenerator<ItemResult> {
  let removed = false;
  let at = 0;
  for await (const result of runSteps(context, steps)) {
    if (steps[at] === bundleStep) removed = result.outcome === ItemOutcome.DONE;
    at += 1;
    yield result;
  }
  const { name } = bundleStep.connection.link;
  if (removed && rows.length > 0) {
    if (mode === 'delete')
      await context.inventory.drop(
        name,
        rows.map(({ id }) => id),
      );
    else
      await context.inventory.put(
        name,
        rows.map((row) => ({ ...row, federatesWith: without(row, peer) })),
      );
  }
  for (const row of rows.slice(0, shownEntries))
    yield removed ? done(row.spiffeId, row.id) : skipped(row.spiffeId);
}
