import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult, Warning } from '@muster/api';
import { approvalWarnings, lockedReason } from '../approvals/facts.ts';
import type { ApprovalRow } from '../approvals/types.ts';
import type { Caller } from '../caller.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { namedKey, ownerField, ownerWords, signerOf } from './channel-owner.ts';
import type { Signer } from './channel-owner.ts';
import { change, done, failed, fieldChange } from './results.ts';

interface Input {
  id: string;
  approve: boolean;
  reason?: string;
  expires_in?: number;
  owner?: string;
}

/** Seconds. The manager uses the grant at once; longer than that, only somebody else could. */
const usualSeconds = 120;
const fewestSeconds = 30;
const mostSeconds = 3600;
/** A grant is all that goes back to the channel manager: what it does with it, it does not tell. */
const invited =
  'The channel manager has the grant and invites it now. The channel shows whether it joins: nobody who is not running does.';
const removed = 'The channel manager has the grant and removes it now. The channel shows when it is gone.';
/** A plan is read before it is applied. */
const hurryMs = 10_000;

const noTool =
  'slimctl does not answer for an owner. It can take a grant with the request instead: add-participant --grant-file.';

export const approvalDecide: Action<Input> = {
  name: 'approval.decide',
  title: 'Approve or deny a request',
  role: 'moderator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'approve'],
    properties: {
      id: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        description: 'Of the request, as in the approvals.',
      },
      approve: { type: 'boolean', description: 'true signs a grant with the owner’s key; false denies.' },
      reason: {
        type: 'string',
        maxLength: 300,
        pattern: '^[^\\u0000-\\u001f\\u007f]*$',
        description: 'Kept with the decision; whoever asked is told it when you deny.',
      },
      expires_in: {
        type: 'integer',
        minimum: fewestSeconds,
        maximum: mostSeconds,
        description: `How long the grant is good, in seconds; ${usualSeconds} by default.`,
      },
      owner: {
        ...ownerField,
        description:
          'Owner key to sign with, where no channel manager connected here tells whose channel it is.',
      },
    },
  },

  async plan(input, context) {
    const row = await waiting(context, input.id);
    const reason = (input.reason ?? '').trim();
    if (!input.approve) return denial(context, row, reason, input);
    const signer = keyFor(context, row, input.owner);
    const { identities, connections, now } = context;
    const identity = (await identities.of([row.invitee])).get(row.invitee);
    const seconds = input.expires_in ?? usualSeconds;
    const owner = ownerWords(signer.did, signer.alias);
    const adds = row.change === 'add';
    return {
      title: adds ? 'Approve and let in' : 'Approve removal',
      target: { connection: row.connection, trustDomain: '', fingerprints: [] },
      changes: [
        change('approve', 'request', row.invitee, row.connection, [
          ...about(row),
          ...(identity?.spiffeId ? [fieldChange('Identity', '', identity.spiffeId)] : []),
          fieldChange('Signed by', '', owner),
        ]),
      ],
      effects: [
        adds
          ? `${row.invitee} is invited to ${row.channel}, and reads what is sent there from then on.`
          : `${row.invitee} is removed from ${row.channel}, and reads nothing that is sent there afterwards.`,
        `A grant for this one change is signed, good once and for ${seconds} s, and goes to ${row.askedBy}.`,
      ],
      warnings: [...approvalWarnings(row, connections.managers, identity), ...hurry(row, now())],
      commands: [noCommand(noTool)],
      destructive: !adds,
      before: seen(row, signer.did),
      check: () => still(context, row),
      apply: (caller) => approve(context, row, signer, { seconds, reason, caller }),
      inverseInput: () => undefined,
    };
  },
};

function denial(context: ActionContext, row: ApprovalRow, reason: string, input: Input) {
  if (input.expires_in !== undefined)
    throw badInput('expires_in', 'a denial makes no grant that could expire.');
  if (input.owner !== undefined) throw badInput('owner', 'a denial is not signed.');
  const told = reason === '' ? 'The owner declined.' : reason;
  return {
    title: 'Deny request',
    target: { connection: row.connection, trustDomain: '', fingerprints: [] },
    changes: [change('deny', 'request', row.invitee, row.connection, about(row))],
    effects: [
      row.change === 'add'
        ? `${row.invitee} is not let into ${row.channel}. It can be asked for again.`
        : `${row.invitee} stays in ${row.channel}. It can be asked for again.`,
      `Whoever asked is told: “${told}”`,
    ],
    warnings: hurry(row, context.now()),
    commands: [noCommand(noTool)],
    destructive: false,
    before: seen(row, ''),
    check: () => still(context, row),
    apply: (caller: Caller) => deny(context, row, told, caller),
    inverseInput: () => undefined,
  };
}

