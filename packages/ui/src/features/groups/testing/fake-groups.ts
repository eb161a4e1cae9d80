import {
  ActionService,
  ChannelSchema,
  ConnectionKind,
  ConnectionService,
  ConnectionState,
  GroupService,
  ItemOutcome,
  type ListMembersRequest,
  type ListMembersResponseSchema,
  type Member,
  MemberSchema,
  MessageSchema,
  Mls,
  Presence,
} from '@muster/api';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createRouterTransport, type Transport } from '@connectrpc/connect';
import { comparison } from './fake-compare.ts';

const at = (secondsAgo: number) => timestampFromDate(new Date(Date.now() - secondsAgo * 1000));

/** A channel that we moderate on a node, with someone missing. */
export const fleet = create(ChannelSchema, {
  name: 'agntcy/ops/fleet',
  connection: 'node-a',
  managedBy: 'slim-node',
  mls: Mls.ON,
  members: 4,
  online: 2,
  canMessage: true,
  presenceKnown: true,
});

/** A channel of a channel manager whose key is elsewhere. */
export const audit = create(ChannelSchema, {
  name: 'agntcy/sec/audit',
  connection: 'manager',
  managedBy: 'channel-manager',
  mls: Mls.UNKNOWN,
  owner: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
  members: 1,
  lockedReason:
    'Only the holder of its owner key may change this channel, and this gateway does not hold it.',
  expiresAt: timestampFromDate(new Date(Date.now() + 6 * 86_400_000 + 3_600_000)),
});

export const open = create(ChannelSchema, {
  name: 'agntcy/lab/scratch',
  connection: 'manager',
  managedBy: 'channel-manager',
  mls: Mls.OFF,
  members: 2,
});

/** As the gateway orders them: who needs a look first. */
export const members = [
  create(MemberSchema, {
    name: 'agntcy/ops/dave',
    instance: 'e4a0a2d8-1f5c-4f8e-8a5b-2f4f6f1f0b77',
    presence: Presence.OFFLINE,
    since: at(130),
    nodeReason: 'plane knows no route to it.',
    identity: { state: 'unmapped', reason: 'No rule of the configuration fits its name.' },
    warnings: [{ code: 'several-instances', text: '2 instances of this name are members.' }],
  }),
  create(MemberSchema, {
    name: 'agntcy/ops/alice',
    instance: '5b2f8c1e-7d1a-4b61-9e0e-0c6f7f3d9a11',
    presence: Presence.ONLINE,
    since: at(3600),
    node: 'harbor/quay-1',
    domain: 'harbor',
    controlPlane: 'plane',
    routes: 3,
    identity: {
      state: 'agent-banned',
      spiffeId: 'spiffe://agntcy.example/ops/alice',
      rule: 'agntcy/{ns}/{app} <-> spiffe://agntcy.example/{ns}/{app}',
      connection: 'spire',
      entryId: 'e1',
      agentId: 'spiffe://agntcy.example/spire/agent/x509pop/one',
      reason: 'Its entry is there, but the agent that serves it is banned.',
    },
  }),
  create(MemberSchema, {
    name: 'agntcy/ops/carol',
    presence: Presence.UNKNOWN,
    presenceReason: 'Her node does not answer pings.',
  }),
  create(MemberSchema, {
    name: 'agntcy/ops/muster',
    presence: Presence.ONLINE,
    since: at(4000),
    moderator: true,
  }),
];

export const messages = [
  create(MessageSchema, {
    id: '1',
    sequence: 1n,
    at: at(300),
    from: 'agntcy/ops/alice',
    text: 'Temperature is 21 °C in rack 4.',
  }),
  create(MessageSchema, {
    id: '2',
    sequence: 2n,
    at: at(290),
    from: 'agntcy/ops/alice',
    text: 'Fan 2 was replaced.\nAll green.',
  }),
  create(MessageSchema, {
    id: '3',
    sequence: 3n,
    at: at(120),
    from: 'agntcy/ops/muster',
    text: 'Thanks. Closing the incident.',
    own: true,
  }),
];

export interface FakeGroups {
  readonly transport: Transport;
  /** Actions planned, with their input, in order. */
  readonly planned: { readonly action: string; readonly input: JsonObject }[];
  readonly applied: string[];
}

/** Text whose sending is refused, and a text whose outcome stays unknown. */
export const refusedText = 'refuse me';
export const lostText = 'lose me';

const presenceNames = { [Presence.ONLINE]: 'online', [Presence.OFFLINE]: 'offline' } as Record<
  number,
  string
