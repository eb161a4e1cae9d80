import { Code, ConnectError } from '@connectrpc/connect';
import type { Warning } from '@muster/api';
import { lookAlikes } from '../members/look-alike.ts';
import { addParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext, Planned } from './action.ts';
import { passageFor } from './channel-owner.ts';
import { invite } from './group-run.ts';
import {
  channelChanged,
  channelOf,
  groupConnection,
  mayChange,
  membersOf,
  newName,
  targetOf,
} from './group-target.ts';
import type { GroupConnection } from './group-target.ts';
import { manyCommands, oneByOne, undoInput } from './members-many.ts';
import type { ManyInput } from './members-many.ts';
import { planPlaneMember } from './plane-channel.ts';
import { change, count, fieldChange } from './results.ts';

/**
 * Invites one after the other: MLS lets a group take in one at a time, and SLIM keeps the rest waiting. Measured on a
 * 3.4.6 node, ten at once take as long as ten in turn, and one that is absent holds up all behind it either way.
 */
export async function planInvitations(input: ManyInput, context: ActionContext): Promise<Planned> {
  const connection = await groupConnection(context, input.connection, input.channel);
  if (connection.kind === 'slim-control-plane') return planPlaneMember('invite', input, context, connection);
  const channel = await channelOf(connection, input.channel);
  mayChange(connection, 'members.write');
  const wanted = [...new Set(input.members.map((member, index) => newName(`members[${index}]`, member)))];
  const present = await presentIn(connection, channel.name);
  const missing = wanted.filter((member) => !present.includes(member));
  const [first] = missing;
  if (first === undefined)
    throw new ConnectError(
      `members: ${count(wanted.length, 'is', 'are all')} in ${channel.name} already.`,
      Code.AlreadyExists,
    );
  if (input.grant !== undefined && missing.length > 1)
    throw badInput('grant', 'a grant is for one member. Invite each with its own.');
  const { grant } = input;
  const passage = passageFor(context, connection, { channel, member: first, action: 'add', grant });
  return {
    title: `Invite ${count(missing.length, 'member', 'members')}`,
    target: targetOf(connection),
    changes: missing.map((member) =>
      change('invite', 'member', member, connection.link.name, [fieldChange('Channel', '', channel.name)]),
    ),
    resumable: true,
    effects: [
      'They are asked to join one after the other, and read what is sent from then on. One that is not running cannot join; the others do.',
      'Interrupted, it can be applied again: whoever is in by then is left alone.',
      ...passage.effects,
    ],
    warnings: [
      ...passage.warnings,
      ...(missing.length < wanted.length
        ? [
            warn(
              'present',
              `${count(wanted.length - missing.length, 'is', 'are')} in already and left alone.`,
            ),
          ]
        : []),
      ...lookAlikes(missing),
      ...(await sameIdentity(context, present, missing)),
    ],
    commands: manyCommands(connection, missing, (config, member) =>
      addParticipantCommand(config, channel.name, member, passage.signed),
    ),
    destructive: false,
    before: { channel: channel.name, owner: channel.owner, missing },
    check: () => channelChanged(connection, channel),
    apply: () =>
      oneByOne(context, connection, missing, {
        settled: async (member) =>
          (await presentIn(connection, channel.name)).includes(member) ? 'It is in the channel already.' : '',
        send: (member) => invite(connection, channel.name, member, passage.grant),
      }),
    inverseInput: (results) => undoInput(connection, channel.name, results),
  };
}

/** Who need not be invited. An Offline member is invited again in its place: only a node tells who is. */
export async function presentIn(connection: GroupConnection, channel: string): Promise<string[]> {
  if (connection.kind !== 'slim-node') return membersOf(connection, channel);
  return connection.moderator
    .members(channel)
    .filter(({ status }) => status !== 'offline')
    .map(({ name }) => name);
}

/**
 * SLIM derives an instance from its identity: of two names with one SPIFFE ID the second cannot join, and SLIM says no
 * more than that nothing matched. Known only as far as the rules of the configuration join names and identities.
 */
export async function sameIdentity(
  context: ActionContext,
  present: readonly string[],
  invited: readonly string[],
): Promise<Warning[]> {
  const identities = await context.identities.of([...present, ...invited]);
  const holders = new Map<string, string>();
  const idOf = (name: string): string => identities.get(name)?.spiffeId ?? '';
  for (const name of present) if (idOf(name) !== '') holders.set(idOf(name), name);
  return invited.flatMap((name) => {
    const id = idOf(name);
    if (id === '') return [];
    const holder = holders.get(id);
    if (holder === undefined) holders.set(id, name);
    if (holder === undefined || holder === name) return [];
    return [
      warn(
        'same-identity',
        `${name} has the same SPIFFE ID as ${holder} (${id}), and so the same instance in SLIM: the invitation will fail while ${holder} is in the channel.`,
      ),
    ];
  });
}
