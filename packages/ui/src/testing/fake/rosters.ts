import {
  type ListMembersResponseSchema,
  type Member,
  Presence,
  type RosterEvent,
  RosterEventKind,
  RosterEventSchema,
} from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

const words: Record<number, string> = { [Presence.ONLINE]: 'online', [Presence.OFFLINE]: 'offline' };

const counted = (values: readonly string[]) =>
  [...new Set(values)].map((value) => ({
    value,
    count: BigInt(values.filter((one) => one === value).length),
  }));

/** Members as the gateway lists them, with counts of all. */
export function memberAnswer(members: readonly Member[]): MessageInitShape<typeof ListMembersResponseSchema> {
  return {
    members: [...members],
    total: BigInt(members.length),
    all: BigInt(members.length),
    presences: counted(members.map(({ presence }) => words[presence] ?? 'unknown')),
    identityStates: counted(members.map(({ identity }) => identity?.state ?? 'unknown')),
    candidates: ['agntcy/ops/carol', 'agntcy/ops/erin'].map((name) => ({ name })),
  };
}

const HAPPENED: readonly [kind: RosterEventKind, member: string, minutesAgo: number][] = [
  [RosterEventKind.OFFLINE, 'dave', 2],
  [RosterEventKind.JOINED, 'bob', 31],
  [RosterEventKind.JOINED, 'alice', 100],
  [RosterEventKind.CHANNEL_CREATED, '', 120],
];

/** What happened in the fleet's channel, newest first. */
export const makeRosterEvents = (): RosterEvent[] =>
  HAPPENED.map(([kind, member, minutesAgo], index) =>
    create(RosterEventSchema, {
      id: BigInt(HAPPENED.length - index),
      at: timestampFromMs(Date.now() - minutesAgo * 60_000),
      notBefore: timestampFromMs(Date.now() - minutesAgo * 60_000 - 4000),
      connection: 'node-1',
      channel: 'agntcy/ops/fleet',
      kind,
      member: member === '' ? '' : `agntcy/ops/${member}`,
      ...(kind === RosterEventKind.JOINED && {
        recordId: 'r1',
        recordTitle: 'Invite member',
        by: 'browser 0011223344556677',
      }),
    }),
  );