>;

/** The list as the gateway answers it: narrowed, with counts of all. */
function answerOf(
  all: readonly Member[],
  { channel, search, presences, identityStates }: ListMembersRequest,
): MessageInitShape<typeof ListMembersResponseSchema> {
  const fits = all.filter(
    (one) =>
      `${one.name}/${one.instance}/${one.node}/${one.identity?.spiffeId ?? ''}`.includes(search) &&
      (presences.length === 0 || presences.includes(one.presence)) &&
      (identityStates.length === 0 || identityStates.includes(one.identity?.state ?? '')),
  );
  const counted = (words: readonly string[]) =>
    [...new Set(words)].map((value) => ({
      value,
      count: BigInt(words.filter((word) => word === value).length),
    }));
  return {
    members: fits,
    total: BigInt(fits.length),
    all: BigInt(all.length),
    presences: counted(all.map(({ presence }) => presenceNames[presence] ?? 'unknown')),
    identityStates: counted(all.map(({ identity }) => identity?.state ?? 'unknown')),
    candidates: ['agntcy/ops/erin', 'agntcy/ops/frank'].map((name) => ({ name })),
    command: { tool: 'slimctl', line: `slimctl channel list-participants ${channel}` },
  };
}

/** A gateway with three channels, for specs: real client, no port. */
export function fakeGroups(extra: readonly MessageInitShape<typeof ChannelSchema>[] = []): FakeGroups {
  const planned: FakeGroups['planned'] = [];
  const applied: string[] = [];
  const sent = [...messages];
  const transport = createRouterTransport(({ service }) => {
    service(ConnectionService, {
      listConnections: () => ({
        connections: [
          {
            name: 'node-a',
            kind: ConnectionKind.SLIM_NODE,
            state: ConnectionState.READY,
            description: 'SLIM node',
          },
          {
            name: 'manager',
            kind: ConnectionKind.CHANNEL_MANAGER,
            state: ConnectionState.FAILED,
            reason: 'refused',
          },
          {
            name: 'old-plane',
            kind: ConnectionKind.SLIM_CONTROL_PLANE,
            state: ConnectionState.READY,
            capabilities: [{ name: 'channels.write', available: true }],
          },
          {
            name: 'new-plane',
            kind: ConnectionKind.SLIM_CONTROL_PLANE,
            state: ConnectionState.READY,
            capabilities: [{ name: 'channels.write', available: false, reason: 'From 2.0 …' }],
          },
        ],
      }),
    });
    service(GroupService, {
      listChannels: () => ({
        channels: [fleet, audit, open, ...extra],
        candidates: ['agntcy/ops/alice', 'agntcy/ops/erin', 'agntcy/ops/frank'],
        warnings: [
          { code: 'channels.unreadable', text: 'Channels of node-b cannot be read: it does not answer.' },
        ],
      }),
      listMembers: (request) => {
        const { channel } = request;
        if (channel === open.name) throw new ConnectError('the manager went away', Code.Unavailable);
        return answerOf(channel === fleet.name ? members : members.slice(2, 3), request);
      },
      listMessages: () => ({ messages: sent }),
      compareGroup: ({ channel }) => {
        if (channel !== fleet.name) throw new ConnectError('nothing here has it', Code.NotFound);
        return comparison;
      },
    });
    service(ActionService, {
      plan: ({ action, input }) => {
        planned.push({ action, input: input ?? {} });
        const text = typeof input?.['text'] === 'string' ? input['text'] : '';
        return {
          plan: { digest: text || action, action, title: `Do ${action}`, targetDescription: 'node-a' },
        };
      },
      async *apply({ digest }) {
        applied.push(digest);
        if (digest === refusedText) {
          yield {
            done: 1,
            total: 1,
            item: { outcome: ItemOutcome.REFUSED, reason: 'The channel has no members.' },
          };
        } else if (digest === lostText) {
          yield { done: 1, total: 1, item: { outcome: ItemOutcome.UNKNOWN, reason: 'the node went away.' } };
        } else {
          sent.push(
            create(MessageSchema, {
              id: `new${applied.length}`,
              sequence: BigInt(sent.length + 1),
              at: at(0),
              from: 'agntcy/ops/muster',
              text: digest,
              own: true,
            }),
          );
          yield { done: 1, total: 1, item: { outcome: ItemOutcome.DONE } };
        }
        yield { done: 1, total: 1, result: { done: 1 } };
      },
    });
  });
  return { transport, planned, applied };
}
