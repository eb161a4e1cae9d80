import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult } from '@muster/api';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import type { RouteChange } from '../upstream/control-plane/port.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { itemOf } from './group-register-items.ts';
import { registrar } from './group-register-input.ts';
import { channelGone, channelOf, membersOf, targetOf } from './group-target.ts';
import { placeOf, reach } from './plane-channel.ts';
import { planeFailed } from './plane-run.ts';
import { change, count, done, fieldChange, skipped } from './results.ts';

interface Route {
  node: string;
  to: string;
  name: string;
  instance?: string;
  via?: string;
}

interface Input {
  connection?: string;
  channel: string;
  members?: string[];
  routes?: Route[];
}

const name = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const may = { type: 'string', maxLength: 1024 } as const;

/** Takes a group off a control plane up to 1.4: the way back of group.register, which names what that made. */
export const groupUnregister: Action<Input> = {
  name: 'group.unregister',
  title: 'Take a group off a control plane',
  role: 'moderator',
  inverse: 'group.register',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel'],
    properties: {
      connection: { type: 'string', maxLength: 63, description: 'A control plane up to 1.4.' },
      channel: { ...name, description: 'As the control plane calls it.' },
      members: {
        type: 'array',
        maxItems: 1000,
        items: name,
        description: 'Only these are taken off, and the channel stays.',
      },
      routes: {
        type: 'array',
        maxItems: 5000,
        description: 'Routes that are removed with it.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['node', 'to', 'name'],
          properties: { node: name, to: name, name, instance: may, via: may },
        },
      },
    },
  },

  async plan(input, context) {
    const connection = registrar(context, input.connection);
    const place = placeOf(connection);
    const channel = (await channelOf(connection, input.channel)).name;
    const there = (await membersOf(connection, channel)).toSorted();
    const booked = context.groups.get(place.name, channel);
    const whole = input.members === undefined;
    const named = [...new Set(input.members)];
    const members = whole ? [] : named.filter((member) => there.includes(member));
    const routes = (input.routes ?? []).map((route) => ({
      ...route,
      instance: route.instance ?? '',
      via: route.via ?? '',
      destinationNode: place.generation === 'a' ? '' : route.to,
      config: '',
    }));
    if (!whole && members.length + routes.length === 0)
      throw new ConnectError(
        `members: none of them is in ${channel} on ${place.name} any more.`,
        Code.FailedPrecondition,
      );
    const group = booked?.group ?? '';
    return {
      title: whole
        ? `Take ${group || channel} off ${place.name}`
        : `Take ${count(members.length, 'member', 'members')} off ${place.name}`,
      target: targetOf(connection),
      changes: [
        ...routes.map((route) => change('remove', 'route', itemOf.route(route), place.name)),
        ...members.map((member) =>
          change('remove', 'member', member, place.name, [fieldChange('Channel', channel, '')]),
        ),
        ...(whole
          ? [
              change('delete', 'channel', channel, place.name, [
                ...(group === '' ? [] : [fieldChange('Group', group, '')]),
                ...(there.length === 0 ? [] : [fieldChange('Members', there.join(', '), '')]),
              ]),
            ]
          : []),
      ],
      effects: [
        reach(place.generation),
        ...(group === '' ? [] : [`The session ${group} itself stays, with everybody who is in it.`]),
        ...(routes.length === 0
          ? []
          : [
              `Over ${count(routes.length, 'route', 'routes')} members on different nodes hear each other now.`,
            ]),
      ],
      warnings:
        place.generation === 'a' && routes.length > 0
          ? [
              warn(
                'connections-stay',
                'The connections between nodes stay: this generation has no call that removes one.',
                Severity.INFO,
              ),
            ]
          : [],
      commands: [
        ...(whole ? [place.command('channel', 'delete', channel)] : []),
        ...members
          .slice(0, 3)
          .map((member) => place.command('participant', 'delete', member, '--channel-id', channel)),
        ...(routes.length === 0 ? [] : [noCommand('slimctl removes routes one by one.')]),
      ],
      destructive: true,
      before: { channel, there, routes },
      check: async () => {
        const gone = (await place.changed(connection)) || (await channelGone(connection, channel));
        if (gone !== '') return gone;
        const now = (await membersOf(connection, channel)).toSorted();
        return now.join() === there.join() ? '' : 'its members are others now';
      },
      apply: () => carryOut(context, connection, { channel, whole, members, routes }),
      inverseInput: (results) =>
        whole && group !== '' && booked && results.at(-1)?.outcome === ItemOutcome.DONE
          ? { connection: place.name, channel: group, moderators: booked.moderators, members: there }
          : undefined,
    };
  },
};

interface Wanted {
  channel: string;
  whole: boolean;
  members: readonly string[];
  routes: readonly (RouteChange & { to: string })[];
}

async function* carryOut(
  context: ActionContext,
  connection: ControlPlaneConnection,
  { channel, whole, members, routes }: Wanted,
): AsyncGenerator<ItemResult> {
  const { plane, link } = connection;
  const moderators = context.groups.get(link.name, channel)?.moderators ?? [];
  const steps: { target: string; send: () => Promise<void> }[] = [
    ...routes.map((route) => ({ target: itemOf.route(route), send: () => plane.removeRoute(route) })),
    ...members.map((member) => ({
      target: member,
      send: () => plane.deleteParticipant(channel, member, moderators),
    })),
    ...(whole
      ? [
          {
            target: channel,
            send: async () => {
              await plane.deleteChannel(channel, moderators);
              context.groups.remove(link.name, channel);
            },
          },
        ]
      : []),
  ];
  try {
    let lost = false;
    for (const { target, send } of steps) {
      if (lost) {
        yield skipped(target);
        continue;
      }
      try {
        await send();
        yield done(target);
      } catch (error) {
        const item = planeFailed(target, error);
        lost = item.outcome === ItemOutcome.UNKNOWN;
        yield item;
      }
    }
  } finally {
    context.onChannels(link.name);
    void context.networks.get(link.name)?.refresh();
  }
}
