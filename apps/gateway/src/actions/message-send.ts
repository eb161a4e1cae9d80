import { createHash } from 'node:crypto';
import type { ItemResult } from '@muster/api';
import { noCommand } from '../upstream/command.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { channelOf, groupConnection, mayChange, membersOf, targetOf } from './group-target.ts';
import { change, count, done, failed } from './results.ts';

interface Input {
  connection?: string;
  channel: string;
  text: string;
}

const maxBytes = 64 * 1024;

export const messageSend: Action<Input> = {
  name: 'message.send',
  title: 'Send a message',
  role: 'moderator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel', 'text'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      channel: { type: 'string', minLength: 1, maxLength: 1024 },
      text: { type: 'string', minLength: 1, maxLength: maxBytes },
    },
  },

  async plan({ connection: name, channel: channelName, text }, context) {
    const connection = await groupConnection(context, name, channelName);
    if (connection.kind !== 'slim-node')
      throw badInput('connection', 'a channel manager passes no messages; a moderator of our own does.');
    mayChange(connection, 'messages');
    const channel = await channelOf(connection, channelName);
    if (Buffer.byteLength(text) > maxBytes) throw badInput('text', 'longer than 64 KiB.');
    const readers = (await membersOf(connection, channel.name)).filter(
      (member) => member !== connection.ownName,
    );
    return {
      title: 'Send message',
      target: targetOf(connection),
      // The text itself stays out of the plan: what is recorded is that something was sent.
      changes: [change('send', 'message', channel.name, connection.link.name)],
      effects: [
        `${count(readers.length, 'member reads', 'members read')} it at once; it cannot be taken back.`,
      ],
      warnings: [],
      commands: [noCommand(noTool)],
      destructive: false,
      before: createHash('sha256').update(text).digest('base64url'),
      check: async () =>
        connection.moderator.channels().some((one) => one.name === channel.name)
          ? ''
          : `channel ${channel.name} was deleted`,
      apply: () => send(connection, channel.name, text),
      inverseInput: () => undefined,
    };
  },
};

async function* send(
  connection: SlimNodeConnection,
  channel: string,
  text: string,
): AsyncGenerator<ItemResult> {
  try {
    await connection.moderator.publish(channel, text);
    yield done(channel);
  } catch (error) {
    yield failed(channel, error);
  }
}
