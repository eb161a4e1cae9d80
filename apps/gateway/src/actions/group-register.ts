import { Code, ConnectError } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import type { PlannedChange, Warning } from '@muster/api';
import type { BookedChannel } from '../groups/book.ts';
import { neededRoutes, readNetwork } from '../groups/routes.ts';
import { appOf } from '../groups/sides.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { noCommand } from '../upstream/command.ts';
import { refuse } from '../upstream/refuse.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { registerSchema, registrar, rosterOf } from './group-register-input.ts';
import type { RegisterInput } from './group-register-input.ts';
import { itemOf } from './group-register-items.ts';
import type { Wanted } from './group-register-items.ts';
import { Registering } from './group-registering.ts';
import { membersOf } from './group-target.ts';
import { moderatorWarnings, placeOf } from './plane-channel.ts';
import { change, count, fieldChange } from './results.ts';

/** Writes a group that a moderator runs to a control plane up to 1.4: channel, participants, and the routes they need. */
export const groupRegister: Action<RegisterInput> = {
  name: 'group.register',
  title: 'Register a group with a control plane',
  role: 'moderator',
  inverse: 'group.unregister',
  inputSchema: registerSchema,

  async plan(input, context) {
    const connection = registrar(context, input.connection);
    const { name, generation, command, changed } = placeOf(connection);
    const { from, members, moderators } = await rosterOf(input, context, connection);
    const { booked, participants, channels } = await standing(connection, context, input.channel);
    const endpoints = new Map((input.endpoints ?? []).map(({ node, endpoint }) => [node, endpoint]));
    const names = [...new Set([input.channel, ...moderators, ...members].map(appOf))];
    const routed = input.routes === false ? undefined : await routesFor(connection, names, endpoints);
    const target = booked ? '' : `channel of ${moderators[0] ?? ''}`;
    const wanted: Wanted = {
      channel: target,
      members: members.filter((member) => !participants.includes(member)),
      connections: routed?.connections ?? [],
      routes: routed?.routes ?? [],
    };
    const changes = changesOf(wanted, name, moderators, input.channel);
    if (changes.length === 0)
      throw new ConnectError(
        `channel: ${input.channel} is registered with ${name} as ${booked?.channel ?? ''}, and nothing is missing.`,
        Code.AlreadyExists,
      );
    const registering = new Registering(context, connection, {
      group: input.channel,
      moderators,
      wanted,
      channelsBefore: channels,
      routesNow: () => routesFor(connection, names, endpoints),
    });
    return {
      title: booked ? `Bring the registration of ${input.channel} up to date` : `Register ${input.channel}`,
      target: { connection: name, trustDomain: '', fingerprints: [] },
      changes,
      effects: effectsOf(generation, input.channel, wanted),
      warnings: [
        ...(await moderatorWarnings(connection, moderators)),
        ...routeWarnings(routed, input.routes === false),
      ],
      commands: [
        ...(target === '' ? [] : [command('channel', 'create', `moderators=${moderators.join(',')}`)]),
        ...wanted.members
          .slice(0, 2)
          .map((member) => command('participant', 'add', member, '--channel-id', booked?.channel ?? 'NAME')),
        noCommand('slimctl writes one thing at a time, and does not work out which routes a group needs.'),
      ],
      destructive: false,
      resumable: true,
      before: { generation, moderators, members, wanted, booked: booked?.channel ?? '' },
      check: async () => {
        const gone = await changed(connection);
        if (gone !== '' || from === undefined) return gone;
        const own = new Set(moderators.map(appOf));
        const now = new Set(await membersOf(from, input.channel));
        const left = members.filter((member) => !now.has(member));
        const come = [...now].filter(
          (member) => !members.includes(member) && !own.has(member) && !isOwn(from, member),
        );
        return left.length + come.length === 0 ? '' : `who is in ${input.channel} changed`;
      },
      apply: () => registering.run(),
      inverseInput: () => registering.inverse(),
    };
  },
};

