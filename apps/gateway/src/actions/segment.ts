import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { controllerCommand } from '../upstream/control-plane/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import {
  applyOne,
  connectionName,
  joins,
  networkTarget,
  readPlane,
  routesBetween,
  topologyName,
} from './network-target.ts';
import { listedNames } from './listed-names.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  name: string;
}

const inputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { connection: connectionName, name: topologyName },
};

/** ControlPlaneService.AddSegment, 2.0–3.4. Adding one that is there goes well and does nothing, so it is refused here. */
export const segmentAdd: Action<Input> = {
  name: 'segment.add',
  title: 'Add a segment',
  role: 'operator',
  inverse: 'segment.remove',
  inputSchema,
  async plan({ connection, name }, context) {
    const target = networkTarget(context, connection, 'topology.write');
    const there = () =>
      readPlane(target, async (plane) => (await plane.segments()).some((one) => one.name === name));
    if (await there())
      throw new ConnectError(`name: ${target.name} has a segment ${name} already.`, Code.AlreadyExists);
    return {
      title: `Add segment ${name}`,
      target: target.target,
      changes: [change('create', 'segment', name, target.name)],
      effects: ['Nothing is linked yet: a segment joins domains once links are added to it.'],
      warnings: [],
      commands: [controllerCommand(target.config, ['segment', 'add', name])],
      destructive: false,
      before: false,
      check: async () => ((await there()) ? `a segment ${name} was added` : ''),
      apply: () => applyOne(target, name, (plane) => plane.addSegment(name)),
      inverseInput: ([result]) =>
        result?.outcome === ItemOutcome.DONE ? { connection: target.name, name } : undefined,
    };
  },
};

/** ControlPlaneService.RemoveSegment: its links go with it, where no other segment wants them. */
export const segmentRemove: Action<Input> = {
  name: 'segment.remove',
  title: 'Remove a segment',
  role: 'operator',
  inverse: '',
  inputSchema,
  async plan({ connection, name }, context) {
    const target = networkTarget(context, connection, 'topology.write');
    const read = () => readPlane(target, (plane) => plane.segments());
    const all = await read();
    const segment = all.find((one) => one.name === name);
    if (!segment)
      throw new ConnectError(
        `name: ${target.name} has no segment ${name}; it has: ${listedNames(all.map((one) => one.name))}.`,
        Code.NotFound,
      );
    const others = all.filter((one) => one.name !== name).flatMap(({ edges }) => edges);
    const lost = segment.edges.filter(({ a, b }) => !joins(others, a, b));
    const routes = lost.reduce((sum, { a, b }) => sum + routesBetween(target, a, b), 0);
    return {
      title: `Remove segment ${name}`,
      target: target.target,
      changes: [
        change(
          'delete',
          'segment',
          name,
          target.name,
          segment.edges.map(({ a, b }) => fieldChange('Link', `${a} and ${b}`, '')),
        ),
      ],
      effects: [
        lost.length === 0
          ? 'No link is cut: it has none, or other segments want the same.'
          : `${count(lost.length, 'link between domains is', 'links between domains are')} cut, and ${count(routes, 'route', 'routes')} over ${lost.length === 1 ? 'it' : 'them'} with it: members on one side no longer hear those on the other.`,
      ],
      warnings:
        routes > 0
          ? [
              warn(
                'cuts-routes',
                `${count(routes, 'route that is applied goes', 'routes that are applied go')} over these links.`,
              ),
            ]
          : [],
      commands: [controllerCommand(target.config, ['segment', 'remove', name])],
      destructive: true,
      before: segment,
      check: async () => {
        const now = (await read()).find((one) => one.name === name);
        if (!now) return `segment ${name} was removed`;
        return JSON.stringify(now) === JSON.stringify(segment) ? '' : `the links of segment ${name} changed`;
      },
      apply: () => applyOne(target, name, (plane) => plane.removeSegment(name)),
      // Its links would have to be added one by one.
      inverseInput: () => undefined,
    };
  },
};
