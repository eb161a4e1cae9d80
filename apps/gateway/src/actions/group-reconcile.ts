import { ConnectError, Code } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome, Severity } from '@muster/api';
import type { EquivalentCommand, ItemResult, Warning } from '@muster/api';
import { differences, membersOf } from '../groups/compare.ts';
import type { Difference } from '../groups/compare.ts';
import { appOf, groupName, readGroup } from '../groups/sides.ts';
import type { Group, Side } from '../groups/sides.ts';
import { addParticipantCommand, deleteParticipantCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { noTool } from './channel-create.ts';
import { passageFor } from './channel-owner.ts';
import { invite, removeMember } from './group-run.ts';
import { newName } from './group-target.ts';
import { placeOf } from './plane-channel.ts';
import { planeFailed } from './plane-run.ts';
import { change, count, done, fieldChange, skipped } from './results.ts';

interface Given {
  connection: string;
  channel: string;
  add?: string[];
  remove?: string[];
}

interface Input {
  connection?: string;
  channel: string;
  source?: Side['kind'];
  source_connection?: string;
  changes?: Given[];
}

const text = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const names = { type: 'array', maxItems: 1000, items: text } as const;

/** Brings session, channel manager and control plane together: each gets the members that one of them has. */
export const groupReconcile: Action<Input> = {
  name: 'group.reconcile',
  title: 'Reconcile a group',
  role: 'moderator',
  inverse: 'group.reconcile',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel'],
    properties: {
      connection: { type: 'string', maxLength: 63, description: 'Any of those that have it.' },
      channel: { ...text, description: 'As that connection calls it.' },
      source: {
        type: 'string',
        enum: ['session', 'channel-manager', 'control-plane'],
        description: 'Whose members are right; the others get the same.',
      },
      source_connection: {
        type: 'string',
        maxLength: 63,
        description: 'Where several of that kind have it.',
      },
      changes: {
        type: 'array',
        maxItems: 16,
        description: 'In the place of a source: who is added and removed where. An undo is written so.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['connection', 'channel'],
          properties: {
            connection: { type: 'string', minLength: 1, maxLength: 63 },
            channel: text,
            add: names,
            remove: names,
          },
        },
      },
    },
  },

  async plan(input, context) {
    const group = groupName(context, input.connection ?? '', input.channel);
    const read = () => readGroup(context, group);
    const now = await read();
    const { sides, unasked } = now;
    if (sides.length === 0)
      throw new ConnectError(
        `channel: nothing here has a channel ${group}.${unasked.map(({ connection, reason }) => ` ${connection} could not be asked: ${reason}`).join('')}`,
        Code.NotFound,
      );
    const source = input.changes ? undefined : sourceOf(input, now);
    const wanted = source ? differences(source, sides) : given(input.changes ?? [], sides);
    if (wanted.length === 0) throw nothingToDo(source, sides, group);
    const others = [...new Set(wanted.map(({ side }) => side))];
    const progress: Progress = { finished: new Set(), uncertain: new Set() };
    return {
      title: source
        ? `Make ${listed(others)} like ${source.connection.link.name}`
        : `Change members of ${group}`,
      // The session or manager that is changed first; every change names its own.
      target: { connection: others[0]?.connection.link.name ?? '', trustDomain: '', fingerprints: [] },
      changes: wanted.map(({ side, verb, named }) =>
        change(verb, 'member', named, side.connection.link.name, [
          verb === 'invite'
            ? fieldChange('Channel', '', side.channel)
            : fieldChange('Channel', side.channel, ''),
        ]),
      ),
      effects: others.map((side) => effectOf(side, wanted)),
      warnings: [...warningsOf(source, sides, wanted), ...unasked.map(unaskedWarning)],
      commands: commandsOf(context, wanted),
      destructive: wanted.some(({ verb }) => verb === 'remove'),
      resumable: true,
      before: sides.map((side) => [keyOf(side), side.members ? [...side.members.keys()].toSorted() : null]),
      check: async () => whatChanged(sides, (await read()).sides, wanted, source),
      apply: () => carryOut(context, wanted, progress, read),
      inverseInput: () => undo(group, wanted, progress),
    };
  },
};

const keyOf = ({ connection, channel }: Side): string => `${connection.link.name} ${channel}`;
const listed = (sides: readonly Side[]): string =>
  sides.map(({ connection }) => connection.link.name).join(', ');

