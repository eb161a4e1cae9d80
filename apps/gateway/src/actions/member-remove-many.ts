import { Code, ConnectError } from '@connectrpc/connect';
import { deleteParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext, Planned } from './action.ts';
import { passageFor } from './channel-owner.ts';
import { forgottenRoutes } from './forgotten-routes.ts';
import { removeMember } from './group-run.ts';
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
import { manyCommands, oneByOne, undoInput } from './members-many.ts';
import type { ManyInput } from './members-many.ts';
import { change, count, fieldChange } from './results.ts';

/** Removes several, one after the other; applied again it goes on with those that are still in. */
export async function planRemovals(input: ManyInput, context: ActionContext): Promise<Planned> {
  const connection = await groupConnection(context, input.connection, input.channel);
  if (connection.kind === 'slim-control-plane')
    throw badInput('members', 'a control plane up to 1.4 removes one at a time. Give one as member.');
  if (input.grant !== undefined)
    throw badInput('grant', 'a grant is for one member. Remove each with its own.');
  const channel = await channelOf(connection, input.channel);
  mayChange(connection, 'members.write');
  const own = moderatorName(connection);
  const wanted = [...new Set(input.members.map((member, index) => threeParts(`members[${index}]`, member)))];
  const self = wanted.indexOf(own);
  if (self >= 0) throw badInput(`members[${self}]`, 'the moderator itself is in every channel it runs.');
  const present = new Set(await membersOf(connection, channel.name));
  const there = wanted.filter((member) => present.has(member));
  const [first] = there;
  if (first === undefined)
    throw new ConnectError(`members: none of them is in ${channel.name}.`, Code.NotFound);
  const passage = passageFor(context, connection, { channel, member: first, action: 'delete' });
  return {
    title: `Remove ${count(there.length, 'member', 'members')}`,
    target: targetOf(connection),
    changes: there.map((member) =>
      change('remove', 'member', member, connection.link.name, [fieldChange('Channel', channel.name, '')]),
    ),
    resumable: true,
    effects: [
      'They are told one after the other, and read nothing sent from then on.',
      'Interrupted, it can be applied again: whoever is out by then is left alone.',
      ...passage.effects,
    ],
    warnings: [
      ...passage.warnings,
      ...forgottenRoutes(context),
      ...(there.length < wanted.length
        ? [warn('absent', `${count(wanted.length - there.length, 'is', 'are')} not in it and left alone.`)]
        : []),
    ],
    commands: manyCommands(connection, there, (config, member) =>
      deleteParticipantCommand(config, channel.name, member, passage.signed),
    ),
    destructive: true,
    before: { channel: channel.name, owner: channel.owner, there },
    check: () => channelChanged(connection, channel),
    apply: () =>
      oneByOne(context, connection, there, {
        settled: async (member) =>
          (await membersOf(connection, channel.name)).includes(member)
            ? ''
            : 'It is out of the channel already.',
        send: (member) => removeMember(connection, channel.name, member),
      }),
    inverseInput: (results) => undoInput(connection, channel.name, results),
  };
}
