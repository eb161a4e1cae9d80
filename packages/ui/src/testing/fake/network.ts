import {
  type Capability,
  type Channel,
  ChannelSchema,
  type Connection,
  ConnectionKind,
  ConnectionSchema,
  ConnectionState,
  type Member,
  MemberSchema,
  type Message,
  MessageSchema,
  Mls,
  Presence,
} from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

const MINUTE = 60_000;
const at = (ms: number) => timestampFromMs(Date.now() + ms);
const can = (...names: string[]) => names.map((name) => ({ name, available: true, reason: '' }));
const cannot = (name: string, reason: string): Pick<Capability, 'name' | 'available' | 'reason'> => ({
  name,
  available: false,
  reason,
});

export function makeConnections(): Connection[] {
  const ready = (init: MessageInitShape<typeof ConnectionSchema>) =>
    create(ConnectionSchema, {
      state: ConnectionState.READY,
      since: at(-42 * MINUTE),
      practice: true,
      ...init,
    });
  return [
    ready({
      name: 'spire-org-a',
      kind: ConnectionKind.SPIRE_SERVER,
      address: 'unix:/run/muster/org-a/server.sock',
      trustDomain: 'org-a.test',
      description: 'SPIRE Server',
      capabilities: [
        ...can('entries.read', 'entries.write', 'agents.read', 'agents.write', 'logger', 'debug'),
        cannot('authorities', 'SPIRE before 1.6 has no local authority API.'),
      ],
    }),
    ready({
      name: 'spire-org-b',
      kind: ConnectionKind.SPIRE_SERVER,
      address: 'unix:/run/muster/org-b/server.sock',
      trustDomain: 'org-b.test',
      description: 'SPIRE Server',
      capabilities: [
        ...can('entries.read', 'agents.read'),
        cannot(
          'entries.write',
          'The identity that Muster has there is not an admin: org-b.test lets it read only.',
        ),
      ],
    }),
    ready({
      name: 'workload-org-a',
      kind: ConnectionKind.WORKLOAD_API,
      address: 'unix:/run/muster/org-a/agent.sock',
      trustDomain: 'org-a.test',
      description: 'Workload API',
      capabilities: can('svids.x509', 'svids.jwt'),
    }),
    ready({
      name: 'workload-org-b',
      kind: ConnectionKind.WORKLOAD_API,
      address: 'unix:/run/muster/org-b/agent.sock',
      trustDomain: 'org-b.test',
      description: 'Workload API',
      state: ConnectionState.DEGRADED,
      reason: 'X.509-SVIDs arrive, but JWT-SVIDs are refused: no identity issued.',
      since: at(-6 * MINUTE),
      nextTry: at(MINUTE),
      failures: 3,
      capabilities: [
        ...can('svids.x509'),
        cannot('svids.jwt', 'The agent answers PermissionDenied: no identity issued.'),
      ],
    }),
    ready({
      name: 'node-1',
      kind: ConnectionKind.SLIM_NODE,
      address: '127.0.0.1:46357',
      description: 'SLIM node',
      capabilities: can('moderate', 'messages'),
    }),
    ready({
      name: 'control-plane',
      kind: ConnectionKind.SLIM_CONTROL_PLANE,
      address: 'https://127.0.0.1:50051',
      description: 'control plane 2.0–3.4',
      capabilities: can('routes.read'),
    }),
    ready({
      name: 'channel-manager',
      kind: ConnectionKind.CHANNEL_MANAGER,
      address: 'https://127.0.0.1:10356',
      description: 'channel manager 3.3',
      capabilities: can('channels.write', 'channels.signed-requests'),
      labels: { site: 'lab' },
    }),
  ];
}

export function makeChannels(): Channel[] {
  return [
    create(ChannelSchema, {
      name: 'agntcy/ops/fleet',
      connection: 'node-1',
      managedBy: 'slim-node',
      mls: Mls.ON,
      createdAt: at(-120 * MINUTE),
      members: 4,
      online: 3,
      canMessage: true,
      presenceKnown: true,
    }),
    create(ChannelSchema, {
      name: 'agntcy/research/room',
      connection: 'channel-manager',
      managedBy: 'channel-manager',
      mls: Mls.UNKNOWN,
      owner: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
      ownedByUs: true,
      expiresAt: at(6 * 24 * 60 * MINUTE),
      members: 2,
      online: 0,
      lockedReason: '',
      presenceKnown: false,
    }),
  ];
}

const ids = [
  '9f0d2c64-6a1b-4b80-9a2a-1f7c1d2e3f40',
  '0b1c2d3e-4f50-4161-8273-8495a6b7c8d9',
  '51a2b3c4-d5e6-4f70-8192-a3b4c5d6e7f8',
];

export function makeMembers(channel: string): Member[] {
  if (channel === 'agntcy/research/room')
    return ['ada', 'grace'].map((name) =>
      create(MemberSchema, {
        name: `agntcy/research/${name}`,
        presence: Presence.UNKNOWN,
        presenceReason: 'A channel manager does not tell who is online.',
      }),
    );
  return [
    create(MemberSchema, {
      name: 'agntcy/ops/moderator',
      instance: ids[0] ?? '',
      presence: Presence.ONLINE,
      since: at(-118 * MINUTE),
      moderator: true,
    }),
    create(MemberSchema, {
      name: 'agntcy/ops/alice',
      instance: ids[1] ?? '',
      presence: Presence.ONLINE,
      since: at(-100 * MINUTE),
    }),
    create(MemberSchema, {
      name: 'agntcy/ops/bob',
      instance: ids[2] ?? '',
      presence: Presence.ONLINE,
      since: at(-31 * MINUTE),
    }),
    create(MemberSchema, { name: 'agntcy/ops/dave', presence: Presence.OFFLINE, since: at(-2 * MINUTE) }),
  ];
}

const SAID: readonly [from: string, text: string][] = [
  ['alice', 'Rolling out 2.14 to zone c now.'],
  ['bob', 'Seen. Holding the scheduler until the canary is green.'],
  ['moderator', 'Noted for both.'],
  ['alice', 'Canary is green: p99 38 ms, no refusals in ten minutes.'],
];

export const makeMessages = (): Message[] =>
  SAID.map(([from, text], i) =>
    create(MessageSchema, {
      id: `m${i}`,
      sequence: BigInt(i + 1),
      at: at((i - 8) * MINUTE),
      from: `agntcy/ops/${from}`,
      fromInstance: ids[1] ?? '',
      text,
      own: from === 'moderator',
      payloadType: 'text/plain',
    }),
  );