function sourceOf(input: Input, { name: group, sides, unasked }: Group): Side {
  if (input.source === undefined)
    throw badInput('source', `say whose members are right; ${group} is known to: ${listed(sides)}.`);
  const fit = sides.filter(
    ({ kind, connection }) =>
      kind === input.source &&
      (input.source_connection === undefined || connection.link.name === input.source_connection),
  );
  const [source] = fit;
  if (!source) throw badInput('source', `no such side has ${group}; it is known to: ${listed(sides)}.`);
  if (fit.length > 1) throw badInput('source_connection', `name one of: ${listed(fit)}.`);
  if (!source.members)
    throw new ConnectError(
      `source: ${source.connection.link.name} cannot be read. ${source.unread}`,
      Code.FailedPrecondition,
    );
  if (sides.length === 1)
    throw new ConnectError(
      unasked.length === 0
        ? `channel: only ${source.connection.link.name} has ${group}. With a control plane up to 1.4 it can be registered.`
        : `channel: only ${source.connection.link.name} is known to have ${group}. ${unasked.map(({ connection, reason }) => `Whether ${connection} has it is not known: ${reason}`).join(' ')}`,
      Code.FailedPrecondition,
    );
  return source;
}

function nothingToDo(source: Side | undefined, sides: readonly Side[], group: string): ConnectError {
  const held = sides.find((side) => side !== source && (side.locked !== '' || !side.members));
  const words = held
    ? `${held.connection.link.name} is left as it is: ${held.locked || held.unread}`
    : 'All have the same members.';
  return new ConnectError(
    `channel: there is nothing to bring together in ${group}. ${words}`,
    Code.FailedPrecondition,
  );
}

/** The changes an input names, without those that are so already. */
function given(changes: readonly Given[], sides: readonly Side[]): Difference[] {
  return changes.flatMap(({ connection, channel, add = [], remove = [] }, index) => {
    const side = sides.find((one) => one.connection.link.name === connection && one.channel === channel);
    if (!side) throw badInput(`changes[${index}]`, `${connection} has no channel ${channel} of this group.`);
    const refused = side.locked || side.unread;
    if (refused !== '') throw badInput(`changes[${index}]`, `${connection}: ${refused}`);
    const members = side.members ?? new Map<string, readonly string[]>();
    for (const [place, named] of add.entries())
      // A control plane up to 1.4 is told its own words.
      if (side.runs) newName(`changes[${index}].add[${place}]`, named);
    for (const [place, named] of remove.entries())
      if (side.runs && side.moderators.includes(appOf(named)))
        throw badInput(
          `changes[${index}].remove[${place}]`,
          `${named} moderates ${channel} on ${connection}, and is not taken out of it.`,
        );
    const to = (verb: Difference['verb'], list: readonly string[]): Difference[] =>
      [...new Set(list)]
        .filter((named) => has(members, named) === (verb === 'remove'))
        .map((named) => ({ side, verb, member: named, named }));
    return [...to('invite', add), ...to('remove', remove)];
  });
}

/** By org/ns/app, or as that side calls it. */
function has(members: NonNullable<Side['members']>, named: string): boolean {
  return members.has(named) || [...members.values()].some((all) => all.includes(named));
}

function effectOf(side: Side, wanted: readonly Difference[]): string {
  const own = wanted.filter((one) => one.side === side);
  const added = own.filter(({ verb }) => verb === 'invite').length;
  const removed = own.length - added;
  const parts = [
    added === 0 ? '' : `${count(added, 'member is', 'members are')} added`,
    removed === 0 ? '' : `${count(removed, 'is', 'are')} removed`,
  ].filter(Boolean);
  const how =
    side.kind === 'control-plane'
      ? ''
      : added > 0
        ? ' Who is added is asked to join now, and must be running.'
        : ' Who is removed is told, and reads nothing sent from then on.';
  return `On ${side.connection.link.name} ${parts.join(' and ')}.${how}`;
}

function warningsOf(
  source: Side | undefined,
  sides: readonly Side[],
  wanted: readonly Difference[],
): Warning[] {
  const told: Warning[] = [];
  if (source && membersOf(source, sides).length === 0 && wanted.length > 0)
    told.push(
      warn(
        'empties',
        `${source.connection.link.name} has nobody in this group: everybody is removed everywhere else.${source.kind === 'channel-manager' ? ' A channel manager lists nobody before the first has joined.' : ''}`,
        Severity.DANGER,
      ),
    );
  for (const side of sides) {
    const reason = side.locked || side.unread;
    if (side !== source && reason !== '')
      told.push(warn('left-alone', `${side.connection.link.name} is left as it is: ${reason}`));
  }
  const managed = wanted.filter(
    ({ side, verb, member }) =>
      side.kind === 'channel-manager' && verb === 'remove' && (side.members?.get(member)?.length ?? 0) > 1,
  );
  for (const { side, member } of managed)
    told.push(
      warn(
        'one-of-several',
        `${member} is in ${side.channel} more than once: ${side.connection.link.name} chooses which is removed.`,
      ),
    );
  return told;
}

