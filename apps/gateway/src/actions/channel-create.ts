import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { createChannelCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { invite } from './group-run.ts';
import { channelsOf, groupConnection, mayChange, targetOf, threeParts } from './group-target.ts';
import type { GroupConnection } from './group-target.ts';
import { change, count, done, failed, fieldChange, skipped } from './results.ts';

interface Input {
  connection?: string;
  name: string;
  mls?: boolean;
  members?: string[];
  ttl_seconds?: number;
}

export const noTool = 'slimctl does not moderate: this is a session of our own with the node.';

export const channelCreate: Action<Input> = {
  name: 'channel.create',
  title: 'Create a channel',
  role: 'moderator',
  inverse: 'channel.delete',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      name: { type: 'string', minLength: 1, maxLength: 1024, description: 'organization/namespace/channel' },
      mls: { type: 'boolean', description: 'End-to-end encryption by MLS; on unless said otherwise.' },
      members: { type: 'array', maxItems: 200, items: { type: 'string', minLength: 1, maxLength: 1024 } },
      ttl_seconds: {
        type: 'integer',
        minimum: 1,
        maximum: 315_360_000,
        description: 'Channel managers only.',
      },
    },
  },

  async plan(input, context) {
    const connection = await groupConnection(context, input.connection);
    mayChange(connection, 'channels.write');
    const name = threeParts('name', input.name);
    const members = [
      ...new Set((input.members ?? []).map((member, index) => threeParts(`members[${index}]`, member))),
    ];
    const mls = input.mls ?? true;
    const managed = connection.kind === 'channel-manager';
    if (!managed && input.ttl_seconds !== undefined)
      throw badInput('ttl_seconds', 'only a channel manager ends channels by time.');
    if ((await channelsOf(connection)).some((channel) => channel.name === name)) {
      throw new ConnectError(
        `name: ${connection.link.name} has a channel ${name} already.`,
        Code.AlreadyExists,
      );
    }
    const ttl = input.ttl_seconds === undefined ? undefined : BigInt(input.ttl_seconds);
    const warnings: Warning[] = [];
    if (!mls) warnings.push(warn('mls-off', 'Without MLS every node on the way can read the messages.'));
    const signed =
      connection.kind === 'channel-manager' ? connection.link.lacks('channels.signed-requests') : '';
    if (signed !== '')
      warnings.push(
        warn('unowned', `It will have no owner, and anyone who reaches the manager may change it. ${signed}`),
      );
    return {
      title: `Create channel${members.length === 0 ? '' : ` with ${count(members.length, 'member', 'members')}`}`,
      target: targetOf(connection),
      changes: [
        change('create', 'channel', name, connection.link.name, [
          fieldChange('MLS', '', mls ? 'on' : 'off'),
          ...(ttl === undefined ? [] : [fieldChange('Ends after', '', `${ttl} s`)]),
        ]),
        ...members.map((member) =>
          change('invite', 'member', member, connection.link.name, [fieldChange('Channel', '', name)]),
        ),
      ],
      effects:
        members.length === 0 ? [] : ['Each member is asked to join now; one that is not running cannot be.'],
      warnings,
      commands: [
        connection.kind === 'channel-manager'
          ? createChannelCommand(connection.config, name, mls, ttl)
          : noCommand(noTool),
      ],
      destructive: false,
      before: null,
      check: async () =>
        (await channelsOf(connection)).some((channel) => channel.name === name)
          ? `a channel ${name} was created`
          : '',
      apply: () => create(context, connection, { name, mls, ttl, members }),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE ? { connection: connection.link.name, name } : undefined,
    };
  },
};

interface Wanted {
  name: string;
  mls: boolean;
  ttl: bigint | undefined;
  members: readonly string[];
}

async function* create(
  context: ActionContext,
  connection: GroupConnection,
  { name, mls, ttl, members }: Wanted,
): AsyncGenerator<ItemResult> {
  try {
    let note = '';
    if (connection.kind === 'slim-node') await connection.moderator.createChannel(name, { mls });
    else {
      const owner = await connection.create(name, mls, ttl);
      if (connection.did !== '' && owner !== connection.did) {
        note =
          owner === ''
            ? 'It was created, but has no owner: the channel manager ignored the signature.'
            : 'It was created, but belongs to another key.';
      }
    }
    yield { ...done(name), reason: note };
  } catch (error) {
    yield failed(name, error);
    for (const member of members) yield skipped(member);
    return;
  } finally {
    context.onChannels(connection.link.name);
  }
  for (const member of members) {
    try {
      await invite(connection, name, member);
      yield done(member);
    } catch (error) {
      // One that is not running must not keep the others out.
      yield failed(member, error);
    }
    context.onChannels(connection.link.name);
  }
}
