import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  CompareGroupResponseSchema,
  GroupRegistrationSchema,
  GroupRowSchema,
  GroupSideKind,
  GroupSideSchema,
  GroupStanding,
} from '@muster/api';
import type { CompareGroupRequest, CompareGroupResponse, GroupSide, Warning } from '@muster/api';
import { compare, differences, membersOf } from '../groups/compare.ts';
import { notNeeded, twoModerators } from '../groups/needs.ts';
import { groupName, readGroup } from '../groups/sides.ts';
import type { Side } from '../groups/sides.ts';
import { bounded, pageOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';

const kinds = {
  session: GroupSideKind.SESSION,
  'channel-manager': GroupSideKind.CHANNEL_MANAGER,
  'control-plane': GroupSideKind.CONTROL_PLANE,
} as const;
const standings = {
  present: GroupStanding.PRESENT,
  absent: GroupStanding.ABSENT,
  unknown: GroupStanding.UNKNOWN,
} as const;

/** A group as everything that knows it has it, read now. */
export async function compareGroup(
  context: ViewContext,
  { connection, channel, differingOnly, search, page }: CompareGroupRequest,
): Promise<CompareGroupResponse> {
  bounded('connection', connection, 255);
  bounded('channel', channel, 1024);
  bounded('search', search, 1024);
  const name = groupName(context, connection, channel);
  const group = await readGroup(context, name);
  const { sides, unasked } = group;
  if (sides.length === 0)
    throw new ConnectError(
      `channel: nothing here has a channel of this name.${unasked.map((one) => ` ${one.connection}: ${one.reason}`).join('')}`,
      Code.NotFound,
    );
  const all = compare(sides);
  const wanted = search.toLowerCase();
  const fit = all.filter(
    (row) =>
      (!differingOnly || row.differs) &&
      (row.member.toLowerCase().includes(wanted) || row.instances.some((one) => one.includes(wanted))),
  );
  const { offset, limit } = pageOf(page ?? { offset: 0n, limit: 1000 });
  return create(CompareGroupResponseSchema, {
    group: name,
    sides: sides.map((side) => toSide(side, sides)),
    rows: fit
      .slice(offset, offset + limit)
      .map((row) =>
        create(GroupRowSchema, { ...row, standings: row.standings.map((one) => standings[one]) }),
      ),
    total: BigInt(fit.length),
    differing: BigInt(all.filter(({ differs }) => differs).length),
    registrations: registrations(context, name, sides),
    warnings: warningsOf(sides, unasked),
  });
}

function toSide(side: Side, sides: readonly Side[]): GroupSide {
  const changes = side.members ? differences(side, sides) : [];
  return create(GroupSideSchema, {
    kind: kinds[side.kind],
    connection: side.connection.link.name,
    channel: side.channel,
    unreadReason: side.unread,
    lockedReason: side.locked,
    moderators: [...side.moderators],
    members: side.members ? membersOf(side, sides).length : 0,
    adds: changes.filter(({ verb }) => verb === 'invite').length,
    removes: changes.filter(({ verb }) => verb === 'remove').length,
    noSourceReason: noSource(side, sides, changes.length),
  });
}

function noSource(side: Side, sides: readonly Side[], changes: number): string {
  if (!side.members) return side.unread;
  const others = sides.filter((one) => one !== side);
  if (others.length === 0) return 'Nothing else has this group.';
  if (changes > 0) return '';
  const locked = others.find((one) => one.locked !== '' && one.members);
  const agrees = compare(sides).every(({ differs }) => !differs);
  if (agrees || !locked) return 'The others have the same members.';
  return `${locked.connection.link.name}: ${locked.locked}`;
}

function registrations(context: ViewContext, name: string, sides: readonly Side[]) {
  return context.connections.planes.map((plane) => {
    const connection = plane.link.name;
    const there = sides.find((side) => side.connection === plane);
    return create(GroupRegistrationSchema, {
      connection,
      reason: there
        ? `It is registered there as ${there.channel}.`
        : plane.holdsChannels
          ? plane.link.lacks('channels.write')
          : plane.link.up
            ? notNeeded
            : plane.link.lacks('channels.write'),
    });
  });
}

function warningsOf(
  sides: readonly Side[],
  unasked: readonly { connection: string; reason: string }[],
): Warning[] {
  const told = unasked.map(({ connection, reason }) =>
    warn('side-unasked', `Whether ${connection} has this group is not known. ${reason}`),
  );
  const unnamed = sides.filter(
    (side) =>
      side.kind === 'channel-manager' && side.moderators.length === 0 && (side.members?.size ?? 0) > 0,
  );
  for (const { connection } of unnamed)
    told.push(
      warn(
        'manager-unnamed',
        `${connection.link.name} is a member of its own channels, and it is not known under which name: set audience to its local-name, or it looks like a member that others lack.`,
      ),
    );
  const twice = sides.filter(({ runs }) => runs);
  if (twice.length > 1)
    told.push(
      warn(
        'moderated-twice',
        `${twice.map(({ connection }) => connection.link.name).join(' and ')} each moderate a channel of this name: two groups with two sets of keys. ${twoModerators}`,
      ),
    );
  return told;
}
