import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { addParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { lookAlikes } from '../members/look-alike.ts';
import { noCommand } from '../upstream/command.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { passageFor } from './channel-owner.ts';
import { carryOut, invite } from './group-run.ts';
import { channelChanged, channelOf, groupConnection, mayChange, newName, targetOf } from './group-target.ts';
import { planInvitations, presentIn, sameIdentity } from './member-invite-many.ts';
import { planPlaneMember } from './plane-channel.ts';
import { change, fieldChange } from './results.ts';

export interface MemberInput {
  connection?: string;
  channel: string;
  member: string;
  grant?: string;
}

const memberSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['channel', 'member'],
  properties: {
    connection: { type: 'string', maxLength: 63 },
    channel: { type: 'string', minLength: 1, maxLength: 1024 },
    member: { type: 'string', minLength: 1, maxLength: 1024, description: 'organization/namespace/app' },
    grant: {
      type: 'string',
      minLength: 1,
      maxLength: 16_384,
      description:
        'Channel managers only: the JSON of a grant that the owner of the channel issued for this change.',
    },
  },
};

/** One member, or up to 200. */
export const membersSchema = {
  ...memberSchema,
  required: ['channel'],
  properties: {
    ...memberSchema.properties,
    members: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: { type: 'string', minLength: 1, maxLength: 1024 },
      description: 'Several at once, in place of member.',
    },
  },
};

export type MembersInput = Omit<MemberInput, 'member'> & { member?: string; members?: string[] };

export const memberInvite: Action<MembersInput> = {
  name: 'member.invite',
  title: 'Invite a member',
  role: 'moderator',
  inverse: 'member.remove',
  inputSchema: membersSchema,

  async plan({ members, ...rest }, context) {
    if (members !== undefined) return planInvitations({ ...rest, members }, context);
    const input = { ...rest, member: rest.member ?? '' };
    const connection = await groupConnection(context, input.connection, input.channel);
    if (connection.kind === 'slim-control-plane')
      return planPlaneMember('invite', input, context, connection);
    const channel = await channelOf(connection, input.channel);
    mayChange(connection, 'members.write');
    const member = newName('member', input.member);
    const present = await presentIn(connection, channel.name);
    if (present.includes(member))
      throw new ConnectError(`member: ${member} is in ${channel.name} already.`, Code.AlreadyExists);
    const passage = passageFor(context, connection, { ...input, channel, member, action: 'add' });
    return {
      title: 'Invite member',
      target: targetOf(connection),
      changes: [
        change('invite', 'member', member, connection.link.name, [fieldChange('Channel', '', channel.name)]),
      ],
      effects: [`${member} is asked to join now, and reads what is sent from then on.`, ...passage.effects],
      warnings: [
        ...passage.warnings,
        ...lookAlikes([member]),
        ...(await sameIdentity(context, present, [member])),
      ],
      commands: [
        connection.kind === 'channel-manager'
          ? addParticipantCommand(connection.config, channel.name, member, passage.signed)
          : noCommand(noTool),
      ],
      destructive: false,
      before: { channel: channel.name, owner: channel.owner },
      check: async () =>
        (await channelChanged(connection, channel)) ||
        ((await presentIn(connection, channel.name)).includes(member) ? `${member} has joined` : ''),
      apply: () =>
        carryOut(context, connection, member, () => invite(connection, channel.name, member, passage.grant)),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE
          ? { connection: connection.link.name, channel: channel.name, member }
          : undefined,
    };
  },
};
