import { Code, ConnectError } from '@connectrpc/connect';
import { parseSlimName } from '@muster/domain';
import { ItemOutcome } from '@muster/api';
import { deleteParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { passageFor } from './channel-owner.ts';
import { forgottenRoutes } from './forgotten-routes.ts';
import { carryOut } from './group-run.ts';
import {
  channelChanged,
  channelOf,
  groupConnection,
  mayChange,
  membersOf,
  moderatorName,
  targetOf,
  threeParts,
} from './group-target.ts';
import type { GroupConnection } from './group-target.ts';
import { membersSchema } from './member-invite.ts';
import type { MembersInput } from './member-invite.ts';
import { planRemovals } from './member-remove-many.ts';
import { planPlaneMember } from './plane-channel.ts';
import { change, fieldChange } from './results.ts';

export const memberRemove: Action<MembersInput> = {
  name: 'member.remove',
  title: 'Remove a member',
  role: 'moderator',
  inverse: 'member.invite',
  inputSchema: membersSchema,

  async plan({ members, ...rest }, context) {
    if (members !== undefined) return planRemovals({ ...rest, members }, context);
    const input = { ...rest, member: rest.member ?? '' };
    const connection = await groupConnection(context, input.connection, input.channel);
    if (connection.kind === 'slim-control-plane')
      return planPlaneMember('remove', input, context, connection);
    const channel = await channelOf(connection, input.channel);
    mayChange(connection, 'members.write');
    const member = memberName(connection, input.member);
    const app = member.split('/').slice(0, 3).join('/');
    // A channel manager of 3.4.6 says no to this, and is out of the channel all the same: nobody can bring it back.
    if (app === moderatorName(connection))
      throw badInput('member', 'the moderator itself is in every channel it runs.');
    if (!(await membersOf(connection, channel.name)).includes(app)) {
      throw new ConnectError(`member: ${member} is not in ${channel.name}.`, Code.NotFound);
    }
    const passage = passageFor(context, connection, { ...input, channel, member, action: 'delete' });
    return {
      title: 'Remove member',
      target: targetOf(connection),
      changes: [
        change('remove', 'member', member, connection.link.name, [fieldChange('Channel', channel.name, '')]),
      ],
      effects: [`${member} is told, and reads nothing sent from then on.`, ...passage.effects],
      warnings: [...passage.warnings, ...forgottenRoutes(context)],
      commands: [
        connection.kind === 'channel-manager'
          ? deleteParticipantCommand(connection.config, channel.name, member, passage.signed)
          : noCommand(noTool),
      ],
      destructive: true,
      before: { channel: channel.name, owner: channel.owner },
      check: async () =>
        (await channelChanged(connection, channel)) ||
        ((await membersOf(connection, channel.name)).includes(app) ? '' : `${member} has left`),
      apply: () =>
        carryOut(context, connection, member, () =>
          connection.kind === 'slim-node'
            ? connection.moderator.remove(channel.name, member)
            : connection.remove(channel.name, member, passage.grant),
        ),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE
          ? { connection: connection.link.name, channel: channel.name, member: app }
          : undefined,
    };
  },
};

/** A moderator of our own can address one instance of several; a channel manager cannot. */
function memberName(connection: GroupConnection, text: string): string {
  if (connection.kind === 'channel-manager') return threeParts('member', text);
  const name = parseSlimName(text);
  if (!name.ok) throw badInput('member', name.problem.message);
  return text;
}
