import { Code, ConnectError } from '@connectrpc/connect';
import { parseSlimName } from '@muster/domain';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import { badInput } from './action.ts';
import type { ActionContext, Target } from './action.ts';

/** Up to 1.4 (A–E) the control plane has the channels; from 2.0 on a channel manager does. */
export type GroupConnection = SlimNodeConnection | ChannelManagerConnection | ControlPlaneConnection;

/** One channel as both families tell it. */
export interface GroupChannel {
  name: string;
  /** Undefined: no API tells. */
  mls: boolean | undefined;
  owner: string;
}

/** Whatever can hold channels: moderated nodes, channel managers, and control planes up to 1.4. */
export function groupConnections(context: ActionContext): GroupConnection[] {
  return [
    ...context.connections.nodes.filter(({ ownName }) => ownName !== ''),
    ...context.connections.managers,
    ...context.connections.planes.filter(({ holdsChannels }) => holdsChannels),
  ];
}

/** The connection an input means: by name, or by the channel it has, or the only one there is. */
export async function groupConnection(
  context: ActionContext,
  name: string | undefined,
  channel?: string,
): Promise<GroupConnection> {
  const all = groupConnections(context);
  const listed = (some: readonly GroupConnection[]): string =>
    some.map(({ link }) => link.name).join(', ') || 'none';
  if (name !== undefined && name !== '') {
    const found = all.find(({ link }) => link.name === name);
    if (!found)
      throw badInput('connection', `nothing of this name manages channels; there are: ${listed(all)}.`);
    return found;
  }
  const [only] = all;
  if (all.length === 1 && only) return only;
  if (channel !== undefined) {
    const holders: GroupConnection[] = [];
    for (const one of all.filter(({ link }) => link.up)) {
      if ((await channelsOf(one)).some((held) => held.name === channel)) holders.push(one);
    }
    const [holder] = holders;
    if (holders.length === 1 && holder) return holder;
    throw badInput('connection', `name one of: ${listed(holders.length === 0 ? all : holders)}.`);
  }
  throw badInput('connection', `name one of: ${listed(all)}.`);
}

export async function channelsOf(connection: GroupConnection): Promise<GroupChannel[]> {
  try {
    if (connection.kind === 'slim-node')
      return connection.moderator.channels().map(({ name, mls }) => ({ name, mls, owner: '' }));
    if (connection.kind === 'slim-control-plane')
      return (await connection.plane.channels()).map(({ id }) => ({ name: id, mls: undefined, owner: '' }));
    return (await connection.channels()).map(({ name, owner }) => ({ name, mls: undefined, owner }));
  } catch (error) {
    throw refuse('Reading channels', connection.link.name, error);
  }
}

/** Names of the members, as org/ns/app; of a control plane as it has them: the first generation checks none. */
export async function membersOf(connection: GroupConnection, channel: string): Promise<string[]> {
  try {
    if (connection.kind === 'slim-node') return connection.moderator.members(channel).map(({ name }) => name);
    if (connection.kind === 'slim-control-plane') return await connection.plane.participants(channel);
    return (await connection.participants(channel)).map((full) => full.split('/').slice(0, 3).join('/'));
  } catch (error) {
    throw refuse('Reading members', connection.link.name, error);
  }
}

/** The channel, or an answer that names those there are. */
export async function channelOf(connection: GroupConnection, name: string): Promise<GroupChannel> {
  const found = (await channelsOf(connection)).find((channel) => channel.name === name);
  if (!found)
    throw new ConnectError(
      `channel: ${connection.link.name} has no channel ${name}. It may have been deleted.`,
      Code.NotFound,
    );
  return found;
}

/** Empty while the channel is there; else what became of it, for the check of a plan. */
export async function channelGone(connection: GroupConnection, name: string): Promise<string> {
  const there = (await channelsOf(connection)).some((channel) => channel.name === name);
  return there ? '' : `channel ${name} was deleted`;
}

/** As `channelGone`; one made again of the same name may be somebody else's, and what was planned was signed for its owner. */
export async function channelChanged(
  connection: GroupConnection,
  { name, owner }: GroupChannel,
): Promise<string> {
  const now = (await channelsOf(connection)).find((channel) => channel.name === name);
  if (!now) return `channel ${name} was deleted`;
  return now.owner === owner ? '' : `the owner of ${name} is another now`;
}

/** Why nothing can be changed there at all; throws when it cannot. Whether the owner lets it through is another matter. */
export function mayChange(connection: GroupConnection, capability: string): void {
  // A control plane tells of its channels and their members as one.
  const plane = connection.kind === 'slim-control-plane' && capability === 'members.write';
  const lacks = connection.link.lacks(plane ? 'channels.write' : capability);
  if (lacks !== '') throw new ConnectError(`${connection.link.name}: ${lacks}`, Code.FailedPrecondition);
}

/** A SLIM name of exactly three parts: instances cannot be addressed by these calls. */
export function threeParts(field: string, text: string): string {
  const name = parseSlimName(text);
  if (!name.ok) throw badInput(field, name.problem.message);
  if (name.value.instance !== undefined)
    throw badInput(field, 'organization/namespace/name without an instance is needed.');
  return text;
}

/** As `threeParts`, for a name that is new here: one with characters that do not show would look like another (S-12). */
export function newName(field: string, text: string): string {
  const name = threeParts(field, text);
  const [hidden] = /[\p{C}\p{Default_Ignorable_Code_Point}]/u.exec(name) ?? [];
  if (hidden === undefined) return name;
  const code = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw badInput(
    field,
    `it has a character that does not show (U+${code}). Type the name instead of pasting it.`,
  );
}

/** Who runs the channels, and is a member of each; empty: not told. A manager goes by the name that signed requests are for. */
export function moderatorName(connection: GroupConnection): string {
  if (connection.kind === 'slim-node') return connection.ownName;
  return connection.kind === 'channel-manager' ? (connection.config.audience ?? '') : '';
}

export function targetOf(connection: GroupConnection): Target {
  return { connection: connection.link.name, trustDomain: '', fingerprints: [] };
}
