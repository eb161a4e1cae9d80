import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  FacetSchema,
  InviteCandidateSchema,
  ListMembersResponseSchema,
  MemberIdentitySchema,
  MemberSchema,
} from '@muster/api';
import type { EquivalentCommand, Facet, GroupService, Member, MemberIdentity } from '@muster/api';
import type { MemberRow } from '../members/book.ts';
import type { Identity } from '../members/identities.ts';
import { matching, presenceOf, presenceWord } from '../members/members.ts';
import type { MemberViews } from '../members/members.ts';
import { rosterConnections } from '../roster/source.ts';
import type { RosterConnection } from '../roster/source.ts';
import { listParticipantsCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { planeChannelCommand } from '../upstream/control-plane/channel-commands.ts';
import { refuse } from '../upstream/refuse.ts';
import { bounded, noSuchConnection, pageOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';

/** Rows of an answer that asks for no page. */
const firstRows = 1000;
const mostFilters = 16;

/** Members of one channel, with where they are and who stands behind them. */
export function membersView(
  context: Pick<ViewContext, 'connections'> & { members: MemberViews },
): Pick<ServiceImpl<typeof GroupService>, 'listMembers'> {
  return {
    async listMembers(request) {
      const { connection, channel, presences, identityStates, page } = request;
      const there = rosterConnections(context.connections).filter(
        (one) => one.kind !== 'slim-control-plane' || one.holdsChannels,
      );
      const from = there.find(({ link }) => link.name === bounded('connection', connection, 255));
      if (!from) throw noSuchConnection(connection, there);
      bounded('channel', channel, 1024);
      if (presences.length + identityStates.length > mostFilters)
        throw new ConnectError('presences and identity_states: too many of them.', Code.InvalidArgument);
      const query = {
        search: bounded('search', request.search, 1024).toLowerCase(),
        presences: presences.map(presenceWord),
        identityStates,
      };
      try {
        const members = await context.members.of(from, channel);
        const hits = matching(members, query);
        const { offset, limit } = page ? pageOf(page) : { offset: 0, limit: firstRows };
        const candidates = await context.members.candidates(from, channel, members);
        return create(ListMembersResponseSchema, {
          members: hits.slice(offset, offset + limit).map(toMember),
          total: BigInt(hits.length),
          all: BigInt(members.rows.length),
          command: commandOf(from, channel),
          candidates: candidates.shown.map(({ identity, ...one }) =>
            create(InviteCandidateSchema, { ...one, identity: toIdentity(identity) }),
          ),
          candidatesTotal: BigInt(candidates.total),
          identityStates: facets(members.identities),
          presences: facets(members.presences),
        });
      } catch (error) {
        throw error instanceof ConnectError ? error : refuse('Reading members', connection, error);
      }
    },
  };
}

function commandOf(from: RosterConnection, channel: string): EquivalentCommand {
  switch (from.kind) {
    case 'channel-manager':
      return listParticipantsCommand(from.config, channel);
    case 'slim-control-plane':
      return planeChannelCommand({ address: from.config.address, generation: from.plane.generation }, [
        ...['participant', 'list', '--channel-id', channel],
      ]);
    default:
      return noCommand('slimctl does not moderate: these channels are a session of our own with the node.');
  }
}

const facets = (counts: ReadonlyMap<string, number>): Facet[] =>
  [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, number]) => create(FacetSchema, { value, count: BigInt(number) }));

function toMember(row: MemberRow): Member {
  const { name, instance, presence, since, presenceReason, moderator, place, identity, notes } = row;
  return create(MemberSchema, {
    name,
    instance,
    presence: presenceOf(presence),
    ...(since ? { since: timestampFromDate(since) } : {}),
    presenceReason,
    moderator,
    node: place.node,
    domain: place.domain,
    nodeReason: place.reason,
    controlPlane: place.controlPlane,
    routes: place.routes,
    identity: toIdentity(identity),
    warnings: notes.map(({ code, text }) => warn(code, text)),
  });
}

export function toIdentity({ expiresAt, ...identity }: Identity): MemberIdentity {
  return create(MemberIdentitySchema, {
    ...identity,
    ...(expiresAt ? { expiresAt: timestampFromDate(expiresAt) } : {}),
  });
}
