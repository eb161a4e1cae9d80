import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { noCommand } from '../upstream/command.ts';
import type { Action } from './action.ts';
import { noTool } from './channel-create.ts';
import { carryOut } from './group-run.ts';
import { mayChange, targetOf } from './group-target.ts';
import { change, fieldChange } from './results.ts';
import { sessionChanged, sessionNode, sessionOf } from './session-target.ts';

interface Input {
  connection?: string;
  channel: string;
}

export const sessionRejoin: Action<Input> = {
  name: 'session.rejoin',
  title: 'Rejoin a channel',
  role: 'moderator',
  inverse: 'session.close',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      channel: { type: 'string', minLength: 1, maxLength: 1024 },
    },
  },

  async plan(input, context) {
    const node = sessionNode(context, input.connection, input.channel);
    mayChange(node, 'messages');
    const before = sessionOf(node, input.channel);
    const { name, session } = before;
    if (session !== 'closed')
      throw new ConnectError(
        session === 'lost'
          ? `channel: our session in ${name} is lost: ${before.sessionReason}. session.open opens another.`
          : `channel: our session in ${name} is ${session}, not closed.`,
        Code.FailedPrecondition,
      );
    return {
      title: 'Rejoin channel',
      target: targetOf(node),
      changes: [
        change('rejoin', 'session', name, node.link.name, [fieldChange('Session', 'closed', 'open')]),
      ],
      effects: [
        `Its members see ${node.ownName} as Online again, and what they write from then on is received here.`,
      ],
      warnings: [],
      commands: [noCommand(noTool)],
      destructive: false,
      before: { session, role: before.role },
      check: async () => sessionChanged(node, name, before),
      apply: () => carryOut(context, node, name, () => node.moderator.rejoinSession(name)),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE ? { connection: node.link.name, channel: name } : undefined,
    };
  },
};