const unaskedWarning = ({ connection, reason }: { connection: string; reason: string }): Warning =>
  warn('side-unasked', `${connection} is left out: whether it has this group is not known. ${reason}`);

function commandsOf(context: ActionContext, wanted: readonly Difference[]): EquivalentCommand[] {
  const commands = wanted.slice(0, 3).map(({ side, verb, named }) => {
    const { connection, channel } = side;
    if (connection.kind === 'slim-node') return noCommand(noTool);
    if (connection.kind === 'channel-manager') {
      const { signed } = passageFor(context, connection, {
        channel: { name: channel, owner: side.owner },
        member: named,
        action: verb === 'invite' ? 'add' : 'delete',
      });
      const said = verb === 'invite' ? addParticipantCommand : deleteParticipantCommand;
      return said(connection.config, channel, named, signed);
    }
    const words = ['participant', verb === 'invite' ? 'add' : 'delete', named, '--channel-id', channel];
    return placeOf(connection).command(...words);
  });
  // The same sentence once.
  return commands.filter(
    (one, index) => commands.findIndex(({ line, note }) => line === one.line && note === one.note) === index,
  );
}

/** Empty while every side is as it was planned, or on the way from there to what is wanted. */
function whatChanged(
  planned: readonly Side[],
  now: readonly Side[],
  wanted: readonly Difference[],
  source: Side | undefined,
): string {
  for (const side of planned) {
    const { link } = side.connection;
    const found = now.find((one) => keyOf(one) === keyOf(side));
    if (!found) return `${link.name} does not have ${side.channel} any more`;
    if (!side.members) continue;
    if (!found.members) return `${link.name} cannot be read now`;
    const was = new Set(side.members.keys());
    const is = new Set(found.members.keys());
    const moved = [...was, ...is].filter((member) => was.has(member) !== is.has(member));
    const ours = new Set(wanted.filter((one) => one.side === side).map(({ member }) => member));
    // Whoever moderates a channel is listed once somebody has joined.
    const own = new Set(side.moderators);
    if (moved.some((member) => !ours.has(member) && !own.has(member)))
      return side === source
        ? `the members of ${link.name}, which the others were to get, changed`
        : `the members of ${link.name} changed`;
  }
  return '';
}

/** What the runs of one plan came to. */
interface Progress {
  /** Done by us: what an undo takes back. */
  finished: Set<Difference>;
  /** Their call broke. */
  uncertain: Set<Difference>;
}

async function* carryOut(
  context: ActionContext,
  wanted: readonly Difference[],
  { finished, uncertain }: Progress,
  read: () => Promise<Group>,
): AsyncGenerator<ItemResult> {
  /** Sides that broke: what comes after may rest on what nobody knows. */
  const lost = new Set<Side>();
  const { sides } = await read();
  const isSo = ({ side, verb, named }: Difference): boolean => {
    const members = sides.find((one) => keyOf(one) === keyOf(side))?.members;
    return members !== undefined && has(members, named) === (verb === 'invite');
  };
  for (const one of wanted) {
    const { side, verb, named } = one;
    if (isSo(one)) {
      // A call that broke had its effect after all.
      if (uncertain.delete(one)) finished.add(one);
      yield { ...done(named), reason: 'Done before.' };
      continue;
    }
    if (lost.has(side)) {
      yield skipped(named);
      continue;
    }
    try {
      await (verb === 'invite'
        ? invite(side.connection, side.channel, named)
        : removeMember(side.connection, side.channel, named));
      finished.add(one);
      uncertain.delete(one);
      yield done(named);
    } catch (error) {
      const item = planeFailed(named, error);
      if (item.outcome === ItemOutcome.UNKNOWN) {
        lost.add(side);
        uncertain.add(one);
      }
      yield item;
    } finally {
      context.onChannels(side.connection.link.name);
    }
  }
}

function undo(group: string, wanted: readonly Difference[], { finished }: Progress): JsonObject | undefined {
  const sides = new Map<Side, { add: string[]; remove: string[] }>();
  for (const one of wanted.filter((each) => finished.has(each))) {
    const back = sides.get(one.side) ?? { add: [], remove: [] };
    sides.set(one.side, back);
    if (one.verb === 'invite') back.remove.push(one.named);
    else back.add.push(one.named);
  }
  if (sides.size === 0) return undefined;
  const changes = [...sides].map(([{ connection, channel }, { add, remove }]) => ({
    connection: connection.link.name,
    channel,
    ...(add.length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  }));
  return { channel: group, changes };
}
