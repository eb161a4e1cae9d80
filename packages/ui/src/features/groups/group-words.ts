import {
  type Channel,
  type CompareGroupResponse,
  type GroupSide,
  GroupSideKind,
  GroupStanding,
} from '@muster/api';
import { proseText } from '../../components/index.ts';

/** What manages a channel, in words. */
export function managedWords({ managedBy }: Pick<Channel, 'managedBy'>): string {
  switch (managedBy) {
    case 'slim-node':
      return 'session on a node';
    case 'channel-manager':
      return 'channel manager';
    case 'slim-control-plane':
      return 'control plane up to 1.4';
    default:
      return proseText(managedBy);
  }
}

const kinds: Readonly<Record<GroupSideKind, string>> = {
  [GroupSideKind.UNSPECIFIED]: '',
  [GroupSideKind.SESSION]: 'session',
  [GroupSideKind.CHANNEL_MANAGER]: 'channel manager',
  [GroupSideKind.CONTROL_PLANE]: 'control plane',
};
export const sideWords = ({ kind }: Pick<GroupSide, 'kind'>): string => kinds[kind];

/** As group.reconcile names its source. */
export function sourceOf({ kind }: Pick<GroupSide, 'kind'>): string {
  return kinds[kind].replace(' ', '-');
}

/** What making the others like this one comes to. */
export function remedyWords({ adds, removes }: Pick<GroupSide, 'adds' | 'removes'>): string {
  const parts = [adds === 0 ? '' : `adds ${adds}`, removes === 0 ? '' : `removes ${removes}`].filter(Boolean);
  return parts.length === 0 ? 'changes nothing' : parts.join(', ');
}

export interface StandingWords {
  readonly tone: 'ok' | 'bad' | 'unknown';
  readonly label: string;
}
export function standingWords(standing: GroupStanding): StandingWords {
  if (standing === GroupStanding.PRESENT) return { tone: 'ok', label: 'in it' };
  if (standing === GroupStanding.ABSENT) return { tone: 'bad', label: 'missing' };
  return { tone: 'unknown', label: 'unknown' };
}

/** "session, channel manager and control plane have it; 4 of them differ". */
export function groupLine({ sides, differing }: Pick<CompareGroupResponse, 'sides' | 'differing'>): string {
  if (sides.length < 2) return '';
  const names = sides.map(sideWords);
  const who = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  if (sides.some(({ unreadReason }) => unreadReason !== '')) return `Known to ${who}; not all can be read`;
  if (differing === 0n) return `Known to ${who}: the same members`;
  return `Known to ${who}: ${differing} ${differing === 1n ? 'member differs' : 'members differ'}`;
}

/** As the form takes where a node's data plane is: `node=http://host:port`. */
export function endpointOf(text: string): { node: string; endpoint: string } | undefined {
  const found = /^(?<node>[^=\s]+)=(?<endpoint>https?:\/\/[^\s/@]+)$/u.exec(text);
  const { node, endpoint } = found?.groups ?? {};
  return node !== undefined && endpoint !== undefined ? { node, endpoint } : undefined;
}
