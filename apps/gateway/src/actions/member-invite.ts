import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { addParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { carryOut, invite } from './group-run.ts';
import {
  channelGone,
  channelOf,
  groupConnection,
  mayChange,
  membersOf,
  targetOf,
  threeParts,
} from './group-target.ts';
import type { GroupConnection } from './group-target.ts';
import { change, fieldChange } from './results.ts';

export interface MemberInput {
  connection?: string;
  channel: string;
  member: string;
}

export const memberSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['channel', 'member'],
  properties: {
    connection: { type: 'string', maxLength: 63 },
    channel: { type: 'string', minLength: 1, maxLength: 1024 },
    member: { type: 'string', minLength: 1, maxLength: 1024, description: 'organization/namespace/app' },
  },
};

export const memberInvite: Action<MemberInput> = {
  name: 'member.invite',
  title: 'Invite a member',
  role: 'moderator',
  inverse: 'member.remove',
  inputSchema: memberSchema,

  async plan(input, context) {
    const connection = await groupConnection(context, input.connection, input.channel);
    const channel = await channelOf(connection, input.channel);
    mayChange(connection, 'members.write', channel);
    const member = threeParts('member', input.member);
    if ((await presentIn(connection, channel.name)).includes(member))
      throw new ConnectError(`member: ${member} is in ${channel.name} already.`, Code.AlreadyExists);
    return {
      title: 'Invite member',
      target: targetOf(connection),
      changes: [
        change('invite', 'member', member, connection.link.name, [fieldChange('Channel', '', channel.name)]),
      ],
      effects: [`${member} is asked to join now, and reads what is sent from then on.`],
      warnings: [],
      commands: [
        connection.kind === 'channel-manager'
          ? addParticipantCommand(connection.config, channel.name, member)
          : noCommand(noTool),
      ],
      destructive: false,
      before: { channel: channel.name, owner: channel.owner },
      check: async () =>
        (await channelGone(connection, channel.name)) ||
        ((await presentIn(connection, channel.name)).includes(member) ? `${member} has joined` : ''),
      apply: () => carryOut(context, connection, member, () => invite(connection, channel.name, member)),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE
          ? { connection: connection.link.name, channel: channel.name, member }
          : undefined,
    };
  },
};

/** Who need not be invited. An Offline member is invited again in its place: only a node tells who is. */
async function presentIn(connection: GroupConnection, channel: string): Promise<string[]> {
  if (connection.kind !== 'slim-node') return membersOf(connection, channel);
  return connection.moderator
    .members(channel)
    .filter(({ status }) => status !== 'offline')
    .map(({ name }) => name);
}
