import { type Channel, type Member, Mls } from '@muster/api';
import { escapeText, parseSlimName } from '@muster/domain';

/** What the `channel` search parameter holds: connection/organization/namespace/name. */
export function channelKey(channel: Pick<Channel, 'connection' | 'name'>): string {
  return `${channel.connection}/${channel.name}`;
}

/** What the `member` search parameter holds; the same name may run as several instances. */
export function memberKey(member: Pick<Member, 'name' | 'instance'>): string {
  return member.instance === '' ? member.name : `${member.name}/${member.instance}`;
}

/** The last part of organization/namespace/name, for a picture. The whole name is always beside it or in its label. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1) || name;
}

/** The part that people compare of an instance's UUID. */
export function shortInstance(instance: string): string {
  return instance.length > 10 ? `${escapeText(instance.slice(0, 8))}…` : escapeText(instance);
}

/** Why `text` cannot name a channel or a member; undefined when it can. */
export function nameProblem(text: string, what: 'channel' | 'member'): string | undefined {
  if (text === '')
    return `Type the ${what}'s name: organization/namespace/${what === 'channel' ? 'name' : 'app'}.`;
  const parsed = parseSlimName(text);
  if (!parsed.ok) return parsed.problem.message;
  if (what === 'channel' && parsed.value.instance !== undefined) return 'A channel name has three parts.';
  return undefined;
}

export interface MlsWords {
  readonly tone: 'ok' | 'warn' | 'unknown';
  readonly label: string;
  readonly reason: string;
}

/** MLS as a chip says it. */
export function mlsWords(mls: Mls): MlsWords {
  switch (mls) {
    case Mls.ON:
      return {
        tone: 'ok',
        label: 'MLS on',
        reason: 'Messages are encrypted end to end; nodes in between cannot read them.',
      };
    case Mls.OFF:
      return {
        tone: 'warn',
        label: 'MLS off',
        reason:
          'Nodes that carry the messages can read them. MLS is chosen when a channel is made and cannot be changed.',
      };
    default:
      return {
        tone: 'unknown',
        label: 'MLS unknown',
        reason: 'The channel was made elsewhere, and no API tells whether MLS is on.',
      };
  }
}

export interface OwnerWords {
  readonly tone: 'ok' | 'warn' | 'info';
  readonly label: string;
  readonly reason: string;
}

/** Who may change the channel, as a chip says it. */
export function ownerWords(
  channel: Pick<Channel, 'owner' | 'ownedByUs' | 'managedBy'> &
    Partial<Pick<Channel, 'session' | 'moderatedByUs' | 'ownerAlias'>>,
): OwnerWords {
  if (channel.managedBy === 'slim-node' && channel.session && !channel.moderatedByUs) {
    return {
      tone: 'info',
      label: 'moderated elsewhere',
      reason: 'Somebody else moderates this channel; Muster takes part in it, or waits to be invited.',
    };
  }
  if (channel.managedBy === 'slim-node') {
    return {
      tone: 'ok',
      label: 'moderated here',
      reason: 'Muster made this channel on the node and moderates it.',
    };
  }
  if (channel.managedBy === 'slim-control-plane') {
    return {
      tone: 'warn',
      label: 'no owners',
      reason: 'A control plane up to 1.4 knows no owners: anyone who reaches it may change the channel.',
    };
  }
  if (channel.owner === '') {
    return {
      tone: 'warn',
      label: 'unowned',
      reason: 'Unowned: anyone who reaches the channel manager may change it.',
    };
  }
  if (channel.ownedByUs) {
    return {
      tone: 'ok',
      label: channel.ownerAlias ? `owned by us: ${escapeText(channel.ownerAlias)}` : 'owned by us',
      reason: `Changes are signed with a key this gateway holds: ${channel.owner}`,
    };
  }
  return {
    tone: 'info',
    label: 'owned elsewhere',
    reason: `Only who holds this key may change it: ${channel.owner}`,
  };
}

/** Why the channel's members cannot be changed here; undefined when they can. */
export function channelLock(channel: Pick<Channel, 'lockedReason'>): string | undefined {
  return channel.lockedReason === '' ? undefined : channel.lockedReason;
}
