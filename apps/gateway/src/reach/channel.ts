import type { Connections } from '../upstream/connections.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';

/** A name that a message comes from or goes to. */
export interface Party {
  /** org/namespace/app */
  name: string;
  /** Empty: not known, or any. */
  instance: string;
  presence: 'online' | 'offline' | 'unknown';
  since?: Date;
  moderator?: boolean;
  /** One of several instances was asked about. */
  exact?: boolean;
}

/** A channel as one connection has it. */
export interface FoundChannel {
  name: string;
  connection: string;
  kind: 'slim-node' | 'channel-manager' | 'slim-control-plane';
  /** Undefined: no API tells. */
  mls: boolean | undefined;
  members: readonly Party[];
  /** Name of who moderates; empty: not told. */
  moderator: string;
  /** Members authenticate by SPIFFE; undefined: not told. */
  spiffe: boolean | undefined;
  /** Why members cannot be changed from here; empty: they can. */
  locked: string;
}

export interface ChannelSearch {
  found: readonly FoundChannel[];
  /** What could not be looked at, and why. */
  unread: readonly string[];
  /** Connections that hold channels. */
  holders: number;
}

type Holder = SlimNodeConnection | ChannelManagerConnection | ControlPlaneConnection;

/** Whoever has a channel of this name: our moderators, channel managers, control planes up to 1.4. */
export async function findChannel(
  connections: Pick<Connections, 'nodes' | 'managers' | 'planes'>,
  name: string,
): Promise<ChannelSearch> {
  const holders: Holder[] = [
    ...connections.nodes.filter(({ ownName }) => ownName !== ''),
    ...connections.managers,
    ...connections.planes.filter(({ link }) => link.up && link.lacks('channels.write') === ''),
  ];
  const found: FoundChannel[] = [];
  const unread: string[] = [];
  await Promise.all(
    holders.map(async (holder) => {
      try {
        const channel = await channelOn(holder, name);
        if (channel) found.push(channel);
      } catch (error) {
        unread.push(`${holder.link.name}: ${sentence(error)}`);
      }
    }),
  );
  return {
    found: found.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
    unread: unread.toSorted(),
    holders: holders.length,
  };
}

async function channelOn(holder: Holder, name: string): Promise<FoundChannel | undefined> {
  const at: Pick<FoundChannel, 'name' | 'connection' | 'kind'> = {
    name,
    connection: holder.link.name,
    kind: holder.kind,
  };
  if (holder.kind === 'slim-node') {
    const { moderator } = holder;
    const channel = moderator.channels().find((one) => one.name === name);
    if (!channel) return undefined;
    const members = moderator.members(name).map((member): Party => ({
      name: member.name,
      instance: member.instance,
      presence: member.status,
      since: member.since,
      moderator: member.isModerator,
    }));
    const own = members.find((one) => one.moderator);
    return {
      ...at,
      mls: channel.mls,
      spiffe: byOf(holder.config.moderator),
      members: own
        ? members
        : [
            {
              name: holder.ownName,
              instance: '',
              presence: 'unknown',
              moderator: true,
            },
            ...members,
          ],
      moderator: own?.name ?? holder.ownName,
      locked: holder.link.lacks('members.write'),
    };
  }
  if (holder.kind === 'channel-manager') {
    const channel = (await holder.channels()).find((one) => one.name === name);
    if (!channel) return undefined;
    const members = (await holder.participants(name)).map(partyOf);
    // A channel manager is a member of its channels, by the name that its signed requests are made for.
    const own = holder.config.audience ?? '';
    const moderator = members.find((one) => one.name === own);
    if (moderator) moderator.moderator = true;
    return {
      ...at,
      mls: undefined,
      spiffe: undefined,
      members,
      moderator: moderator?.name ?? '',
      locked: holder.link.lacks('members.write'),
    };
  }
  const { plane } = holder;
  if (!(await plane.channels()).some(({ id }) => id === name)) return undefined;
  return {
    ...at,
    mls: undefined,
    spiffe: undefined,
    members: (await plane.participants(name)).map(partyOf),
    moderator: '',
    locked: '',
  };
}

function partyOf(name: string): Party {
  const parts = name.split('/');
  return { name: parts.slice(0, 3).join('/'), instance: parts[3] ?? '', presence: 'unknown' };
}

/** A token of a file may be a JWT-SVID. */
function byOf(moderator: SlimNodeConnection['config']['moderator']): boolean | undefined {
  if (moderator?.workloadApi !== undefined) return true;
  return moderator?.sharedSecretFile === undefined ? undefined : false;
}

/** What a person calls it: with its instance only where one of several is meant. */
export const labelOf = (party: Pick<Party, 'name' | 'instance' | 'exact'>): string =>
  party.exact === true && party.instance !== '' ? `${party.name}/${party.instance}` : party.name;

/** Whether a name, or one of its instances, is meant by another. */
export const sameParty = (
  a: Pick<Party, 'name' | 'instance'>,
  b: Pick<Party, 'name' | 'instance'>,
): boolean => a.name === b.name && (a.instance === '' || b.instance === '' || a.instance === b.instance);
