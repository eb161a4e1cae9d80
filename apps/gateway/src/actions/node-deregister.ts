import { warn } from '../views/entry-warnings.ts';
import { noCommand } from '../upstream/command.ts';
import type { Action } from './action.ts';
import { connectionName, networkTarget, readPlane } from './network-target.ts';
import { applyThenLook, nodeName, nodeOf } from './plane-change.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  node: string;
}

/** DeregisterNode, 0.0–0.1, whose releases answer that they did not do it. */
export const nodeDeregister: Action<Input> = {
  name: 'node.deregister',
  title: 'Deregister a node',
  role: 'operator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: { connection: connectionName, node: nodeName },
  },
  async plan({ connection, node: id }, context) {
    const target = networkTarget(context, connection, 'nodes.deregister');
    const node = await nodeOf(target, 'node', id);
    const routes = target.copy.truth.says(id)?.routes.length ?? 0;
    return {
      title: `Deregister ${id}`,
      target: target.target,
      changes: [
        change('delete', 'node', id, target.name, [fieldChange('Status', node.status.replace('-', ' '), '')]),
      ],
      effects: [
        `${target.name} would forget ${id}${routes > 0 ? `, and ${count(routes, 'name it has', 'names it has')} would be out of its reach` : ''}. The node itself goes on, and registers again when it connects again.`,
      ],
      warnings: [
        warn(
          'does-nothing',
          'The control planes of this generation that were released (0.0–0.1.1) only answer that they did not do it, whatever they are asked. To be rid of a node, stop it.',
        ),
      ],
      commands: [noCommand('slimctl up to 0.2 has no command for it.')],
      destructive: true,
      before: node.status,
      check: async () =>
        (await readPlane(target, (plane) => plane.nodes())).some((one) => one.id === id)
          ? ''
          : `${id} is gone from its list`,
      apply: () =>
        applyThenLook(target, {
          item: id,
          run: (plane) => plane.deregisterNode(id),
          look: async (plane) =>
            (await plane.nodes()).some((one) => one.id === id) ? undefined : 'It is gone from the list.',
          unseen: 'It was taken, and the node is still listed: it may have registered again.',
        }),
      inverseInput: () => undefined,
    };
  },
};
