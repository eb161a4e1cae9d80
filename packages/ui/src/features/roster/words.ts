import { type RosterEvent, RosterEventKind } from '@muster/api';
import { csvOf, type Tone, toDate } from '../../components/index.ts';

/** What can happen in a channel, as the filter and the address name it. */
export const KINDS = [
  { value: 'joined', kind: RosterEventKind.JOINED, tone: 'ok', reason: 'It became a member.' },
  { value: 'left', kind: RosterEventKind.LEFT, tone: 'warn', reason: 'It is no member any more.' },
  { value: 'online', kind: RosterEventKind.ONLINE, tone: 'ok', reason: 'It was offline before.' },
  {
    value: 'offline',
    kind: RosterEventKind.OFFLINE,
    tone: 'bad',
    reason: 'It does not answer: SLIM shows that 25 to 30 s after a crash.',
  },
  {
    value: 'channel made',
    kind: RosterEventKind.CHANNEL_CREATED,
    tone: 'info',
    reason: 'The channel was there for the first time.',
  },
  {
    value: 'channel deleted',
    kind: RosterEventKind.CHANNEL_DELETED,
    tone: 'warn',
    reason: 'The channel was gone, with all its members.',
  },
  {
    value: 'invitation failed',
    kind: RosterEventKind.INVITE_FAILED,
    tone: 'bad',
    reason: 'An invitation from here came to nothing.',
  },
] as const satisfies readonly { value: string; kind: RosterEventKind; tone: Tone; reason: string }[];

export const SPANS = [
  { value: '1h', label: 'last hour', ms: 3_600_000 },
  { value: '24h', label: 'last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'last 7 days', ms: 7 * 86_400_000 },
  { value: '30d', label: 'last 30 days', ms: 30 * 86_400_000 },
] as const;

export const kindOf = (kind: RosterEventKind) => KINDS.find((one) => one.kind === kind);

/** Whose doing it was, in two words. */
export const origin = ({ recordId }: Pick<RosterEvent, 'recordId'>): string =>
  recordId === '' ? 'not from here' : 'from here';

const HEAD = [
  ...['seen at', 'not before', 'connection', 'channel', 'what happened', 'member', 'instance'],
  ...['applied by', 'action', 'record', 'note'],
];

const cells = (event: RosterEvent): string[] => [
  toDate(event.at)?.toISOString() ?? '',
  toDate(event.notBefore)?.toISOString() ?? '',
  event.connection,
  event.channel,
  kindOf(event.kind)?.value ?? '',
  event.member,
  event.instance,
  event.by,
  event.recordTitle,
  event.recordId,
  event.note,
];

export const toCsv = (events: readonly RosterEvent[]): string => csvOf([HEAD, ...events.map(cells)]);
