import { ItemOutcome, Severity } from '@muster/api';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { mostMembers, tooMany } from './channel-limits.ts';
import { ownerField } from './channel-owner.ts';
import { carryOut } from './group-run.ts';
import { channelGone, channelOf, groupConnection, mayChange, membersOf, targetOf } from './group-target.ts';
import { planManagerDelete } from './manager-channel-delete.ts';
import { planPlaneDelete } from './plane-channel.ts';
import { change, count, fieldChange } from './results.ts';
import { signedRequestField } from './signed-request.ts';

interface Input {
  connection?: string;
  name: string;
  key?: string;
  signed_request?: string;
}

export const channelDelete: Action<Input> = {
  name: 'channel.delete',
  title: 'Delete a channel',
  role: 'moderator',
  inverse: 'channel.create',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      name: { type: 'string', minLength: 1, maxLength: 1024 },
      key: {
        ...ownerField,
        description:
          'Channel managers only: alias or did:key of an operator’s key to sign with, where the owner’s is not held here.',
      },
      signed_request: signedRequestField,
    },
  },

  async plan(input, context) {
    const connection = await groupConnection(context, input.connection, input.name);
    for (const field of ['key', 'signed_request'] as const)
      if (connection.kind !== 'channel-manager' && input[field] !== undefined)
        throw badInput(field, 'only a channel manager takes signed requests.');
    if (connection.kind === 'slim-control-plane') return planPlaneDelete(input.name, context, connection);
    if (connection.kind === 'channel-manager') return planManagerDelete(input, context, connection);
    const channel = await channelOf(connection, input.name);
    mayChange(connection, 'channels.write');
    const own = connection.ownName;
    const members = (await membersOf(connection, channel.name)).filter((member) => member !== own).toSorted();
    const made = connection.moderator.channels().find(({ name }) => name === channel.name);
    const mls = channel.mls === undefined ? 'unknown' : channel.mls ? 'on' : 'off';
    return {
      title: 'Delete channel',
      target: targetOf(connection),
      changes: [
        change('delete', 'channel', channel.name, connection.link.name, [
          fieldChange('MLS', mls, ''),
          ...(members.length === 0 ? [] : [fieldChange('Members', members.join(', '), '')]),
        ]),
      ],
      effects:
        members.length === 0
          ? []
          : [`${count(members.length, 'member is', 'members are')} told that the session has ended.`],
      warnings: [
        warn(
          'history',
          'Messages kept here go with it. A channel made again of the same name is another session with other keys.',
          Severity.INFO,
        ),
        ...tooMany(members),
      ],
      commands: [noCommand(noTool)],
      destructive: true,
      before: { channel, members },
      check: async () => {
        const gone = await channelGone(connection, channel.name);
        if (gone !== '') return gone;
        const now = (await membersOf(connection, channel.name)).filter((member) => member !== own).toSorted();
        return now.join() === members.join() ? '' : 'its members are others now';
      },
      apply: () =>
        carryOut(context, connection, channel.name, () => connection.moderator.deleteChannel(channel.name)),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE && members.length <= mostMembers
          ? {
              connection: connection.link.name,
              name: channel.name,
              mls: channel.mls ?? true,
              members,
              ...(made ? { max_retries: made.maxRetries, interval_ms: made.intervalMs } : {}),
            }
          : undefined,
    };
  },
};
