import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { appOf } from '../groups/sides.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { planeChannelCommand } from '../upstream/control-plane/channel-commands.ts';
import type { Generation } from '../upstream/control-plane/port.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext, Planned } from './action.ts';
import { channelGone, channelOf, mayChange, membersOf, targetOf } from './group-target.ts';
import { announced, planeMember, planeModerator } from './plane-names.ts';
import { planeFailed } from './plane-run.ts';
import { change, count, done, fieldChange, skipped } from './results.ts';

/** What a change of a channel comes to at a control plane, by its generation. */
export function reach(generation: Generation): string {
  return generation === 'a'
    ? 'It is a row in the control plane’s memory: nothing of it reaches a node, no member is told, and a restart of the control plane forgets it.'
    : 'The control plane passes it on to the node of the moderator and waits for its answer.';
}

/** Where a channel of a control plane is, and how its commands are said. */
export function placeOf({ link, config, plane }: ControlPlaneConnection) {
  const { generation } = plane;
  const at = { address: config.address, generation };
  return {
    name: link.name,
    generation,
    command: (...words: string[]) => planeChannelCommand(at, words),
    /** Another that took its place may be of another generation. */
    changed: async (now: ControlPlaneConnection) =>
      (await now.speaks(generation)) ? '' : 'another control plane took its place',
  };
}

export interface PlaneChannelInput {
  moderators?: string[];
  members?: string[];
}

/** Inputs of channel.create that mean something to a control plane. */
const taken = new Set(['connection', 'moderators', 'members']);

/** channel.create on a control plane up to 1.4: it makes the name, and needs moderators. */
export async function planPlaneCreate(
  input: PlaneChannelInput & object,
  context: ActionContext,
  connection: ControlPlaneConnection,
): Promise<Planned> {
  mayChange(connection, 'channels.write');
  const { name, generation, command, changed } = placeOf(connection);
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined || taken.has(field)) continue;
    throw badInput(
      field,
      field === 'name'
        ? 'this control plane makes the name itself. Leave it out.'
        : 'a control plane of this generation takes moderators and members only.',
    );
  }
  const moderators = [
    ...new Set(
      (input.moderators ?? []).map((one, index) => planeModerator(generation, `moderators[${index}]`, one)),
    ),
  ];
  if (moderators.length === 0)
    throw badInput('moderators', 'at least one is needed: the name is made of it.');
  const members = [
    ...new Set((input.members ?? []).map((one, index) => planeMember(generation, `members[${index}]`, one))),
  ];
  const target = `channel of ${moderators[0] ?? ''}`;
  const join = moderators.join(',');
  return {
    title: `Create channel${members.length === 0 ? '' : ` with ${count(members.length, 'member', 'members')}`}`,
    target: targetOf(connection),
    changes: [
      change('create', 'channel', target, name, [fieldChange('Moderators', '', moderators.join(', '))]),
      ...members.map((member) =>
        change('invite', 'member', member, name, [fieldChange('Channel', '', target)]),
      ),
    ],
    effects: [
      generation === 'a'
        ? `The control plane makes its name: ${moderators[0] ?? ''}, and 18 characters by chance.`
        : 'The control plane makes its name: organization and namespace of the moderator, and characters by chance.',
      reach(generation),
    ],
    warnings: await moderatorWarnings(connection, moderators),
    commands: [
      command('channel', 'create', `moderators=${join}`),
      ...members.slice(0, 3).map((member) => command('participant', 'add', member, '--channel-id', 'NAME')),
    ],
    destructive: false,
    before: generation,
    check: () => changed(connection),
    apply: () => createIt(context, connection, { target, moderators, members }),
    inverseInput: ([first]) =>
      first?.outcome === ItemOutcome.DONE ? { connection: name, name: first.id } : undefined,
  };
}

/** From 0.6 on it looks for the node of the first moderator. */
export async function moderatorWarnings(
  connection: ControlPlaneConnection,
  [moderator = '']: readonly string[],
): Promise<Warning[]> {
  if (connection.plane.generation === 'a') return [];
  const app = appOf(moderator);
  const there = await announced(connection, new Set([app])).catch(() => []);
  if (there.some(({ instance }) => `${app}/${instance}` === moderator)) return [];
  const others = there.filter(({ instance }) => instance !== '').map(({ instance }) => `${app}/${instance}`);
  return [
    warn(
      'moderator-unseen',
      `No node announces ${moderator} now, and without one the control plane refuses.${others.length === 0 ? '' : ` There are: ${others.slice(0, 5).join(', ')}.`}`,
    ),
  ];
}

async function* createIt(
  context: ActionContext,
  connection: ControlPlaneConnection,
  { target, moderators, members }: { target: string; moderators: string[]; members: readonly string[] },
): AsyncGenerator<ItemResult> {
  const plane = connection.link.name;
  let channel: string;
  try {
    channel = await connection.plane.createChannel(moderators);
    context.groups.add({ plane, channel, moderators, group: '' });
    yield { ...done(target, channel), reason: `Its name is ${channel}.` };
  } catch (error) {
    yield planeFailed(target, error);
    for (const member of members) yield skipped(member);
    return;
  } finally {
    context.onChannels(plane);
  }
  for (const member of members) {
    try {
      await connection.plane.addParticipant(channel, member, moderators);
      yield done(member);
    } catch (error) {
      yield planeFailed(member, error);
    }
    context.onChannels(plane);
  }
}