function isOwn(from: NonNullable<Awaited<ReturnType<typeof rosterOf>>['from']>, member: string): boolean {
  return from.kind === 'slim-node'
    ? member === from.ownName
    : from.kind === 'channel-manager' && member === from.config.audience;
}

/** What the control plane has of the group now. */
async function standing(
  connection: ControlPlaneConnection,
  context: ActionContext,
  group: string,
): Promise<{ booked: BookedChannel | undefined; participants: string[]; channels: string[] }> {
  try {
    const channels = (await connection.plane.channels()).map(({ id }) => id);
    // Of the first generation a restart forgets them all.
    const booked = context.groups
      .ofGroup(connection.link.name, group)
      .find(({ channel }) => channels.includes(channel));
    return {
      booked,
      participants: booked ? await connection.plane.participants(booked.channel) : [],
      channels,
    };
  } catch (error) {
    throw refuse('Reading channels', connection.link.name, error);
  }
}

async function routesFor(
  connection: ControlPlaneConnection,
  names: readonly string[],
  endpoints: ReadonlyMap<string, string>,
) {
  try {
    const network = await readNetwork(connection.plane, new Set(names));
    return {
      ...neededRoutes(network, names, connection.plane.generation, endpoints),
      unread: network.unread,
    };
  } catch (error) {
    throw refuse('Reading nodes and routes', connection.link.name, error);
  }
}

function changesOf(
  { channel, members, connections, routes }: Wanted,
  connection: string,
  moderators: readonly string[],
  group: string,
): PlannedChange[] {
  return [
    ...(channel === ''
      ? []
      : [
          change('create', 'channel', channel, connection, [
            fieldChange('Group', '', group),
            fieldChange('Moderators', '', moderators.join(', ')),
          ]),
        ]),
    ...members.map((member) =>
      change('invite', 'member', member, connection, [fieldChange('Channel', '', group)]),
    ),
    ...connections.map((one) => change('create', 'connection', itemOf.connection(one), connection)),
    ...routes.map((one) => change('create', 'route', itemOf.route(one), connection)),
  ];
}

function effectsOf(generation: string, group: string, wanted: Wanted): string[] {
  const routes = wanted.routes.length;
  const written =
    generation === 'a'
      ? 'Channel and participants are rows in the control plane’s memory: nobody is asked to join, and a restart of the control plane forgets them.'
      : `The control plane has the moderator open a session under a name of its own and invite each member to it. The session ${group} stays as it is.`;
  return [
    written,
    ...(routes === 0
      ? []
      : [
          `${count(routes, 'route is', 'routes are')} written, so that members on different nodes hear each other.`,
        ]),
    'Applied again after an interruption it goes on where it stopped.',
  ];
}

function routeWarnings(
  routed: Awaited<ReturnType<typeof routesFor>> | undefined,
  leftOut: boolean,
): Warning[] {
  if (leftOut || !routed)
    return [warn('routes-left-out', 'Routes are left out, as asked for.', Severity.INFO)];
  const { withoutEndpoint, unseen, unread } = routed;
  return [
    ...(withoutEndpoint.length === 0
      ? []
      : [
          warn(
            'endpoint-unknown',
            `No route is made to what is on ${withoutEndpoint.join(', ')}: this generation does not tell where the data plane of a node is. Say so in endpoints.`,
          ),
        ]),
    ...(unseen.length === 0
      ? []
      : [
          warn(
            'unannounced',
            `${count(unseen.length, 'name of the group is', 'names of the group are')} announced by no node, so that no route leads there: ${unseen.slice(0, 5).join(', ')}${unseen.length > 5 ? ' and more' : ''}.`,
          ),
        ]),
    ...(unread.length === 0
      ? []
      : [warn('node-unread', `Routes from and to ${unread.join(', ')} are left out: it did not answer.`)]),
  ];
}
