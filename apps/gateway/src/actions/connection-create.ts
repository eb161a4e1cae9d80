import { Code, ConnectError } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { configText, connectionConfig, secretsIn, settingsOf } from './connection-config.ts';
import { connectionName, networkTarget, readPlane } from './network-target.ts';
import { applyThenLook, nodeName, nodeOf } from './plane-change.ts';
import { change, fieldChange } from './results.ts';
import { endpoint } from './route-plan.ts';

interface Input {
  connection?: string;
  node: string;
  endpoint: string;
  config?: JsonObject;
}

/** CreateConnection, 0.0–0.1. Its id is its endpoint, and routes name it by that. */
export const connectionCreate: Action<Input> = {
  name: 'connection.create',
  title: 'Connect a node to an address',
  role: 'operator',
  inverse: '',
  secrets: ['config'],
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['node', 'endpoint'],
    properties: {
      connection: connectionName,
      node: nodeName,
      endpoint: { ...endpoint, description: 'What it connects to, e.g. http://10.0.0.2:46357' },
      config: connectionConfig,
    },
  },
  async plan(input, context) {
    const target = networkTarget(context, input.connection, 'connections.write');
    const config = configText('config', input.endpoint, input.config);
    const node = await nodeOf(target, 'node', input.node);
    const item = `${input.node} to ${input.endpoint}`;
    const ends = () => readPlane(target, (plane) => plane.nodeConnections(input.node));
    const known = await ends()
      .then((rows) => rows.map((row) => row.endpoint))
      .catch(() => undefined);
    if (known?.includes(input.endpoint))
      throw new ConnectError(`endpoint: ${input.node} is connected to it already.`, Code.AlreadyExists);
    return {
      title: `Connect ${input.node} to ${input.endpoint}`,
      target: target.target,
      changes: [
        change('create', 'connection', item, target.name, [
          fieldChange('Endpoint', '', input.endpoint),
          fieldChange('Settings', '', settingsOf(config)),
        ]),
      ],
      effects: [
        `${input.node} dials ${input.endpoint}. Nothing goes over it until a route names it.`,
        'This generation has no call that removes a connection: it stays until the node forgets it.',
      ],
      warnings: [
        ...(node.status === 'not-connected'
          ? [warn('not-connected', `${input.node} is not connected: it cannot be told to dial now.`)]
          : []),
        ...(known ? [] : [warn('unread', `The connections of ${input.node} cannot be read now.`)]),
      ],
      commands: [
        noCommand(
          'slimctl up to 0.2 makes a connection together with a route only (slimctl route add … via FILE).',
        ),
      ],
      destructive: false,
      before: known ?? null,
      check: async () => {
        await nodeOf(target, 'node', input.node);
        if (!known) return '';
        return (await ends()).some((row) => row.endpoint === input.endpoint) ? 'the connection was made' : '';
      },
      apply: () =>
        applyThenLook(target, {
          item,
          run: (plane) => plane.createConnection(input.node, input.endpoint, config),
          look: async (plane) =>
            (await plane.nodeConnections(input.node)).some((row) => row.endpoint === input.endpoint)
              ? 'The node has it.'
              : undefined,
          unseen: 'It was taken, and the node does not tell it yet: it may not reach the address.',
          secrets: secretsIn(input.config),
        }),
      inverseInput: () => undefined,
    };
  },
};
