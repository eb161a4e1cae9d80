import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ModeratedChannel } from '../moderator/types.ts';
import { noCommand } from '../upstream/command.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { carryOut } from './group-run.ts';
import { mayChange, targetOf } from './group-target.ts';
import { change, fieldChange } from './results.ts';
import { sessionChanged, sessionNode, sessionOf } from './session-target.ts';

interface Input {
  connection?: string;
  channel: string;
  leave?: boolean;
}

export const sessionClose: Action<Input> = {
  name: 'session.close',
  title: 'Close our session in a channel',
  role: 'moderator',
  inverse: 'session.rejoin',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      channel: { type: 'string', minLength: 1, maxLength: 1024 },
      leave: {
        type: 'boolean',
        description: 'Leave it for good instead of going offline in it; not for a channel that we moderate.',
      },
    },
  },

  async plan(input, context) {
    const node = sessionNode(context, input.connection, input.channel);
    mayChange(node, 'messages');
    const before = sessionOf(node, input.channel);
    const { name, session } = before;
    const leave = leaves(before, input.leave ?? false);
    return {
      title:
        session === 'waiting' ? 'Stop waiting for an invitation' : leave ? 'Leave channel' : 'Close session',
      target: targetOf(node),
      changes: [
        change(leave ? 'leave' : 'close', 'session', name, node.link.name, [
          fieldChange('Session', session, leave ? '' : 'closed'),
        ]),
      ],
      effects: effectsOf(before, leave, node.ownName),
      warnings: [],
      commands: [noCommand(noTool)],
      destructive: leave && session !== 'waiting',
      before: { session, role: before.role, leave },
      check: async () => sessionChanged(node, name, before),
      apply: () =>
        carryOut(context, node, name, () =>
          leave ? node.moderator.leaveSession(name) : node.moderator.closeSession(name),
        ),
      inverse: leave ? 'session.open' : 'session.rejoin',
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE ? { connection: node.link.name, channel: name } : undefined,
    };
  },
};

/** Whether it is left for good; refused where that, or closing, makes no sense. */
function leaves({ name, role, session }: ModeratedChannel, asked: boolean): boolean {
  if (session === 'waiting') return true;
  if (role === 'moderator' && asked)
    throw badInput('leave', `we moderate ${name}; channel.delete ends it for all its members.`);
  if (asked) return true;
  if (session === 'lost')
    throw new ConnectError(
      `channel: our session in ${name} is lost, there is nothing to close. With leave it is forgotten.`,
      Code.FailedPrecondition,
    );
  if (session === 'closed')
    throw new ConnectError(
      `channel: our session in ${name} is closed already.${role === 'participant' ? ' With leave it is left for good.' : ''}`,
      Code.FailedPrecondition,
    );
  return false;
}

function effectsOf({ role, session }: ModeratedChannel, leave: boolean, own: string): string[] {
  if (session === 'waiting') return ['An invitation that comes later is declined.'];
  if (session === 'lost') return ['It is forgotten here; nothing is sent.'];
  if (leave) return [`${own} is out of the channel, and has to be invited to come back.`];
  return [
    `Its members see ${own} as Offline. What they write meanwhile is not received here, and not read later.`,
    ...(role === 'moderator'
      ? ['They stay together and can talk on, but nobody can be invited or removed until it is rejoined.']
      : []),
  ];
}
