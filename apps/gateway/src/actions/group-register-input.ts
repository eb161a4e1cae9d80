import { Code, ConnectError } from '@connectrpc/connect';
import { notNeeded } from '../groups/needs.ts';
import { appOf } from '../groups/sides.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';
import { channelOf, channelsOf, groupConnections, membersOf, moderatorName } from './group-target.ts';
import type { GroupConnection } from './group-target.ts';
import { announced, planeMember, planeModerator } from './plane-names.ts';

export interface RegisterInput {
  connection?: string;
  channel: string;
  from?: string;
  members?: string[];
  moderators?: string[];
  endpoints?: { node: string; endpoint: string }[];
  routes?: boolean;
}

const name = { type: 'string', minLength: 1, maxLength: 1024 } as const;

export const registerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['channel'],
  properties: {
    connection: { type: 'string', maxLength: 63, description: 'A control plane up to 1.4.' },
    channel: { ...name, description: 'The group’s channel, as its moderator calls it.' },
    from: {
      type: 'string',
      maxLength: 63,
      description:
        'Connection whose members are registered; the one that has the channel unless said otherwise.',
    },
    members: {
      type: 'array',
      maxItems: 1000,
      items: name,
      description: 'In the place of `from`, for a group that nothing here runs.',
    },
    moderators: { type: 'array', maxItems: 16, items: name },
    endpoints: {
      type: 'array',
      maxItems: 200,
      description:
        'Where the data plane of a node is reached by the others. The first generation does not tell, and makes no route without.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['node', 'endpoint'],
        properties: {
          node: name,
          endpoint: { type: 'string', maxLength: 1024, pattern: '^https?://[^\\s/@]+$' },
        },
      },
    },
    routes: { type: 'boolean', description: 'Routes that its members need; made unless said otherwise.' },
  },
};

/** The control plane an input means, where something can be registered with it. */
export function registrar(context: ActionContext, wanted: string | undefined): ControlPlaneConnection {
  const all = context.connections.planes;
  const names = all.map(({ link }) => link.name).join(', ') || 'none';
  const able = all.filter(({ holdsChannels }) => holdsChannels);
  const candidates =
    wanted !== undefined && wanted !== ''
      ? all.filter(({ link }) => link.name === wanted)
      : able.length > 0
        ? able
        : all;
  const [found] = candidates;
  if (!found) throw badInput('connection', `there is no control plane of this name; there are: ${names}.`);
  if (candidates.length > 1) throw badInput('connection', `name one of: ${names}.`);
  if (!found.holdsChannels && found.link.up)
    throw new ConnectError(`${found.link.name}: ${notNeeded}`, Code.FailedPrecondition);
  const lacks = found.link.lacks('channels.write');
  if (lacks !== '') throw new ConnectError(`${found.link.name}: ${lacks}`, Code.FailedPrecondition);
  return found;
}

/** Who is in the group, and who moderates it. */
export interface Roster {
  /** Undefined: the input said who is in it. */
  from: GroupConnection | undefined;
  members: string[];
  moderators: string[];
}

export async function rosterOf(
  input: RegisterInput,
  context: ActionContext,
  plane: ControlPlaneConnection,
): Promise<Roster> {
  const { generation } = plane.plane;
  if (input.members !== undefined && input.from !== undefined)
    throw badInput('from', 'either from or members: who is in it comes from one of them.');
  const from = input.members === undefined ? await sourceOf(input, context) : undefined;
  const own = from === undefined ? '' : moderatorName(from);
  const listed = from === undefined ? (input.members ?? []) : await membersOf(from, input.channel);
  const moderators =
    input.moderators?.map((one, index) => planeModerator(generation, `moderators[${index}]`, one)) ??
    (await ownModerator(plane, own));
  const apart = new Set([own, ...moderators.map(appOf)]);
  const members = [...new Set(listed)]
    .map((member, index) => planeMember(generation, `members[${index}]`, member))
    .filter((member) => !apart.has(appOf(member)))
    .toSorted();
  return { from, members, moderators: [...new Set(moderators)] };
}

async function sourceOf(input: RegisterInput, context: ActionContext): Promise<GroupConnection> {
  const running = groupConnections(context).filter(({ kind }) => kind !== 'slim-control-plane');
  const names = running.map(({ link }) => link.name).join(', ') || 'none';
  if (input.from !== undefined) {
    const from = running.find(({ link }) => link.name === input.from);
    if (!from)
      throw badInput('from', `a session of ours or a channel manager is meant; there are: ${names}.`);
    await channelOf(from, input.channel);
    return from;
  }
  const holders: GroupConnection[] = [];
  for (const one of running.filter(({ link }) => link.up))
    if ((await channelsOf(one)).some((held) => held.name === input.channel)) holders.push(one);
  const [from] = holders;
  if (!from)
    throw badInput(
      'from',
      `nothing here runs the channel ${input.channel} (asked: ${names}). Give members and moderators.`,
    );
  if (holders.length > 1)
    throw badInput(
      'from',
      `several run it; name one of: ${holders.map(({ link }) => link.name).join(', ')}.`,
    );
  return from;
}

/** From 0.6 on with the number of its instance, as its node announces it. */
async function ownModerator(plane: ControlPlaneConnection, own: string): Promise<string[]> {
  if (own === '') throw badInput('moderators', 'say who moderates it: nothing here knows.');
  if (plane.plane.generation === 'a') return [own];
  const instances = [...new Set((await announced(plane, new Set([own]))).map(({ instance }) => instance))];
  const numbered = instances.filter((instance) => instance !== '');
  const [instance] = numbered;
  if (instance === undefined)
    throw badInput(
      'moderators',
      `say who moderates it, as organization/namespace/app/id: no node of ${plane.link.name} announces an instance of ${own}.`,
    );
  if (numbered.length > 1)
    throw badInput(
      'moderators',
      `say which instance moderates it: ${numbered.map((one) => `${own}/${one}`).join(', ')}.`,
    );
  return [`${own}/${instance}`];
}