/** The request, while somebody waits for its answer; else what became of it. */
async function waiting({ approvals }: ActionContext, id: string): Promise<ApprovalRow> {
  const row = await approvals.get(id);
  if (!row)
    throw new ConnectError(
      'id: there is no such request here. It may have been asked before this gateway was started.',
      Code.NotFound,
    );
  if (row.state !== 'waiting')
    throw new ConnectError(
      `id: nobody waits for this answer any more: ${outcome(row)}.`,
      Code.FailedPrecondition,
    );
  return approvals.owned(row);
}

function keyFor(context: ActionContext, row: ApprovalRow, named: string | undefined): Signer {
  const { ownerKeys } = context;
  const locked = lockedReason(row, ownerKeys);
  if (locked !== '')
    throw new ConnectError(`${row.channel} cannot be approved here. ${locked}`, Code.FailedPrecondition);
  if (row.owner !== '') {
    const key = namedKey(context, 'owner', row.owner);
    if (named !== undefined && named !== key.did && named !== key.alias)
      throw badInput(
        'owner',
        `${row.channel} is owned by ${ownerWords(key.did, key.alias)}; no other key is taken.`,
      );
    return signerOf(context, 'owner', key);
  }
  const able = ownerKeys.list().filter((key) => key.lockedReason === '');
  const [only] = able;
  if (named === undefined && (able.length > 1 || !only))
    throw badInput(
      'owner',
      'no channel manager connected here tells whose channel it is: name the owner key to sign with.',
    );
  return signerOf(
    context,
    'owner',
    named === undefined && only ? only : namedKey(context, 'owner', named ?? ''),
  );
}

const about = (row: ApprovalRow) => [
  fieldChange('Channel', '', row.channel),
  fieldChange('Asks to', '', row.change === 'add' ? 'add it' : 'remove it'),
  fieldChange('Asked by', '', row.askedBy),
  ...(row.requester === '' ? [] : [fieldChange('For', '', row.requester)]),
];

const seen = ({ id, channel, invitee, change: what, requester, askedBy }: ApprovalRow, signer: string) => ({
  id,
  channel,
  invitee,
  change: what,
  requester,
  askedBy,
  signer,
});

function hurry({ deadline }: ApprovalRow, now: Date): Warning[] {
  const left = deadline - now.getTime();
  if (left > hurryMs) return [];
  return [
    warn(
      'deadline',
      `It is denied by itself in ${Math.max(0, Math.ceil(left / 1000))} s: the channel manager waits no longer.`,
    ),
  ];
}

async function still({ approvals }: ActionContext, { id }: ApprovalRow): Promise<string> {
  const row = await approvals.get(id);
  return row?.state === 'waiting' ? '' : row ? outcome(row) : 'the request is gone';
}

function outcome({ state, decidedAt, decidedBy, reason }: ApprovalRow): string {
  const by = decidedBy === '' ? '' : ` by ${decidedBy}`;
  const at = new Date(decidedAt).toISOString();
  if (state === 'approved') return `it was approved${by} at ${at}`;
  return `it was denied${by} at ${at} (${reason.replace(/\.$/u, '')})`;
}

/** As records name it. */
const person = ({ client, session }: Caller): string => `${client} ${session}`;

async function* approve(
  context: ActionContext,
  row: ApprovalRow,
  { key }: Signer,
  { seconds, reason, caller }: { seconds: number; reason: string; caller: Caller },
): AsyncGenerator<ItemResult> {
  const { channel, invitee, change: action } = row;
  try {
    const grant = key.grant({ channel, invitee, action, seconds }, context.now());
    await context.approvals.decide(row.id, { kind: 'approve', grant, by: person(caller), reason });
    yield { ...done(row.invitee, row.id), reason: action === 'add' ? invited : removed };
  } catch (error) {
    yield failed(row.invitee, error);
  } finally {
    if (row.manager !== '') context.onChannels(row.manager);
  }
}

async function* deny(
  { approvals }: ActionContext,
  row: ApprovalRow,
  reason: string,
  caller: Caller,
): AsyncGenerator<ItemResult> {
  try {
    await approvals.decide(row.id, { kind: 'deny', by: person(caller), reason });
    yield done(row.invitee, row.id);
  } catch (error) {
    yield failed(row.invitee, error);
  }
}
