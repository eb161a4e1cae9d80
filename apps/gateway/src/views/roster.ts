import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ListRosterEventsResponseSchema,
  RosterEventKind,
  RosterEventSchema,
  Severity,
  type GroupService,
} from '@muster/api';
import type { RosterEvent } from '@muster/api';
import type { RosterKind, RosterPage } from '../inventory/store/roster.ts';
import { bounded, pageOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';
import { moment } from './history.ts';

const kinds = {
  joined: RosterEventKind.JOINED,
  left: RosterEventKind.LEFT,
  online: RosterEventKind.ONLINE,
  offline: RosterEventKind.OFFLINE,
  created: RosterEventKind.CHANNEL_CREATED,
  deleted: RosterEventKind.CHANNEL_DELETED,
  'invite-failed': RosterEventKind.INVITE_FAILED,
} as const satisfies Record<RosterKind, RosterEventKind>;
const kindOf = new Map<RosterEventKind, RosterKind>(
  Object.entries(kinds).map(([word, kind]) => [kind, word as RosterKind]),
);

/** Who joined, left and went offline, as looks of this gateway saw it. */
export function rosterView({
  inventory,
}: Pick<ViewContext, 'inventory'>): Pick<ServiceImpl<typeof GroupService>, 'listRosterEvents'> {
  return {
    async listRosterEvents(request) {
      const [since, until] = [moment('since', request.since), moment('until', request.until)];
      if (since > 0 && until > 0 && since > until)
        throw new ConnectError('until: it is before since.', Code.InvalidArgument);
      const wanted = request.kinds.map((kind) => {
        const word = kindOf.get(kind);
        if (word === undefined)
          throw new ConnectError('kinds: one of them is not known.', Code.InvalidArgument);
        return word;
      });
      const page = await inventory.store.rosterEvents({
        connection: bounded('connection', request.connection, 255),
        channel: bounded('channel', request.channel, 1024),
        member: bounded('member', request.member, 1024),
        kinds: [...new Set(wanted)],
        since,
        until,
        ...pageOf(request.page),
      });
      return create(ListRosterEventsResponseSchema, {
        events: page.events.map(toEvent),
        total: BigInt(page.total),
        warnings: page.gaps.map(gapText).map((text) => warn('roster-gap', text, Severity.INFO)),
        ...(page.keptSince > 0 ? { keptSince: stamp(page.keptSince) } : {}),
      });
    },
  };
}

const stamp = (ms: number): Timestamp => timestampFromDate(new Date(ms));
const words = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const gapText = ({ connection, from, until }: RosterPage['gaps'][number]): string =>
  `${connection} was not watched from ${words(from)} to ${words(until)}: what happened then is told as of its end, and who came and went in between is not known.`;

function toEvent(event: RosterPage['events'][number]): RosterEvent {
  const { at, notBefore, kind, record, title, seq, ...rest } = event;
  return create(RosterEventSchema, {
    ...rest,
    id: BigInt(seq),
    kind: kinds[kind],
    at: stamp(at),
    ...(notBefore > 0 && notBefore < at ? { notBefore: stamp(notBefore) } : {}),
    recordId: record,
    recordTitle: title,
  });
}
