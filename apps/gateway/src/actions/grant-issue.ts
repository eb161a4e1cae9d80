import { Code, ConnectError } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { namedKey, ownerField, ownerWords, signerOf } from './channel-owner.ts';
import type { Signer } from './channel-owner.ts';
import { channelOf, groupConnection, membersOf, newName, targetOf, threeParts } from './group-target.ts';
import { lookAlikes } from '../members/look-alike.ts';
import { change, done, duration, failed, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  channel: string;
  member: string;
  action: 'add' | 'delete';
  valid_seconds?: number;
  key?: string;
}

const hour = 3600;
const day = 24 * hour;
/** The manager has no cap: a grant of years is one that nobody remembers. */
const most = 365 * day;

/** Signs what somebody else may then have done: one change of one member of one channel, once. */
export const grantIssue: Action<Input> = {
  name: 'grant.issue',
  title: 'Issue a grant',
  role: 'moderator',
  // What is signed cannot be taken back.
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel', 'member', 'action'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      channel: { type: 'string', minLength: 1, maxLength: 1024 },
      member: {
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        description: 'organization/namespace/app, exactly as it will be asked for.',
      },
      action: { enum: ['add', 'delete'] },
      valid_seconds: {
        type: 'integer',
        minimum: 1,
        maximum: most,
        description: 'An hour unless said otherwise.',
      },
      key: ownerField,
    },
  },

  async plan(input, context) {
    const connection = await groupConnection(context, input.connection, input.channel);
    if (connection.kind !== 'channel-manager')
      throw badInput('connection', 'only channels of a channel manager have owners who can grant.');
    const channel = await channelOf(connection, input.channel);
    if (connection.unsigned !== '') throw badInput('connection', connection.unsigned);
    const signer = signerFor(context, channel, input.key);
    const { action, valid_seconds: seconds = hour } = input;
    const member = (action === 'add' ? newName : threeParts)('member', input.member);
    const until = new Date(context.now().getTime() + seconds * 1000);
    const inIt = (await membersOf(connection, channel.name)).includes(member);
    const deed = action === 'add' ? `invite ${member} into` : `remove ${member} from`;
    return {
      title: 'Issue 1 grant',
      target: targetOf(connection),
      changes: [
        change('create', 'grant', member, connection.link.name, [
          fieldChange('Channel', '', channel.name),
          fieldChange('Allows', '', action === 'add' ? 'one invitation' : 'one removal'),
          fieldChange('Valid for', '', duration(seconds)),
          fieldChange('Signed by', '', ownerWords(signer.did, signer.alias)),
        ]),
      ],
      effects: [
        `Whoever has it can have the channel manager ${deed} ${channel.name}, once, until ${until.toISOString().slice(0, 19)}Z. It allows nothing else, and is good at any manager whose channel of this name has this owner.`,
        'It is shown once, after this, to copy or save, and kept nowhere here. It cannot be taken back: it ends when it is used or expires.',
      ],
      warnings: [...grantWarnings(seconds, action, inIt, member), ...lookAlikes([member])],
      commands: [
        noCommand(
          'slimctl writes no grant for others: it signs as it sends (add-participant --key). It takes this one with --grant-file.',
        ),
      ],
      destructive: false,
      before: { owner: channel.owner },
      check: async () =>
        (await channelOf(connection, channel.name)).owner === channel.owner ? '' : 'its owner is another now',
      apply: async function* () {
        try {
          const now = context.now();
          const grant = signer.key.grant({ channel: channel.name, invitee: member, action, seconds }, now);
          yield {
            ...done(member),
            secret: new TextDecoder().decode(grant),
            reason: `Good once, until ${new Date(now.getTime() + seconds * 1000).toISOString().slice(0, 19)}Z.`,
          };
        } catch (error) {
          yield failed(member, error);
        }
      },
      inverseInput: () => undefined,
    };
  },
};

function signerFor(
  context: ActionContext,
  channel: { name: string; owner: string },
  asked: string | undefined,
): Signer {
  if (channel.owner === '')
    throw badInput(
      'channel',
      `${channel.name} has no owner: anyone may change it, and no grant is looked at.`,
    );
  const row = asked === undefined ? undefined : namedKey(context, 'key', asked);
  if (row && row.did !== channel.owner)
    throw badInput(
      'key',
      `${channel.name} is owned by ${ownerWords(channel.owner, context.ownerKeys.aliasOf(channel.owner))}: a grant signed by another key is refused.`,
    );
  const own = row ?? context.ownerKeys.list().find(({ did }) => did === channel.owner);
  if (!own)
    throw new ConnectError(
      `channel: ${channel.name} is owned by ${channel.owner}, a key this gateway does not hold: only who has it can grant.`,
      Code.PermissionDenied,
    );
  return signerOf(context, 'key', own);
}

function grantWarnings(seconds: number, action: 'add' | 'delete', inIt: boolean, member: string): Warning[] {
  const out: Warning[] = [];
  if (seconds > day)
    out.push(
      warn(
        'long-grant',
        `It is good for ${Math.round(seconds / day)} days and cannot be taken back. An hour is usual.`,
      ),
    );
  if (action === 'add' && inIt)
    out.push(warn('member-already', `${member} is in the channel already.`, Severity.INFO));
  if (action === 'delete' && !inIt)
    out.push(warn('no-member', `${member} is not in the channel now.`, Severity.INFO));
  return out;
}