/** channel.delete on a control plane up to 1.4. */
export async function planPlaneDelete(
  channelName: string,
  context: ActionContext,
  connection: ControlPlaneConnection,
): Promise<Planned> {
  mayChange(connection, 'channels.write');
  const { name, generation, command, changed } = placeOf(connection);
  const channel = await channelOf(connection, channelName);
  const members = (await membersOf(connection, channel.name)).toSorted();
  const booked = context.groups.get(name, channel.name);
  const moderators = booked?.moderators ?? [];
  return {
    title: 'Delete channel',
    target: targetOf(connection),
    changes: [
      change('delete', 'channel', channel.name, name, [
        ...(moderators.length === 0 ? [] : [fieldChange('Moderators', moderators.join(', '), '')]),
        ...(members.length === 0 ? [] : [fieldChange('Members', members.join(', '), '')]),
      ]),
    ],
    effects: [
      reach(generation),
      ...(booked && booked.group !== ''
        ? [`The group ${booked.group} is not registered here any more.`]
        : []),
    ],
    warnings: [
      warn(
        'name-made-anew',
        moderators.length === 0
          ? 'It cannot be undone: who moderates it was told to nobody but the control plane.'
          : 'Made again it gets another name: the control plane makes it.',
        Severity.INFO,
      ),
    ],
    commands: [command('channel', 'delete', channel.name)],
    destructive: true,
    before: { channel: channel.name, members },
    check: async () => {
      const gone = (await changed(connection)) || (await channelGone(connection, channel.name));
      if (gone !== '') return gone;
      const now = (await membersOf(connection, channel.name)).toSorted();
      return now.join() === members.join() ? '' : 'its members are others now';
    },
    apply: async function* () {
      try {
        await connection.plane.deleteChannel(channel.name, moderators);
        context.groups.remove(name, channel.name);
        yield done(channel.name);
      } catch (error) {
        yield planeFailed(channel.name, error);
      } finally {
        context.onChannels(name);
      }
    },
    inverseInput: ([first]) =>
      first?.outcome === ItemOutcome.DONE && moderators.length > 0
        ? { connection: name, moderators, ...(members.length === 0 ? {} : { members }) }
        : undefined,
  };
}

/** member.invite and member.remove on a control plane up to 1.4. */
export async function planPlaneMember(
  verb: 'invite' | 'remove',
  input: { channel: string; member?: string; members?: readonly string[] },
  context: ActionContext,
  connection: ControlPlaneConnection,
): Promise<Planned> {
  mayChange(connection, 'channels.write');
  const { name, generation, command, changed } = placeOf(connection);
  const channel = (await channelOf(connection, input.channel)).name;
  const invites = verb === 'invite';
  const asked = input.members ?? [input.member ?? ''];
  const field = (index: number): string => (input.members ? `members[${index}]` : 'member');
  const named = asked.map((one, index) => (invites ? planeMember(generation, field(index), one) : one));
  const there = async () => new Set(await membersOf(connection, channel));
  const before = await there();
  const members = [...new Set(named)].filter((member) => before.has(member) !== invites);
  if (members.length === 0)
    throw invites
      ? new ConnectError(`member: ${named.join(', ')} is in ${channel} already.`, Code.AlreadyExists)
      : new ConnectError(`member: ${named.join(', ')} is not in ${channel}.`, Code.NotFound);
  const moderators = context.groups.get(name, channel)?.moderators ?? [];
  const one = members.length === 1;
  return {
    title: `${invites ? 'Invite' : 'Remove'} ${one ? 'member' : count(members.length, 'member', 'members')}`,
    target: targetOf(connection),
    changes: members.map((member) =>
      change(verb, 'member', member, name, [
        invites ? fieldChange('Channel', '', channel) : fieldChange('Channel', channel, ''),
      ]),
    ),
    effects: [
      reach(generation),
      ...(invites && generation === 'a' ? ['It is not checked that there is such an application.'] : []),
    ],
    warnings: [],
    commands: members
      .slice(0, 20)
      .map((member) => command('participant', invites ? 'add' : 'delete', member, '--channel-id', channel)),
    destructive: !invites,
    before: { channel, members },
    check: async () => {
      const gone = (await changed(connection)) || (await channelGone(connection, channel));
      if (gone !== '') return gone;
      const now = await there();
      const moved = members.find((member) => now.has(member) === invites);
      return moved === undefined ? '' : `${moved} has ${invites ? 'joined' : 'left'}`;
    },
    apply: () => changeMembers(context, connection, { verb, channel, members, moderators }),
    // Several are taken back at once by the action that names them all.
    ...(one ? {} : { inverse: 'group.reconcile' }),
    inverseInput: (results): JsonObject | undefined => {
      const changedHere = results.flatMap(({ target, outcome }) =>
        outcome === ItemOutcome.DONE ? [target] : [],
      );
      const [first] = changedHere;
      if (first === undefined) return undefined;
      if (one) return { connection: name, channel, member: first };
      const back: JsonObject = { connection: name, channel, [invites ? 'remove' : 'add']: changedHere };
      return { connection: name, channel, changes: [back] };
    },
  };
}

interface MemberChange {
  verb: 'invite' | 'remove';
  channel: string;
  members: readonly string[];
  moderators: string[];
}

async function* changeMembers(
  context: ActionContext,
  { plane, link }: ControlPlaneConnection,
  { verb, channel, members, moderators }: MemberChange,
): AsyncGenerator<ItemResult> {
  let lost = false;
  for (const member of members) {
    if (lost) {
      yield skipped(member);
      continue;
    }
    try {
      await (verb === 'invite'
        ? plane.addParticipant(channel, member, moderators)
        : plane.deleteParticipant(channel, member, moderators));
      yield done(member);
    } catch (error) {
      const item = planeFailed(member, error);
      lost = item.outcome === ItemOutcome.UNKNOWN;
      yield item;
    } finally {
      context.onChannels(link.name);
    }
  }
}
