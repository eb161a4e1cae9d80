import { parseSlimName } from '@muster/domain';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import type { OwnerKeys } from '../owner-keys/port.ts';
import type { Connections } from '../upstream/connections.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import type { GroupBook } from './book.ts';
import { twoModerators } from './needs.ts';

export type SideKind = 'session' | 'channel-manager' | 'control-plane';
export type SideConnection = SlimNodeConnection | ChannelManagerConnection | ControlPlaneConnection;

/** One list of a group's members: whose it is, and what is on it. */
export interface Side {
  kind: SideKind;
  connection: SideConnection;
  /** The name it has there. */
  channel: string;
  /** did:key of its owner; empty: it has none. */
  owner: string;
  /** org/ns/app of whoever moderates it there, as far as it is known. */
  moderators: readonly string[];
  /** It runs the group there; else it takes part, or keeps a list. */
  runs: boolean;
  /** By org/ns/app, with what that side calls it; undefined: it could not be read. */
  members: ReadonlyMap<string, readonly string[]> | undefined;
  /** Why it could not be read. */
  unread: string;
  /** Why its members cannot be changed from here. */
  locked: string;
}

export interface GroupSources {
  connections: Connections;
  groups: GroupBook;
  ownerKeys: OwnerKeys;
}

/** The group, and everything here that knows it; sessions first, then channel managers, then control planes. */
export interface Group {
  /** What sessions and channel managers call it; of control planes alone, what they do. */
  name: string;
  sides: Side[];
  /** Connections that could not be asked whether they have it. */
  unasked: { connection: string; reason: string }[];
}

/** What a connection calls the group. */
export function groupName(
  { connections, groups }: GroupSources,
  connection: string,
  channel: string,
): string {
  const plane = connections.planes.some(({ link }) => link.name === connection);
  const booked = plane ? groups.get(connection, channel)?.group : undefined;
  return booked === undefined || booked === '' ? channel : booked;
}

/** Asks every connection that can have channels for a group, all at once. */
export async function readGroup(sources: GroupSources, name: string): Promise<Group> {
  const { connections } = sources;
  const unasked: Group['unasked'] = [];
  const asked = async (connection: SideConnection, ask: () => Promise<Side[]>): Promise<Side[]> => {
    try {
      return await ask();
    } catch (error) {
      unasked.push({ connection: connection.link.name, reason: sentence(error) });
      return [];
    }
  };
  const lists = await Promise.all([
    ...connections.nodes
      .filter(({ ownName }) => ownName !== '')
      .map((node) => asked(node, async () => sessionSide(node, name))),
    ...connections.managers.map((manager) =>
      asked(manager, () => managerSide(manager, name, sources.ownerKeys)),
    ),
    ...connections.planes
      .filter(({ holdsChannels }) => holdsChannels)
      .map((plane) => asked(plane, () => planeSides(plane, name, sources.groups))),
  ]);
  return { name, sides: apart(lists.flat()), unasked };
}

/** Two moderators of one name end each other's sessions as soon as they share members: neither is made like another. */
function apart(sides: Side[]): Side[] {
  const moderating = sides.filter(({ runs }) => runs).map(({ connection }) => connection.link.name);
  if (moderating.length < 2) return sides;
  return sides.map((side) =>
    side.runs
      ? { ...side, locked: side.locked || `${moderating.join(' and ')} each moderate it. ${twoModerators}` }
      : side,
  );
}

function sessionSide(node: SlimNodeConnection, name: string): Side[] {
  const { moderator } = node;
  const channel = moderator.channels().find((one) => one.name === name);
  if (!channel) return [];
  const members = moderator.members(name);
  const ours = channel.role === 'moderator';
  // Who is in it is seen from inside only.
  const inside = channel.session === 'open';
  return [
    {
      kind: 'session',
      connection: node,
      channel: name,
      runs: ours,
      owner: '',
      moderators: ours
        ? [node.ownName]
        : members.filter(({ isModerator }) => isModerator).map((one) => one.name),
      members: inside
        ? byApp(members.map((one) => [one.name, one.instance].filter(Boolean).join('/')))
        : undefined,
      unread: inside ? '' : `Our session in it is ${channel.session}.`,
      locked: ours ? node.link.lacks('members.write') : 'Somebody else moderates it; we take part in it.',
    },
  ];
}

async function managerSide(
  manager: ChannelManagerConnection,
  name: string,
  keys: OwnerKeys,
): Promise<Side[]> {
  const channel = (await manager.channels()).find((one) => one.name === name);
  if (!channel) return [];
  const foreign =
    channel.owner !== '' && channel.owner !== manager.did && !keys.holds(channel.owner)
      ? 'It is owned by a key this gateway does not hold.'
      : '';
  return [
    {
      kind: 'channel-manager',
      connection: manager,
      channel: name,
      runs: true,
      owner: channel.owner,
      // It is in its own channels under the name that signed requests are for.
      moderators: parseSlimName(manager.config.audience ?? '').ok ? [manager.config.audience ?? ''] : [],
      ...(await read(() => manager.participants(name))),
      locked: manager.link.lacks('members.write') || foreign,
    },
  ];
}

async function planeSides(plane: ControlPlaneConnection, name: string, book: GroupBook): Promise<Side[]> {
  const booked = new Set(book.ofGroup(plane.link.name, name).map(({ channel }) => channel));
  const there = (await plane.plane.channels()).filter(({ id }) => id === name || booked.has(id));
  return Promise.all(
    there.map(async ({ id }): Promise<Side> => {
      const moderators = book.get(plane.link.name, id)?.moderators ?? [];
      return {
        kind: 'control-plane',
        connection: plane,
        channel: id,
        runs: false,
        owner: '',
        moderators: moderators.map(appOf),
        ...(await read(() => plane.plane.participants(id))),
        locked: plane.link.lacks('channels.write'),
      };
    }),
  );
}

async function read(list: () => Promise<string[]>): Promise<Pick<Side, 'members' | 'unread'>> {
  try {
    return { members: byApp(await list()), unread: '' };
  } catch (error) {
    return { members: undefined, unread: sentence(error) };
  }
}

/** org/ns/app of a name that may end in an instance; what is no SLIM name stays as it is. */
export function appOf(name: string): string {
  return name.split('/').slice(0, 3).join('/');
}

function byApp(names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) found.set(appOf(name), [...(found.get(appOf(name)) ?? []), name]);
  return found;
}
